"""Settings of a rule: the keys of its table in an environment's file, in addition to those of every rule.

Patterns begin with ^ and end with $, and have no look-around: they are checked in Python, Rust and JavaScript.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple, Self


@dataclass(frozen=True)
class Integer:
    """An integer from `minimum` to `maximum`, in a unit."""

    minimum: int
    maximum: int
    unit: str


@dataclass(frozen=True)
class Texts:
    """A list of different strings that match a pattern. `allowed` describes them, and `problem` any other string."""

    pattern: str
    allowed: str
    problem: str


@dataclass(frozen=True)
class Word:
    """One of some words; or, with `texts`, a list with at least one entry."""

    words: tuple[str, ...]
    texts: Texts | None = None


@dataclass(frozen=True, kw_only=True)
class Setting:
    """A key of a rule's table. Without a default a value is required; of a list, only while the rule is enabled.

    `missing` is then the problem of an empty list.
    """

    name: str
    description: str
    form: Integer | Texts | Word
    default: int | str | tuple[str, ...] | None = None
    missing: str = ""


@dataclass(frozen=True)
class Monitored:
    """The monitored regions, and whether the accounts of an organization are monitored."""

    regions: tuple[str, ...]
    organization: bool


class SettingProblem(NamedTuple):
    """An invalid setting: its key, its value, the problem, and the allowed values. A rule's keys begin in its table."""

    at: tuple[str | int, ...]
    value: Any
    what: str
    allowed: str

    def below(self, *at: str | int) -> Self:
        """Returns the problem with the keys of an outer table."""
        return self._replace(at=(*at, *self.at))
