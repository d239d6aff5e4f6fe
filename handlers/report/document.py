"""The report's document, with the schema docs/report.schema.json; its listing's lines have docs/listing.schema.json."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from handlers import __version__
from handlers.common.runtime.clock import stamp
from handlers.common.stores.report_bucket import REPORT_SCHEMA, listing_key, report_key
from handlers.report import counts
from handlers.report.counts import Tally
from handlers.report.environment import ReportEnvironment
from handlers.report.listing import A_DAY, Listing


def report(
    environment: ReportEnvironment,
    scheduled_at: datetime,
    now: datetime,
    tallies: list[Tally],
    problems: list[dict[str, Any]],
    listing: Listing,
    reconciliation: Mapping[str, int],
    scopes: Mapping[str, Any],
) -> dict[str, Any]:
    """Returns the document, after all rows of the listing were read; `scopes` has the waivers and exclusions."""
    resolved, resolution = listing.resolved()
    return {
        "schema_version": REPORT_SCHEMA,
        "version": __version__,
        "environment": environment.environment,
        "environment_suffix": environment.environment_suffix,
        "account": environment.account,
        "settings_digest": environment.settings_digest,
        "key": report_key(scheduled_at),
        "scheduled_at": stamp(scheduled_at),
        "generated_at": stamp(now),
        "complete": not problems,
        "problems": problems,
        "totals": counts.added(tally.counts for tally in tallies),
        "rules": [_rule(name, tallies, environment, now) for name in dict.fromkeys(t.rule.name for t in tallies)],
        "categories": counts.grouped(tallies, lambda tally: tally.rule.category),
        "severities": counts.grouped(tallies, lambda tally: tally.rule.severity),
        "accounts": counts.grouped(tallies, lambda tally: tally.account),
        "regions": counts.grouped(tallies, lambda tally: tally.region),
        "open": {
            str(severity): ages.document(environment.deadline_days[severity]) for severity, ages in listing.ages.items()
        },
        "resolution": resolution,
        "changes": {
            "since": stamp(now - A_DAY),
            "opened": listing.opened.document(),
            "resolved": resolved.document(),
        },
        "worst": listing.worst.rows,
        "overdue": listing.overdue.rows,
        "reconciliation": dict(reconciliation),
        **scopes,
        "listing": {
            "key": listing_key(scheduled_at),
            "non_compliant": listing.worst.count,
            "waived": listing.waived,
            "excluded": listing.excluded,
            "unknown": listing.unknown,
        },
    }


def _rule(name: str, tallies: list[Tally], environment: ReportEnvironment, now: datetime) -> dict[str, Any]:
    own = [tally for tally in tallies if tally.rule.name == name]
    rule = own[0].rule
    return {
        "rule": name,
        "config_rule": environment.config_rule(name),
        "title": rule.title,
        "severity": str(rule.severity),
        "category": str(rule.category),
        "controls": list(rule.controls),
        "counts": counts.added(tally.counts for tally in own),
        "places": [_place(tally, environment.account, now) for tally in own],
    }


def _place(tally: Tally, own_account: str, now: datetime) -> dict[str, Any]:
    last = tally.last_evaluated_at
    return {
        "account": tally.account,
        "region": tally.region,
        **tally.counts,
        "last_evaluated_at": stamp(last) if last else None,
        "silent": tally.account == own_account and tally.silent(now),
    }
