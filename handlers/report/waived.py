"""Waivers and exclusions in a report: the findings they apply to, and the query for resources by tags."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from handlers.common.model import exclusion, waiver
from handlers.common.model.events import NON_COMPLIANT
from handlers.common.model.exclusion import Exclusion
from handlers.common.model.finding import finding_id
from handlers.common.model.waiver import Scope, Waiver
from handlers.report.reads import BY_RULE, Kind
from handlers.report.workspace import Workspace


def in_force(day: date) -> list[Scope]:
    """Returns the exclusions, and the waivers that are in force on a day."""
    return [*exclusion.load(), *(each for each in waiver.load() if each.in_force(day))]


def named(scopes: Iterable[Scope]) -> list[tuple[str, str, str]]:
    """Returns finding, id and last day of the scopes with a named resource."""
    return [
        (finding_id(each.rule, it.account, it.region, it.resource_type, it.resource_id), each.id, each.end)
        for each in scopes
        if (it := each.resource) is not None
    ]


def query(scope: Scope, resource_type: str) -> str:
    """Returns an advanced query of AWS Config for resources of a type that may have a scope's tags.

    Advanced queries match a key and a value of any tags, so that the results may include other resources.
    """
    key, value = min(scope.tags.items())
    return (
        "SELECT resourceId, resourceType, accountId, awsRegion, tags "
        f"WHERE resourceType = '{resource_type}' AND tags.key = '{key}' AND tags.value = '{value}'"
    )


def waived(scope: Scope, rows: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str, str]]:
    """Yields finding, id and last day for the rows that have all tags of a scope."""
    for row in rows:
        tags = {tag.get("key"): tag.get("value", "") for tag in row.get("tags") or ()}
        where = tuple(row.get(name) or "" for name in ("accountId", "awsRegion", "resourceType", "resourceId"))
        if all(where) and scope.tags.items() <= tags.items():
            yield finding_id(scope.rule, *where), scope.id, scope.end


def applied(workspace: Workspace, scopes: Collection[Scope]) -> dict[str, list[dict[str, Any]]]:
    """Returns the number of findings of each waiver, and of resources of each exclusion.

    The number is None if a required read failed, or if the scope was deployed after the start of the report.
    """
    resources, findings = _covered(workspace, "1"), _covered(workspace, f"v.compliance = '{NON_COMPLIANT}'")
    known = {scope for (scope,) in workspace.rows("SELECT scope FROM known")}
    failed = [read for read, _ in workspace.failures()]
    unread = {read.subject.split(" ")[0] for read in failed if read.kind in (Kind.TAGGED, *BY_RULE)}
    # Every number depends on the members' rules and on all resources.
    all_unknown = any(read.kind in (Kind.MEMBERS, Kind.DISCOVERED) for read in failed)

    def row(each: Scope, name: str, counts: Mapping[str, int], **more: str) -> dict[str, Any]:
        is_known = each.id in known and not all_unknown and not unread & {each.id, each.rule}
        return {"id": each.id, "rule": each.rule, name: counts.get(each.id, 0) if is_known else None, **more}

    waivers = [each for each in scopes if isinstance(each, Waiver)]
    exclusions = [each for each in scopes if isinstance(each, Exclusion)]
    return {
        "waivers": [row(each, "findings", findings, end=each.end) for each in waivers],
        "exclusions": [row(each, "resources", resources, reason=each.reason) for each in exclusions],
    }


def _covered(workspace: Workspace, condition: str) -> dict[str, int]:
    """Returns the number of results that each waiver and exclusion matches, even if another one prevails."""
    joined = "SELECT c.scope, count(*) FROM evaluation_results v JOIN covered c ON c.finding = v.finding"
    return dict(workspace.rows(f"{joined} WHERE {condition} GROUP BY 1"))
