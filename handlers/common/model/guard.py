"""Templates of Guard policies: settings become literals of the Guard 2.x grammar that AWS Config supports."""

import json
import string
from collections.abc import Iterable, Mapping
from pathlib import Path


class _Template(string.Template):
    """A template with placeholders that begin with @, because Guard uses %, $ and braces."""

    delimiter = "@"


def render(policy: Path, values: Mapping[str, str]) -> str:
    """Returns the policy's text with each `@name` replaced; raises KeyError for a placeholder without a value."""
    return _Template(policy.read_text(encoding="utf-8")).substitute(values)


def text(value: str) -> str:
    """Returns a Guard string literal."""
    return json.dumps(value)


def one_of(literals: Iterable[str]) -> str:
    """Returns a Guard list of literals."""
    return f"[{', '.join(literals)}]"
