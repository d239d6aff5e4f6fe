"""Types of setting values, with the problem and the allowed values of invalid ones."""

import difflib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import time
from typing import Annotated, Any, Generic, TypeVar

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, BeforeValidator
from pydantic_core import PydanticCustomError

from handlers.common.model.change_window import Window, WindowError
from handlers.common.model.remediation import Mode
from handlers.rules.s3_bucket_default_encryption_kms.keys import ACCOUNT, ANY, CUSTOMER
from settings.catalogue import regions

T = TypeVar("T")

REFUSED = "refused"


@dataclass(frozen=True)
class Check(Generic[T]):
    """A check of a value: a function that returns or rejects it, and the description of allowed values."""

    allowed: str
    take: Callable[[T], T]

    def __call__(self, value: T) -> T:
        return self.take(value)


@dataclass(frozen=True)
class Problem:
    """An invalid setting: its key, its value, the problem, and the allowed values."""

    at: tuple[str | int, ...]
    value: Any
    what: str
    allowed: str


def refused(what: str, allowed: str) -> PydanticCustomError:
    """Returns the error that a validator raises for its whole value."""
    return PydanticCustomError(REFUSED, "refused", {"what": what, "allowed": allowed})


def refused_all(problems: Sequence[Problem]) -> PydanticCustomError:
    """Returns the error that a validator raises for parts of its value; keys of problems are relative to the value."""
    return PydanticCustomError(REFUSED, "refused", {"problems": problems})


def matching(pattern: str, what: str, allowed: str) -> Check[str]:
    """Returns a check for strings that match the whole pattern."""
    compiled = re.compile(pattern)

    def check(text: str) -> str:
        if compiled.fullmatch(text) is None:
            raise refused(what, allowed)
        return text

    return Check(allowed, check)


def within(low: int, high: int, unit: str) -> Check[int]:
    """Returns a check for integers from `low` to `high`."""
    allowed = f"{low} to {high} {unit}"

    def check(number: int) -> int:
        if not low <= number <= high:
            raise refused("out of range", allowed)
        return number

    return Check(allowed, check)


def among(words: Sequence[str]) -> Check[str]:
    """Returns a check for one of the given words."""
    allowed = ", ".join(words)

    def check(word: str) -> str:
        if word not in words:
            raise refused("unknown", allowed)
        return word

    return Check(allowed, check)


ADDRESS = "name@domain"


def _email(text: str) -> str:
    try:
        # Synthesis needs no network, so the domain is not resolved.
        validate_email(text, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise refused("not an e-mail address", ADDRESS) from error
    return text


TIME_OF_DAY = '"HH:MM", UTC'
MODES = ", ".join(Mode)


def _time_of_day(text: Any) -> Any:
    if not isinstance(text, str) or re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", text) is None:
        raise refused("not a time of day", TIME_OF_DAY)
    return time.fromisoformat(text)


def _mode(text: Any) -> Any:
    if not isinstance(text, str) or text not in set(Mode):
        raise refused("unknown mode", MODES)
    return Mode(text)


def _window(text: str) -> str:
    try:
        Window.of(text)
    except WindowError as error:
        raise refused(str(error), 'a time of the week (UTC) such as "sat 02:00-06:00"') from None
    return text


def each(check: Check[str]) -> Check[Any]:
    """Returns a check for lists of valid strings without duplicates (case-insensitive); it reports all problems."""

    def check_all(items: Any) -> Any:
        if not isinstance(items, list | tuple):
            raise refused("must be a list", "quoted strings in brackets")
        problems, seen = [], set()
        for index, item in enumerate(items):
            try:
                known = check(item).lower() if isinstance(item, str) else None
                if known is None:
                    raise refused("must be a quoted string", check.allowed)
                if known in seen:
                    raise refused("listed twice", "each entry once")
                seen.add(known)
            except PydanticCustomError as error:
                words: Any = error.context
                problems.append(Problem((index,), item, words["what"], words["allowed"]))
        if problems:
            raise refused_all(problems)
        return tuple(items)

    return Check(f"list without duplicates: {check.allowed}", check_all)


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _deduplicated(items: tuple[T, ...]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(items))


Texts = tuple[str, ...]
Deduplicated = Annotated[tuple[T, ...], BeforeValidator(_tuple), AfterValidator(_deduplicated)]

FOREIGN = ("not a region eu-*-*", "eu-*-*, or any region with allow_regions_outside_eu = true")


def is_foreign(region: str, anywhere: bool) -> bool:
    """Returns whether a region is outside the European Union and `anywhere` is false."""
    return not anywhere and re.fullmatch(r"eu-[a-z]+-\d+", region) is None


ARN_OF_KMS = r"arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:"
UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
KEY = rf"key/({UUID}|mrk-[0-9a-f]{{32}})"
ALIAS = r"alias/[0-9A-Za-z_/-]{1,250}"

email = Check(ADDRESS, _email)
window: Check[str] = Check('times of the week (UTC) such as "mon-fri 20:00-23:00"', _window)
name_in_scope: Check[str] = Check("names of single resources, no patterns", lambda text: text)
account_id = matching(r"[0-9]{12}", "not an AWS account id", "12 digits, in quotes")
_bucket_name = matching(
    r"(?!.*\.\.)(?![0-9]+(\.[0-9]+){3}$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]",
    "not an S3 bucket name",
    "3 to 63 lower-case letters, digits, dots and hyphens; no IP address",
)
instance_type = matching(
    r"[a-z][a-z0-9-]*\.(\*|[a-z0-9-]+)",
    "neither an instance type nor a family",
    "a type such as m7i.large, or a family such as m7i.*",
)
kms_arn = matching(
    rf"{ARN_OF_KMS}({KEY}|{ALIAS})",
    "not the ARN of a KMS key or alias",
    "arn:aws:kms:REGION:ACCOUNT:key/UUID or …:alias/NAME",
)
_listed_keys = each(kms_arn)
S3_KEYS = f"any, customer, account, or a {_listed_keys.allowed}; at least one"


def _s3_keys(given: Any) -> Any:
    if isinstance(given, list | tuple) and given:
        return _listed_keys(given)
    if given in (ANY, CUSTOMER, ACCOUNT):
        return given
    raise refused("no key would be allowed" if given in ([], ()) else "neither a keyword nor a list", S3_KEYS)


s3_keys = Check(S3_KEYS, _s3_keys)
ModeName = Annotated[Mode, BeforeValidator(Check(MODES, _mode))]
_name_part = matching(
    r"[a-z0-9]+(-[a-z0-9]+)*",
    "not valid in a resource name",
    "lower-case letters and digits, with single hyphens between",
)
_organization_id = matching(r"o-[a-z0-9]{10,32}", "not an organization id", "o- and 10 to 32 letters and digits")


def _known_region(text: str) -> str:
    if text not in regions():
        near = difflib.get_close_matches(text, regions(), n=1)
        raise refused("not an AWS region", f"did you mean {near[0]}?" if near else A_REGION)
    return text


A_REGION = "a region such as eu-west-1"
_region = Check(A_REGION, _known_region)
_state_key = matching(
    rf"{ALIAS}|{ARN_OF_KMS}({KEY}|{ALIAS})",
    "not a KMS key for Terraform's state",
    "alias/NAME, or the ARN of a key or alias",
)
_tag_value = matching(
    r"[\w .:/=+@-]{1,256}",
    "not a valid value of an AWS tag",
    "1 to 256 letters, digits, spaces and _ . : / = + - @",
)
TimeOfDay = Annotated[time, BeforeValidator(Check(TIME_OF_DAY, _time_of_day))]

AccountId = Annotated[str, AfterValidator(account_id)]
OrganizationId = Annotated[str, AfterValidator(_organization_id)]

BucketName = Annotated[str, AfterValidator(_bucket_name)]
NamePart = Annotated[str, AfterValidator(_name_part)]
Region = Annotated[str, AfterValidator(_region)]
StateKey = Annotated[str, AfterValidator(_state_key)]
TagValue = Annotated[str, AfterValidator(_tag_value)]
