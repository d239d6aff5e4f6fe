"""Templates of Guard policies: settings become literals of the Guard 2.x grammar that AWS Config supports."""

import json
import string
from collections.abc import Iterable, Mapping
from pathlib import Path

_STATUSES = ("ResourceDeleted", "ResourceDeletedNotRecorded", "ResourceNotRecorded")

NOT_DELETED = "\n         ".join(
    f'''configurationItemStatus not exists or
         configurationItemStatus in [null, "null", ""] or
         configurationItemStatus != "{status}"'''
    for status in _STATUSES
)
"""The value of `@not_deleted`: a condition of `when`, for resources that exist and are recorded."""


class _Template(string.Template):
    """A template with placeholders that begin with @, because Guard uses %, $ and braces."""

    delimiter = "@"


def render(policy: Path, values: Mapping[str, str]) -> str:
    """Returns the policy with each `@name` and `@not_deleted` replaced; raises KeyError for a name without a value."""
    return _Template(policy.read_text(encoding="utf-8")).substitute(values, not_deleted=NOT_DELETED)


def text(value: str) -> str:
    """Returns a Guard string literal."""
    return json.dumps(value)


def one_of(literals: Iterable[str]) -> str:
    """Returns a Guard list of literals."""
    return f"[{', '.join(literals)}]"
