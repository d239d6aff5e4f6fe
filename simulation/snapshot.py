"""Reads configuration items recorded from a real account: a snapshot as AWS Config delivers it, or a plain list.

Two forms of an item exist. In the one that rules and snapshots see, `configuration` is an object; in the one that the
API answers it is text with JSON in it, and so is each supplementary value. Both are brought into the first.
"""

import gzip
import json
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from handlers.common.events import LONGEST_TEXT
from handlers.common.rule import Guard, Need
from handlers.rules import RULES
from simulation.config.item import DELETED, NOT_RECORDED, Item

GZIP_MAGIC = b"\x1f\x8b"
NEEDS: dict[str, Need] = {
    kind: need for rule in RULES.values() if isinstance(rule.source, Guard) for kind, need in rule.source.needs.items()
}


class SnapshotError(ValueError):
    """A file that is no snapshot; the message names it and says what it should be."""


class ItemError(ValueError):
    """A configuration item that cannot be used as it is."""


@dataclass
class Snapshot:
    """What a file holds of the rules' types: items by account and region, and what is wrong with which."""

    items: dict[tuple[str, str], list[Item]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    of_other_types: int = 0
    deleted: int = 0

    def accounts(self) -> Counter[str]:
        """The items per account; the empty account is of items that name none."""
        return self._count(0)

    def regions(self) -> Counter[str]:
        """The items per region; the empty region is of items that name none."""
        return self._count(1)

    def _count(self, part: int) -> Counter[str]:
        counted: Counter[str] = Counter()
        for place, items in self.items.items():
            counted[place[part]] += len(items)
        return counted


def read(file: Path) -> Snapshot:
    """The file's items; raises SnapshotError if the file as a whole cannot be read."""
    snapshot = Snapshot()
    latest: dict[tuple[str, ...], tuple[str, Item]] = {}
    for place, raw in _located(file, _parsed(file)):
        try:
            item, account, region, captured = _item(raw, place, snapshot)
        except ItemError as error:
            snapshot.problems.append(f"{place}: {error}")
            continue
        if item is None:
            continue
        key = (account, region, *item.key)
        if key in latest:
            snapshot.problems.append(f"{place}: {item.resource_id} appears again; its newest capture is used")
        if key not in latest or latest[key][0] <= captured:
            latest[key] = (captured, item)
    for (account, region, *_), (_captured, item) in latest.items():
        snapshot.items.setdefault((account, region), []).append(item)
    return snapshot


def _parsed(file: Path) -> Any:
    try:
        content = file.read_bytes()
        if content.startswith(GZIP_MAGIC):
            content = gzip.decompress(content)
        return json.loads(content, parse_constant=_no_number)
    except OSError as error:
        raise SnapshotError(f"{file}: cannot be read: {error.strerror or error}") from error
    except (EOFError, zlib.error) as error:
        raise SnapshotError(f"{file}: is cut off or no gzip file: {error}") from error
    except (ValueError, RecursionError) as error:
        raise SnapshotError(f"{file}: is not JSON: {error}") from error


def _no_number(word: str) -> Any:
    raise ValueError(f"{word} is no JSON number")


def _located(file: Path, document: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(document, list):
        items, name = document, "item "
    elif isinstance(document, dict) and isinstance(document.get("configurationItems"), list):
        items, name = document["configurationItems"], "configurationItems"
    else:
        raise SnapshotError(
            f"{file}: is neither a configuration snapshot (an object with a list configurationItems) "
            "nor a list of configuration items"
        )
    for index, raw in enumerate(items):
        yield f"{name}[{index}]", raw


def _item(raw: Any, place: str, snapshot: Snapshot) -> tuple[Item | None, str, str, str]:
    if not isinstance(raw, dict):
        raise ItemError(f"is {type(raw).__name__}, not a configuration item")
    resource_type = raw.get("resourceType")
    if not isinstance(resource_type, str) or not resource_type:
        raise ItemError("has no resourceType: no rule can be found for it, and no report can count it")
    account, region, captured = (_text(raw, *keys) for keys in PLACE_KEYS)
    if resource_type not in NEEDS:
        snapshot.of_other_types += 1
        return None, account, region, captured
    if str(raw.get("configurationItemStatus")).startswith(DELETED):
        snapshot.deleted += 1
        return None, account, region, captured
    problem, document = _document(raw)
    is_recorded = raw.get("configurationItemStatus") != NOT_RECORDED
    if problem is None and is_recorded and not NEEDS[resource_type].met_by(document):
        need = NEEDS[resource_type]
        problem = f"has no {need.path} of type {need.kind.__name__}, which the rule for {resource_type} needs"
    identity = _text(raw, "resourceId")
    if not identity.isprintable() or not 0 < len(identity) <= LONGEST_TEXT:
        problem, identity = f"has no usable resourceId ({raw.get('resourceId')!r:.80})", f"unidentified {place}"
    if problem:
        snapshot.problems.append(f"{place}: {resource_type} {identity}: {problem}: counted as unknown")
    return Item(resource_type, identity, document, readable=problem is None), account, region, captured


# Each thing under the names it has in the two forms.
PLACE_KEYS = (("awsAccountId", "accountId"), ("awsRegion",), ("configurationItemCaptureTime",))


def _text(raw: dict[str, Any], *keys: str) -> str:
    return next((str(raw[key]) for key in keys if isinstance(raw.get(key), str | int | float)), "")


def _document(raw: dict[str, Any]) -> tuple[str | None, dict[str, Any]]:
    """What is wrong with the item's form, if anything, and the item with its inner JSON opened."""
    try:
        configuration = _opened("configuration", raw.get("configuration"))
        supplementary = _opened("supplementaryConfiguration", raw.get("supplementaryConfiguration"))
    except ItemError as error:
        return str(error), raw
    if isinstance(supplementary, dict):
        supplementary = {key: _opened_if_json(value) for key, value in supplementary.items()}
    return None, raw | {"configuration": configuration, "supplementaryConfiguration": supplementary}


def _opened(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (json.JSONDecodeError, RecursionError) as error:
        raise ItemError(f"{name} is text, but not JSON: {error}") from error


def _opened_if_json(value: Any) -> Any:
    try:
        return json.loads(value) if isinstance(value, str) else value
    except (json.JSONDecodeError, RecursionError):
        return value
