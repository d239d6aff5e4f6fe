"""Reads configuration items recorded from real accounts: of each resource, the newest state.

Items have two forms. In rules and snapshots `configuration` is an object; in API responses it and each supplementary
value are JSON strings. Both are converted to the first form.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from handlers.common.model.events import LONGEST_TEXT
from handlers.common.model.rule import Guard, RequiredField
from handlers.common.runtime.errors import ComplianceMonitorError
from handlers.rules import RULES
from simulation.aws.config.item import DELETED, NOT_RECORDED, Item
from simulation.demo.capture import Age, age
from simulation.demo.exports import SELECTED, Raw, SnapshotError, files, raws

__all__ = ["ItemError", "Snapshot", "SnapshotError", "State", "newest", "read"]

NEEDS: dict[str, RequiredField] = {
    kind: need for rule in RULES.values() if isinstance(rule.source, Guard) for kind, need in rule.source.needs.items()
}

Place = tuple[str, str]
"""Account and region; each is empty if an item names none."""


class ItemError(ComplianceMonitorError, ValueError):
    """A configuration item is invalid."""


class State(NamedTuple):
    """A state of a resource; `identity` is empty if the item has no usable one."""

    age: Age
    place: Place
    identity: str
    raw: Raw

    @property
    def resource(self) -> tuple[str, ...]:
        """The key that the states of one resource share."""
        return (*self.place, str(self.raw.value["resourceType"]), self.identity or f"unidentified {self.raw.place}")


@dataclass
class Snapshot:
    """The items of the rules' types by account and region, and the problems of the files."""

    items: dict[Place, list[Item]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    of_other_types: int = 0
    deleted: int = 0
    older: int = 0
    """Number of states that are superseded by newer ones."""

    def accounts(self) -> Counter[str]:
        """Returns the number of items per account; the key is empty for items without an account."""
        return self._count(0)

    def regions(self, account: str | None = None) -> Counter[str]:
        """Returns the number of items per region, of one account or all; the key is empty without a region."""
        return self._count(1, ("", account))

    def _count(self, part: int, accounts: tuple[str | None, ...] = (None,)) -> Counter[str]:
        counted: Counter[str] = Counter()
        for place, items in self.items.items():
            if None in accounts or place[0] in accounts:
                counted[place[part]] += len(items)
        return counted


def read(*paths: Path) -> Snapshot:
    """Returns the items of files and folders; raises SnapshotError if a named file or folder is unreadable."""
    snapshot = Snapshot()
    for state in newest(_states(_raws(paths, snapshot), snapshot), snapshot):
        if str(state.raw.value.get("configurationItemStatus")).startswith(DELETED):
            snapshot.deleted += 1
        else:
            snapshot.items.setdefault(state.place, []).append(_item(state, snapshot))
    return snapshot


def newest(states: Iterable[State], snapshot: Snapshot) -> list[State]:
    """Returns the newest state of each resource, the last read of equally new ones; counts the others."""
    kept: dict[tuple[str, ...], State] = {}
    for state in states:
        before = kept.get(state.resource)
        snapshot.older += before is not None
        if before is None or before.age <= state.age:
            kept[state.resource] = state
    return list(kept.values())


def _raws(paths: Iterable[Path], snapshot: Snapshot) -> Iterator[Raw]:
    """Yields the raw items of the files; an unreadable file in a folder is only a problem."""
    in_folders = {file: in_folder for path in paths for file, in_folder in _listed(path)}
    unreadable = 0
    for file, in_folder in in_folders.items():
        try:
            items = raws(file)
        except SnapshotError as error:
            unreadable += 1
            if not in_folder or unreadable == len(in_folders):
                raise
            snapshot.problems.append(f"skipped: {str(error).splitlines()[0]}")
            continue
        yield from (raw._replace(place=f"{file}: {raw.place}") if len(in_folders) > 1 else raw for raw in items)


def _listed(path: Path) -> list[tuple[Path, bool]]:
    """Returns a file or the files of a folder, each with whether it is from a folder."""
    return [(file, True) for file in files(path)] if path.is_dir() else [(path, False)]


def _states(items: Iterable[Raw], snapshot: Snapshot) -> Iterator[State]:
    """Yields the states of resources of the rules' types."""
    for raw in items:
        try:
            if _type(raw) in NEEDS:
                yield _state(raw)
            else:
                snapshot.of_other_types += 1
        except ItemError as error:
            snapshot.problems.append(f"{raw.place}: {error}")
            _add_query_hint(raw, snapshot)


def _type(raw: Raw) -> str:
    if raw.problem:
        raise ItemError(raw.problem)
    if not isinstance(raw.value, dict):
        raise ItemError(f"is {type(raw.value).__name__}, not a configuration item")
    resource_type = raw.value.get("resourceType")
    if not isinstance(resource_type, str) or not resource_type:
        raise ItemError("has no resourceType, so that no rule can evaluate it")
    return resource_type


def _state(raw: Raw) -> State:
    account, region, identity = (_text(raw.value, *keys) for keys in KEYS)
    is_usable = identity.isprintable() and 0 < len(identity) <= LONGEST_TEXT
    return State(age(raw.value), (account, region), identity if is_usable else "", raw)


def _item(state: State, snapshot: Snapshot) -> Item:
    _, _, resource_type, identity = state.resource
    raw, need = state.raw.value, NEEDS[resource_type]
    problem, document = _document(raw)
    is_recorded = raw.get("configurationItemStatus") != NOT_RECORDED
    if problem is None and is_recorded and not need.is_present_in(document):
        problem = f"has no {need.path} of type {need.kind.__name__}, which the rule for {resource_type} requires"
    if not state.identity:
        problem = f"has no usable resourceId ({raw.get('resourceId')!r:.80})"
    if problem:
        snapshot.problems.append(f"{state.raw.place}: {resource_type} {identity}: {problem}: counted as unknown")
        _add_query_hint(state.raw, snapshot)
    return Item(resource_type, identity, document, readable=problem is None)


def _add_query_hint(raw: Raw, snapshot: Snapshot) -> None:
    """Adds HINT: SELECT * omits `configuration` (AWS Config Developer Guide, "Querying the current configuration")."""
    if raw.selected and HINT not in snapshot.problems:
        snapshot.problems.insert(0, HINT)


HINT = f"a query must select the members that rules require; SELECT * omits most of them: SELECT {SELECTED}"

# Account, region and ID by their names in the two forms.
KEYS = (("awsAccountId", "accountId"), ("awsRegion",), ("resourceId",))


def _text(raw: dict[str, Any], *keys: str) -> str:
    return next((str(raw[key]) for key in keys if isinstance(raw.get(key), str | int | float)), "")


def _document(raw: dict[str, Any]) -> tuple[str | None, dict[str, Any]]:
    """Returns the problem of the item's form, if any, and the item with parsed JSON strings."""
    try:
        configuration = _parsed("configuration", raw.get("configuration"))
        supplementary = _parsed("supplementaryConfiguration", raw.get("supplementaryConfiguration"))
    except ItemError as error:
        return str(error), raw | _tags(raw.get("tags"))
    if isinstance(supplementary, dict):
        supplementary = {key: _parsed_if_json(value) for key, value in supplementary.items()}
    opened = {"configuration": configuration, "supplementaryConfiguration": supplementary}
    return None, raw | opened | _tags(raw.get("tags"))


def _tags(tags: Any) -> dict[str, Any]:
    """Returns the tags of a query, which are a list, as an object."""
    if tags is None or isinstance(tags, dict):
        return {}
    listed = [tag for tag in tags if isinstance(tag, dict)] if isinstance(tags, list) else []
    return {"tags": {str(tag["key"]): tag.get("value") for tag in listed if "key" in tag}}


def _parsed(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (json.JSONDecodeError, RecursionError) as error:
        raise ItemError(f"{name} is invalid JSON: {error}") from error


def _parsed_if_json(value: Any) -> Any:
    try:
        return json.loads(value) if isinstance(value, str) else value
    except (json.JSONDecodeError, RecursionError):
        return value
