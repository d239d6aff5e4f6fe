"""What stands in the file of a waiver."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field

from modules import values
from modules.part import Part

# Neither quotes nor anything else that could end a text within AWS Config's query language.
_tag = values.matching(
    r"[\w .:/=+@-]{1,256}", "cannot be looked for", "1 to 256 letters, digits, spaces and _ . : / = + - @"
)


def _text(longest: int) -> values.Check[str]:
    allowed = f"a text in one line of at most {longest} characters"

    def check(text: str) -> str:
        if not text.strip() or len(text) > longest or not text.isprintable():
            raise values.refused("empty, too long, or not printable", allowed)
        return text

    return values.Check(allowed, check)


Sentence = Annotated[str, AfterValidator(_text(1000))]
Word = Annotated[str, AfterValidator(_text(200))]
Address = Annotated[str, AfterValidator(values.email)]
Tag = Annotated[str, AfterValidator(_tag)]


class Resource(Part):
    """One resource, as AWS Config calls it."""

    region: values.Region
    """where it is"""
    type: Word
    """its type, such as AWS::S3::Bucket"""
    id: Annotated[str, AfterValidator(_text(768))]
    """Config's id of it, as alerts and listings have it"""
    account: values.AccountId = ""
    """its account; by default the environment's"""


class WaiverFile(Part):
    """One waiver."""

    environment: Word
    """the environment in which it holds"""
    rule: Word
    """the rule that is not kept"""
    resource: Resource | None = None
    """the resource on which it is not kept"""
    tags: Mapping[Tag, Tag] = Field(default_factory=dict)
    """instead of a resource: all that carry every one of these tags"""
    owner: Address
    """who bears the risk, and is reminded of the end"""
    approver: Address
    """who has agreed; somebody else"""
    reason: Sentence
    """why the rule is not kept"""
    ticket: Word
    """where that was decided"""
    compensating_measure: Sentence
    """what keeps the risk small meanwhile"""
    start: date
    """the first day (UTC)"""
    end: date
    """the last day (UTC)"""
