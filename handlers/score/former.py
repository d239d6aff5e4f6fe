"""Reports as earlier versions wrote them, brought into today's form."""

from typing import Any

from handlers.common.layout import REPORT_SCHEMA

Document = dict[str, Any]

FIRST_READ = 2
"""Reports of the form before it were never released."""


class UnknownSchemaError(ValueError):
    """A report whose form this version does not know, such as one that a later version wrote."""


def current(report: Document) -> Document:
    """The report in today's form; raises UnknownSchemaError."""
    version = report.get("schema_version")
    if type(version) is not int or not FIRST_READ <= version <= REPORT_SCHEMA:
        raise UnknownSchemaError(
            f"{report.get('key')} is of schema {version!r}: {FIRST_READ} to {REPORT_SCHEMA} are known"
        )
    for each in range(version, REPORT_SCHEMA):
        report = STEPS[each](report) | {"schema_version": each + 1}
    return report


def _with_accounts(report: Document) -> Document:
    """Until schema 3 there was one account, and a rule's counts stood by region."""
    account = report["account"]
    rules = []
    for row in report["rules"]:
        regions = row["regions"].items()
        places = [{"account": account, "region": region, **counts} for region, counts in regions]
        rules.append({name: value for name, value in row.items() if name != "regions"} | {"places": places})
    return report | {
        "accounts": {account: report["totals"]},
        "rules": rules,
        "problems": [{**problem, "account": None} for problem in report["problems"]],
    }


def _with_waivers(report: Document) -> Document:
    """Until schema 4 nothing was waived."""
    rules = [
        {**row, "counts": _none_waived(row["counts"]), "places": list(map(_none_waived, row["places"]))}
        for row in report["rules"]
    ]
    groups = {
        name: {group: _none_waived(counts) for group, counts in report[name].items()}
        for name in ("categories", "severities", "accounts", "regions")
    }
    return (
        report
        | groups
        | {
            "totals": _none_waived(report["totals"]),
            "rules": rules,
            "reconciliation": {**report["reconciliation"], "waivers": 0},
            "listing": _none_waived(report["listing"]),
        }
    )


def _none_waived(counts: Document) -> Document:
    return {**counts, "waived": 0}


STEPS = {2: _with_accounts, 3: _with_waivers}
