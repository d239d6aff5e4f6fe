"""What waivers and exclusions mean for a report: what they apply to, and how resources are found by their tags."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from handlers.common.model import exclusion, waiver
from handlers.common.model.exclusion import Exclusion
from handlers.common.model.finding import finding_id
from handlers.common.model.waiver import Scope, Waiver
from handlers.report.reads import BY_RULE, Kind
from handlers.report.workspace import Workspace


def in_force(day: date) -> list[Scope]:
    """The exclusions, and the waivers that are in force on a day."""
    return [*exclusion.known(), *(each for each in waiver.known() if each.in_force(day))]


def named(scopes: Iterable[Scope]) -> list[tuple[str, str, str]]:
    """Finding, id and last day of those that name their resource."""
    return [
        (finding_id(each.rule, it.account, it.region, it.resource_type, it.resource_id), each.id, each.end)
        for each in scopes
        if (it := each.resource) is not None
    ]


def query(scope: Scope, resource_type: str) -> str:
    """The resources of a type that may carry a scope's tags, in the language of AWS Config's advanced queries.

    It knows conditions on the array of tags as a whole only, so that one tag may have the key and another the value.
    """
    key, value = min(scope.tags.items())
    return (
        "SELECT resourceId, resourceType, accountId, awsRegion, tags "
        f"WHERE resourceType = '{resource_type}' AND tags.key = '{key}' AND tags.value = '{value}'"
    )


def waived(scope: Scope, rows: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str, str]]:
    """Finding, id and last day of the rows that do carry every one of its tags."""
    for row in rows:
        tags = {tag.get("key"): tag.get("value", "") for tag in row.get("tags") or ()}
        where = tuple(row.get(name) or "" for name in ("accountId", "awsRegion", "resourceType", "resourceId"))
        if all(where) and scope.tags.items() <= tags.items():
            yield finding_id(scope.rule, *where), scope.id, scope.end


def applied(workspace: Workspace, scopes: Collection[Scope]) -> dict[str, list[dict[str, Any]]]:
    """How many findings each waiver applies to, and how many resources each exclusion; None where a read failed."""
    counted = (
        "SELECT coalesce(exclusion, waiver), count(*) FROM verdicts WHERE coalesce(exclusion, waiver) <> '' GROUP BY 1"
    )
    counts = dict(workspace.rows(counted))
    unread = {read.subject.split(" ")[0] for read, _ in workspace.failures() if read.kind in (Kind.TAGGED, *BY_RULE)}

    def row(each: Scope, name: str, **more: str) -> dict[str, Any]:
        count = None if unread & {each.id, each.rule} else counts.get(each.id, 0)
        return {"id": each.id, "rule": each.rule, name: count, **more}

    return {
        "waivers": [row(each, "findings", end=each.end) for each in scopes if isinstance(each, Waiver)],
        "exclusions": [row(each, "resources", reason=each.reason) for each in scopes if isinstance(each, Exclusion)],
    }
