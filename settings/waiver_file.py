"""What stands in the file of a waiver."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field

from settings import fields as values
from settings.base import StrictModel
from settings.scopes import Resource, Sentence, Tag, Word

Address = Annotated[str, AfterValidator(values.email)]


class WaiverFile(StrictModel):
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
    """who has agreed; someone else"""
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
