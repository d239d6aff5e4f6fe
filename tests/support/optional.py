"""Documents without one member: AWS omits unknown members in responses and events."""

import copy
from collections.abc import Iterator
from typing import Any

Path = tuple[str, ...]


def paths(document: dict[str, Any], before: Path = ()) -> Iterator[Path]:
    """Yields the path of each member."""
    for name, value in document.items():
        yield (*before, name)
        if isinstance(value, dict):
            yield from paths(value, (*before, name))


def without(document: dict[str, Any], path: Path) -> dict[str, Any]:
    """Returns a copy without the member."""
    changed = copy.deepcopy(document)
    inner = changed
    for name in path[:-1]:
        inner = inner[name]
    del inner[path[-1]]
    return changed
