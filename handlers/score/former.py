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
    if version == FIRST_READ:
        return _with_accounts(report)
    if version != REPORT_SCHEMA:
        raise UnknownSchemaError(
            f"{report.get('key')} is of schema {version!r}: {FIRST_READ} to {REPORT_SCHEMA} are known"
        )
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
        "schema_version": REPORT_SCHEMA,
        "accounts": {account: report["totals"]},
        "rules": rules,
        "problems": [{**problem, "account": None} for problem in report["problems"]],
    }
