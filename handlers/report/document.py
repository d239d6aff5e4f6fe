"""The report as a document: pure computation from what was read. Its schema is docs/report.schema.json.

Counts obey two sums: evaluated = compliant + non_compliant + not_applicable, and discovered + undiscovered =
evaluated + unknown. A discovered resource without a result is unknown, never compliant; undiscovered are resources on
which a result stands although the aggregator does not list them (it lags, by minutes).
"""

import dataclasses
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from handlers.common.events import COMPLIANT, NON_COMPLIANT, NOT_APPLICABLE
from handlers.common.findings import Finding, finding_id
from handlers.common.rule import Rule
from handlers.report.aggregator import Resource, Result

SCHEMA_VERSION = 1

Counts = dict[str, int]


@dataclass(frozen=True)
class Header:
    """Whose report it is, of when, and made by what."""

    version: str
    environment: str
    environment_suffix: str
    account: str
    settings_digest: str
    scheduled_at: str
    generated_at: str


@dataclass(frozen=True)
class Picture:
    """What was read about one rule in one region."""

    rule: Rule
    config_rule: str
    region: str
    discovered: list[Resource]
    results: list[Result]

    def verdicts(self) -> dict[Resource, Result | None]:
        """Each resource with its result, None if it has none; what applies no more because it is gone is left out."""
        found: dict[Resource, Result | None] = dict.fromkeys(self.discovered)
        for result in self.results:
            if result.resource in found or result.compliance_type != NOT_APPLICABLE:
                found[result.resource] = result
        return found

    def counts(self) -> Counts:
        """The counts of this rule in this region."""
        verdicts = self.verdicts()
        by_type = Counter(result.compliance_type for result in verdicts.values() if result)
        evaluated = by_type[COMPLIANT] + by_type[NON_COMPLIANT] + by_type[NOT_APPLICABLE]
        discovered = len(set(self.discovered))
        return {
            "discovered": discovered,
            "undiscovered": len(verdicts) - discovered,
            "evaluated": evaluated,
            "compliant": by_type[COMPLIANT],
            "non_compliant": by_type[NON_COMPLIANT],
            "not_applicable": by_type[NOT_APPLICABLE],
            "unknown": len(verdicts) - evaluated,
        }


def non_compliant_ids(picture: Picture, account: str) -> list[str]:
    """The register's keys of the picture's non-compliant resources."""
    return [_id(picture, account, resource) for resource, _ in _with(picture, NON_COMPLIANT)]


def report(header: Header, pictures: list[Picture], findings: Mapping[str, Finding]) -> dict[str, Any]:
    """The whole document."""
    return {
        "schema_version": SCHEMA_VERSION,
        **dataclasses.asdict(header),
        "totals": _sum(picture.counts() for picture in pictures),
        "rules": [_rule_row(rule, pictures) for rule in dict.fromkeys(picture.rule.name for picture in pictures)],
        "regions": _grouped(pictures, lambda picture: picture.region),
        "categories": _grouped(pictures, lambda picture: str(picture.rule.category)),
        "non_compliant": [row for picture in pictures for row in _non_compliant(picture, header.account, findings)],
        "unknown": [row for picture in pictures for row in _unknown(picture, header.account)],
    }


def _rule_row(name: str, pictures: list[Picture]) -> dict[str, Any]:
    own = [picture for picture in pictures if picture.rule.name == name]
    rule = own[0].rule
    return {
        "rule": rule.name,
        "config_rule": own[0].config_rule,
        "title": rule.title,
        "severity": str(rule.severity),
        "category": str(rule.category),
        "controls": list(rule.controls),
        "counts": _sum(picture.counts() for picture in own),
        "regions": {picture.region: picture.counts() for picture in own},
    }


def _grouped(pictures: list[Picture], key: Any) -> dict[str, Counts]:
    return {
        group: _sum(picture.counts() for picture in pictures if key(picture) == group)
        for group in sorted({key(picture) for picture in pictures})
    }


def _sum(counts: Iterable[Counts]) -> Counts:
    total: Counter[str] = Counter()
    for each in counts:
        total.update(each)
    return dict(total)


def _with(picture: Picture, compliance_type: str) -> list[tuple[Resource, Result]]:
    return [
        (resource, result)
        for resource, result in sorted(picture.verdicts().items(), key=lambda item: item[0])
        if result and result.compliance_type == compliance_type
    ]


def _non_compliant(picture: Picture, account: str, findings: Mapping[str, Finding]) -> Iterable[dict[str, Any]]:
    discovered = set(picture.discovered)
    for resource, result in _with(picture, NON_COMPLIANT):
        finding = findings.get(_id(picture, account, resource))
        known = finding is not None and finding.first_seen != ""
        yield _resource_row(picture, account, resource) | {
            "first_seen": finding.first_seen if finding and known else result.recorded_at,
            "first_seen_source": "register" if known else "aggregator",
            "evaluated_at": result.recorded_at,
            "discovered": resource in discovered,
        }


def _unknown(picture: Picture, account: str) -> Iterable[dict[str, Any]]:
    for resource, result in sorted(picture.verdicts().items(), key=lambda item: item[0]):
        if result is None or result.compliance_type not in (COMPLIANT, NON_COMPLIANT, NOT_APPLICABLE):
            yield _resource_row(picture, account, resource)


def _resource_row(picture: Picture, account: str, resource: Resource) -> dict[str, Any]:
    return {
        "finding_id": _id(picture, account, resource),
        "rule": picture.rule.name,
        "severity": str(picture.rule.severity),
        "category": str(picture.rule.category),
        "account": account,
        "region": picture.region,
        "resource_type": resource[0],
        "resource_id": resource[1],
    }


def _id(picture: Picture, account: str, resource: Resource) -> str:
    return finding_id(picture.rule.name, account, picture.region, *resource)
