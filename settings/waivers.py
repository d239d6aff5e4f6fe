"""Loading of waivers/*.toml, each a time-limited, approved exception to a rule, with a report of all problems."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from handlers.common.model.exclusion import PREFIX
from handlers.common.model.waiver import Waiver
from settings import scopes
from settings.errors import SettingsError, line, place, problems_of, read_toml
from settings.fields import Problem
from settings.model import Settings
from settings.waiver_file import WaiverFile


def waivers_of(folder: Path, settings: Settings) -> tuple[Waiver, ...]:
    """Returns an environment's waivers, sorted by file name; raises SettingsError with all problems."""
    found: dict[Path, Waiver] = {}
    lines: list[str] = []
    for file in sorted(folder.glob("*.toml")):
        try:
            document = read_toml(file)
        except SettingsError as error:
            lines.append(str(error))
            continue
        if document.get("environment") == settings.environment:
            given, problems = _parsed(document)
            problems += [] if given is None else _problems(file.stem, given, settings)
            lines += [line(place(file, each), each) for each in problems]
            if given is not None and not problems and not settings.is_disabled(given.rule):
                found[file] = _waiver(file.stem, given, settings)
    lines += _duplicates(found)
    if lines:
        raise SettingsError("\n".join(lines))
    return tuple(found.values())


def strays(folder: Path, environments: Sequence[str]) -> Iterator[str]:
    """Yields the problems of files in other places, and of waivers without an existing environment."""
    for file in sorted(path for path in folder.rglob("*") if path.is_file() and not _is_read(path, folder)):
        yield f"{file}: is ignored; allowed: files NAME.toml in {folder.name}/ itself, and notes NAME.md"
    for file in sorted(folder.glob("*.toml")):
        try:
            named = read_toml(file).get("environment")
        except SettingsError as error:
            yield str(error)
            continue
        if named not in environments:
            problem = Problem(("environment",), named, "no such environment", ", ".join(environments))
            yield line(place(file, problem), problem)


def _is_read(file: Path, folder: Path) -> bool:
    """Returns whether a file is a waiver, a note or hidden."""
    note = file.suffix == ".md" or file.name.startswith(".")
    return note or (file.suffix == ".toml" and file.parent == folder)


def _parsed(document: Mapping[str, Any]) -> tuple[WaiverFile | None, list[Problem]]:
    try:
        return WaiverFile.model_validate(document), []
    except ValidationError as error:
        return None, problems_of(error, WaiverFile, "docs/waivers.md")


def _problems(id: str, given: WaiverFile, settings: Settings) -> list[Problem]:
    return [
        *_id_problems(id),
        *_scope_problems(given, settings),
        *_approver_problems(given),
        *_dates(given, settings.waivers.max_days),
    ]


def _id_problems(id: str) -> Iterator[Problem]:
    if re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", id) is None or len(id) > 64 or id.startswith(PREFIX):
        allowed = f"lower-case letters and digits with single hyphens between, at most 64 characters, not {PREFIX}…"
        yield Problem((), None, "is not a valid name of a waiver", allowed)


def _scope_problems(given: WaiverFile, settings: Settings) -> Iterator[Problem]:
    rule = settings.catalogue.get(given.rule)
    if settings.is_disabled(given.rule):
        return
    if rule is None:
        yield Problem(("rule",), given.rule, "no such rule in this environment", ", ".join(settings.catalogue))
        return
    yield from scopes.problems(given.resource, given.tags, rule, settings.regions_of(given.rule), settings)


def _approver_problems(given: WaiverFile) -> Iterator[Problem]:
    if given.owner.lower() == given.approver.lower():
        yield Problem(("approver",), given.approver, "is the owner", "someone other than the owner")


def _dates(given: WaiverFile, longest: int) -> Iterator[Problem]:
    if (date.max - given.start).days < longest:
        yield Problem(("start",), given.start, "too far in the future", "a date within the next years")
        return
    last = given.start + timedelta(days=longest - 1)
    if not given.start <= given.end <= last:
        what = "before its start" if given.end < given.start else f"longer than {longest} days (waivers.max_days)"
        yield Problem(("end",), given.end, what, f"{given.start} to {last}")


def _duplicates(found: Mapping[Path, Waiver]) -> Iterator[str]:
    listed = list(found.items())
    for index, (file, one) in enumerate(listed):
        for other, two in listed[:index]:
            same = (one.rule, one.resource, one.tags) == (two.rule, two.resource, two.tags)
            if same and one.start <= two.end and two.start <= one.end:
                problem = Problem(
                    ("start",),
                    date.fromisoformat(one.start),
                    f"{other.name} is a waiver for the same scope and time",
                    "one waiver at a time",
                )
                yield line(place(file, problem), problem)


def _waiver(id: str, given: WaiverFile, settings: Settings) -> Waiver:
    texts: Iterable[str] = ("rule", "owner", "approver", "reason", "ticket", "compensating_measure")
    return Waiver(
        id=id,
        **{name: getattr(given, name) for name in texts},
        start=given.start.isoformat(),
        end=given.end.isoformat(),
        resource=given.resource.exact(settings) if given.resource else None,
        tags=dict(given.tags),
    )
