"""Reads waivers/*.toml, each a violation that is borne for a time, and tells all that is wrong with them at once."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from handlers.common.waiver import Exact, Waiver
from modules.refusals import SettingsError, line, place, problems_of, read_toml
from modules.settings import Settings
from modules.values import Problem
from modules.waiver_file import Resource, WaiverFile

IDS = {
    "AWS::EC2::Instance": (r"i-[0-9a-f]+", "the instance's id, i-…"),
    "AWS::RDS::DBCluster": (
        r"cluster-[A-Z0-9]+",
        "cluster-…, the DbClusterResourceId, which alerts have and `aws rds describe-db-clusters` shows",
    ),
    "AWS::RDS::DBInstance": (
        r"db-[A-Z0-9]+",
        "db-…, the DbiResourceId, which alerts have and `aws rds describe-db-instances` shows",
    ),
    "AWS::S3::Bucket": (r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", "the bucket's name"),
}
"""What AWS Config's ids of the own rules' types look like, and how to find one."""


def waivers_of(folder: Path, settings: Settings) -> tuple[Waiver, ...]:
    """An environment's waivers, by their files' names; raises SettingsError with what is wrong with any."""
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
            if given is not None and settings.is_disabled(given.rule):
                continue
            problems += [] if given is None else _problems(file.stem, given, settings)
            lines += [line(place(file, each), each) for each in problems]
            if given is not None and not problems:
                found[file] = _waiver(file.stem, given, settings)
    lines += _doubled(found)
    if lines:
        raise SettingsError("\n".join(lines))
    return tuple(found.values())


def strays(folder: Path, environments: Sequence[str]) -> Iterator[str]:
    """What is wrong with waivers that are of none of the environments."""
    for file in sorted(folder.glob("*.toml")):
        try:
            named = read_toml(file).get("environment")
        except SettingsError as error:
            yield str(error)
            continue
        if named not in environments:
            problem = Problem(("environment",), named, "no such environment", ", ".join(environments))
            yield line(place(file, problem), problem)


def _parsed(document: Mapping[str, Any]) -> tuple[WaiverFile | None, list[Problem]]:
    try:
        return WaiverFile.model_validate(document), []
    except ValidationError as error:
        return None, problems_of(error, WaiverFile, "docs/waivers.md")


def _problems(id: str, given: WaiverFile, settings: Settings) -> list[Problem]:
    return [
        *_named(id),
        *_about(given, settings),
        *_people(given),
        *_dates(given, settings.waivers.longest_days),
    ]


def _named(id: str) -> Iterator[Problem]:
    if re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", id) is None or len(id) > 64:
        allowed = "a file of lower-case letters and digits with single hyphens between, at most 64 characters"
        yield Problem((), None, f"{id!r} cannot be the name of a waiver", allowed)


def _about(given: WaiverFile, settings: Settings) -> Iterator[Problem]:
    rule = settings.catalogue.get(given.rule)
    if rule is None:
        yield Problem(("rule",), given.rule, "no such rule in this environment", ", ".join(settings.catalogue))
        return
    if (given.resource is None) == (not given.tags):
        what = "neither a resource nor tags" if given.resource is None else "a resource and tags"
        yield Problem(("resource",), None, what, "one of both: [resource], or [tags]")
    if given.tags and not rule.recorded_types:
        what = f"AWS Config records no tags of {', '.join(rule.resource_types)}"
        yield Problem(("tags",), given.tags, what, "[resource]")
    if given.resource is not None:
        yield from _place(given.resource, rule.resource_types, settings)


def _place(resource: Resource, types: Sequence[str], settings: Settings) -> Iterator[Problem]:
    if resource.type not in types:
        yield Problem(("resource", "type"), resource.type, "not judged by the rule", ", ".join(types))
    elif resource.type in IDS and re.fullmatch(IDS[resource.type][0], resource.id) is None:
        what = f"not an id of an {resource.type} in AWS Config, so it would match nothing"
        yield Problem(("resource", "id"), resource.id, what, IDS[resource.type][1])
    if resource.region not in settings.monitored_regions:
        allowed = ", ".join(settings.monitored_regions)
        yield Problem(("resource", "region"), resource.region, "not a monitored region", allowed)
    organization = settings.organization
    if resource.account not in ("", settings.account_id) and organization is None:
        allowed = f"{settings.account_id}, which may be left out"
        yield Problem(("resource", "account"), resource.account, "not the monitored account", allowed)
    if organization is not None and resource.account in organization.excluded_accounts:
        what, allowed = "excluded from what is monitored", "an account that is not in organization.excluded_accounts"
        yield Problem(("resource", "account"), resource.account, what, allowed)


def _people(given: WaiverFile) -> Iterator[Problem]:
    if given.owner.lower() == given.approver.lower():
        yield Problem(("approver",), given.approver, "is the owner", "somebody else than the owner")


def _dates(given: WaiverFile, longest: int) -> Iterator[Problem]:
    last = given.start + timedelta(days=longest - 1)
    if not given.start <= given.end <= last:
        what = "before its start" if given.end < given.start else f"longer than {longest} days (waivers.longest_days)"
        yield Problem(("end",), given.end, what, f"{given.start} to {last}")


def _doubled(found: Mapping[Path, Waiver]) -> Iterator[str]:
    listed = list(found.items())
    for index, (file, one) in enumerate(listed):
        for other, two in listed[:index]:
            same = (one.rule, one.resource, one.tags) == (two.rule, two.resource, two.tags)
            if same and one.start <= two.end and two.start <= one.end:
                problem = Problem(
                    ("start",),
                    date.fromisoformat(one.start),
                    f"{other.name} waives the same then",
                    "one waiver at a time",
                )
                yield line(place(file, problem), problem)


def _waiver(id: str, given: WaiverFile, settings: Settings) -> Waiver:
    resource = given.resource
    exact = None
    if resource is not None:
        account = resource.account or settings.account_id
        exact = Exact(account=account, region=resource.region, resource_type=resource.type, resource_id=resource.id)
    texts: Iterable[str] = ("rule", "owner", "approver", "reason", "ticket", "compensating_measure")
    return Waiver(
        id=id,
        **{name: getattr(given, name) for name in texts},
        start=given.start.isoformat(),
        end=given.end.isoformat(),
        resource=exact,
        tags=dict(given.tags),
    )
