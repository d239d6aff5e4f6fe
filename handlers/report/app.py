"""Writes the compliance report: what Config says of every discovered resource, and what it does not say."""

import json
import logging
from typing import Any

from handlers import __version__
from handlers.common import clients, clock, metrics
from handlers.common.events import time_of
from handlers.common.layout import report_key
from handlers.common.names import physical_name
from handlers.common.register import Register
from handlers.common.rule import Rule
from handlers.report import aggregator, document
from handlers.report.environment import ReportEnvironment
from handlers.report.reminders import remind, reminders
from handlers.rules import RULES

log = logging.getLogger(__name__)


def handler(event: Any, _context: object) -> None:
    """Answers the schedule that follows each evaluation; the event's time names the report."""
    environment = ReportEnvironment.from_variables()
    scheduled_at = time_of(event, "time")
    pictures = [_picture(rule, region, environment) for rule in RULES.values() for region in environment.regions]
    register = Register(clients.dynamodb(), environment.findings_table)
    wanted = [identity for picture in pictures for identity in document.non_compliant_ids(picture, environment.account)]
    findings = {finding.finding_id: finding for finding in register.find(wanted)}
    header = document.Header(
        version=__version__,
        environment=environment.environment,
        environment_suffix=environment.environment_suffix,
        account=environment.account,
        settings_digest=environment.settings_digest,
        scheduled_at=clock.stamp(scheduled_at),
        generated_at=clock.stamp(clock.now()),
    )
    report = document.report(header, pictures, findings)
    key = report_key(scheduled_at)
    clients.s3().put_object(
        Bucket=environment.report_bucket,
        Key=key,
        Body=json.dumps(report, indent=2, sort_keys=True).encode(),
        ContentType="application/json",
    )
    _emit(report, environment)
    log.info("report written", extra={"key": key, "totals": report["totals"]})
    if entries := reminders(report, environment.enforced_scopes):
        remind(clients.events(), entries)
        log.info("open findings put to their remediation again", extra={"findings": len(entries)})


def _picture(rule: Rule, region: str, environment: ReportEnvironment) -> document.Picture:
    name = physical_name(rule.name, environment.environment, environment.environment_suffix)
    source = aggregator.Source(clients.config_service(), environment.aggregator, environment.account, region)
    results = aggregator.results(source, name)
    results += aggregator.not_applicable(clients.config_service(region), name)
    discovered = [found for kind in rule.resource_types for found in aggregator.discovered(source, kind)]
    return document.Picture(rule=rule, config_rule=name, region=region, discovered=discovered, results=results)


def _emit(report: dict[str, Any], environment: ReportEnvironment) -> None:
    for row in report["rules"]:
        counts = {f"{name.title().replace('_', '')}Resources": count for name, count in row["counts"].items()}
        metrics.emit(environment.deployment, {"Rule": row["rule"]}, counts)
