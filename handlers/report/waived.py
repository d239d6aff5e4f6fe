"""What waivers in force mean for a report: the findings they are about, and how resources are found by their tags."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from handlers.common.findings import finding_id
from handlers.common.waiver import Waiver


def named(waivers: Iterable[Waiver]) -> list[tuple[str, str, str]]:
    """Finding, waiver and last day of those that name their resource."""
    return [
        (finding_id(each.rule, it.account, it.region, it.resource_type, it.resource_id), each.id, each.end)
        for each in waivers
        if (it := each.resource) is not None
    ]


def query(waiver: Waiver, resource_type: str) -> str:
    """The resources of a type that may carry a waiver's tags, in the language of AWS Config's advanced queries.

    It knows conditions on the array of tags as a whole only, so that one tag may have the key and another the value.
    """
    key, value = min(waiver.tags.items())
    return (
        "SELECT resourceId, resourceType, accountId, awsRegion, tags "
        f"WHERE resourceType = '{resource_type}' AND tags.key = '{key}' AND tags.value = '{value}'"
    )


def waived(waiver: Waiver, rows: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str, str]]:
    """Finding, waiver and last day of the rows that do carry every one of its tags."""
    for row in rows:
        tags = {tag.get("key"): tag.get("value", "") for tag in row.get("tags") or ()}
        where = tuple(row.get(name) or "" for name in ("accountId", "awsRegion", "resourceType", "resourceId"))
        if all(where) and waiver.tags.items() <= tags.items():
            yield finding_id(waiver.rule, *where), waiver.id, waiver.end
