"""Types of setting values, with the words for allowed values and problems."""

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import time
from typing import Annotated, Any, TypeVar

from email_validator import validate_email
from pydantic import (
    AfterValidator,
    BeforeValidator,
    Discriminator,
    Field,
    Strict,
    Tag,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)
from pydantic_core import PydanticCustomError

from handlers.common.model import kms_key
from handlers.common.model.change_window import Window, WindowError
from handlers.common.model.remediation import Mode
from handlers.common.model.rule import Category, Severity
from handlers.common.model.setting import SettingProblem
from settings.catalogue import regions

T = TypeVar("T")

REFUSED = "refused"


@dataclass(frozen=True)
class Allowed:
    """The words for a type's allowed values, and for the problem of any other value."""

    words: str
    problem: str = ""


@dataclass(frozen=True)
class Unit:
    """The unit of a number."""

    name: str


Problem = SettingProblem


def similar(given: str, known: Iterable[str], otherwise: str) -> str:
    """Returns the question whether the most similar value was meant, or else another text."""
    near = difflib.get_close_matches(given, sorted(known), n=1)
    return f"did you mean {near[0]}?" if near else otherwise


def refused(what: str, allowed: str) -> PydanticCustomError:
    """Returns the error that a validator raises for its whole value."""
    return PydanticCustomError(REFUSED, "refused", {"what": what, "allowed": allowed})


def refused_all(problems: Sequence[Problem], others: Sequence[Any] = ()) -> PydanticCustomError:
    """Returns the error that a validator raises for parts of its value; keys of problems are relative to the value.

    `others` are pydantic's own errors of the same value.
    """
    return PydanticCustomError(REFUSED, "refused", {"problems": problems, "others": others})


def _once(given: Any, take: ValidatorFunctionWrapHandler) -> Any:
    """Returns the valid list; rejects valid entries that differ in case only, together with the invalid ones."""
    taken, others = None, list[Any]()
    try:
        taken = take(given)
    except ValidationError as error:
        if not isinstance(given, list | tuple):
            raise
        others = list(error.errors())
    invalid, seen, twice = {each["loc"][:1] for each in others}, set(), []
    for index, item in enumerate(given):
        if (index,) not in invalid:
            if item.lower() in seen:
                twice.append(Problem((index,), item, "listed twice", "each entry once"))
            seen.add(item.lower())
    if twice or others:
        raise refused_all(twice, others)
    return taken


ONCE = WrapValidator(_once)
_UNIQUE = Field(json_schema_extra={"uniqueItems": True})

# A list of TOML becomes a tuple, which strict types would refuse.
Listed = Annotated[tuple[T, ...], Strict(False), ONCE, _UNIQUE]
"""Values without duplicates."""
Filled = Annotated[tuple[T, ...], Strict(False), Field(min_length=1), ONCE, _UNIQUE]
"""At least one value, without duplicates."""


def _email(text: str) -> str:
    # Synthesis needs no network, so the domain is not resolved.
    validate_email(text, check_deliverability=False, test_environment=True)
    return text


def _window(text: str) -> str:
    try:
        Window.of(text)
    except WindowError as error:
        raise refused(str(error), 'a time of the week (UTC) such as "sat 02:00-06:00"') from None
    return text


Address = Annotated[
    str,
    AfterValidator(_email),
    Field(json_schema_extra={"format": "idn-email"}),
    Allowed("name@domain", "not an e-mail address"),
]
ChangeWindow = Annotated[str, AfterValidator(_window), Allowed('times of the week (UTC) such as "mon-fri 20:00-23:00"')]
ResourceName = Annotated[str, Allowed("names of single resources, no patterns")]

# Strict types would take members of an enumeration only.
ModeName = Annotated[Mode, Strict(False)]
SeverityName = Annotated[Severity, Strict(False)]
CategoryName = Annotated[Category, Strict(False)]

TIME = "^([01][0-9]|2[0-3]):[0-5][0-9]$"


def _time_of_day(text: Any) -> time:
    if not isinstance(text, str) or re.fullmatch(TIME, text) is None:
        raise ValueError(text)
    return time.fromisoformat(text)


TimeOfDay = Annotated[
    time,
    BeforeValidator(_time_of_day, json_schema_input_type=Annotated[str, Field(pattern=TIME)]),
    Allowed('"HH:MM", UTC', "not a time of day"),
]

FOREIGN = ("not a region eu-*-*", "eu-*-*, or any region with allow_regions_outside_eu = true")


def is_foreign(region: str, anywhere: bool) -> bool:
    """Returns whether a region is outside the European Union and `anywhere` is false."""
    return not anywhere and re.fullmatch(r"eu-[a-z]+-\d+", region) is None


A_REGION = "a region such as eu-west-1"


def _known_region(text: str) -> str:
    if text not in regions():
        raise refused("not an AWS region", similar(text, regions(), A_REGION))
    return text


def _list_regions(schema: dict[str, Any]) -> None:
    schema["enum"] = sorted(regions())


Region = Annotated[
    str, AfterValidator(_known_region), Field(json_schema_extra=_list_regions), Allowed(A_REGION, "not an AWS region")
]

StateKey = Annotated[
    str,
    Field(pattern=f"^({kms_key.ALIAS}|{kms_key.ARN}({kms_key.KEY}|{kms_key.ALIAS}))$"),
    Allowed("alias/NAME, or the ARN of a key or alias", "not a KMS key for Terraform's state"),
]

WORD, LIST = "(word)", "(list)"
"""Tags of a value's alternatives in pydantic's errors; no keys of a file."""


def _form(given: Any) -> str:
    return LIST if isinstance(given, list | tuple) else WORD


def word_or_list(word: Any, words: Sequence[str], entry: Any, entries: str) -> Any:
    """Returns the type of one of some words, or of a list with at least one entry; `entries` describes an entry."""
    allowed = f"{', '.join(words)}, or a list without duplicates: {entries}; at least one entry"
    return Annotated[
        Annotated[word, Tag(WORD)] | Annotated[Filled[entry], Tag(LIST)],
        Discriminator(_form),
        Allowed(allowed, "neither a keyword nor a list"),
    ]


AccountId = Annotated[str, Field(pattern="^[0-9]{12}$"), Allowed("12 digits, in quotes", "not an AWS account id")]
OrganizationId = Annotated[
    str,
    Field(pattern="^o-[a-z0-9]{10,32}$"),
    Allowed("o- and 10 to 32 letters and digits", "not an organization id"),
]

NAME = "^[a-z0-9]+(-[a-z0-9]+)*$"
NAME_WORDS = "lower-case letters and digits, with single hyphens between"
NamePart = Annotated[str, Field(pattern=NAME), Allowed(NAME_WORDS, "not valid in a resource name")]


def _no_address(bucket: str) -> str:
    if re.fullmatch(r"[0-9]+(\.[0-9]+){3}", bucket):
        raise ValueError(bucket)
    return bucket


BucketName = Annotated[
    str,
    # Each dot is followed by a letter, a digit or a hyphen: pydantic's patterns cannot look ahead.
    Field(pattern=r"^[a-z0-9](\.?[a-z0-9-])*\.?[a-z0-9]$", min_length=3, max_length=63),
    AfterValidator(_no_address),
    Allowed("3 to 63 lower-case letters, digits, dots and hyphens; no IP address", "not an S3 bucket name"),
]

# Python's and JavaScript's patterns lack \p{L}: in the schema, each character beyond ASCII is a letter.
_tag = Field(
    pattern=r"^[\p{L}\p{N}_ .:/=+@-]+$",
    max_length=256,
    json_schema_extra={"pattern": r"^([A-Za-z0-9_ .:/=+@-]|[^\x00-\x7f])+$"},
)
TAG_WORDS = "1 to 256 letters, digits, spaces and _ . : / = + - @"
# Other characters could end a string in AWS Config's query language.
ScopeTag = Annotated[str, _tag, Allowed(TAG_WORDS, "not valid in a query")]
TagValue = Annotated[str, _tag, Allowed(TAG_WORDS, "not a valid value of an AWS tag")]
