"""Sends one alert when a resource becomes non-compliant, non-compliant again, or compliant."""

import logging
from datetime import timedelta
from typing import Any

from handlers.common.model.events import ComplianceChange
from handlers.common.model.finding import Transition
from handlers.common.model.rule import Severity
from handlers.common.runtime import clients, metrics
from handlers.common.runtime.naming import UnknownRuleError, rule_of
from handlers.common.stores import evaluations
from handlers.common.stores.findings_table import FindingsTable
from handlers.common.stores.journal import Journal
from handlers.common.stores.mail_queue import ROUTINE, URGENT
from handlers.process import waiving
from handlers.process.alert import alert_for, delay_of, grace_of
from handlers.process.environment import ProcessEnvironment
from handlers.rules import RULES

log = logging.getLogger(__name__)

TIMEOUT_SECONDS = 60
# A delivery that has not marked its alert as sent within the function's timeout has failed.
CLAIM = timedelta(seconds=TIMEOUT_SECONDS)

URGENT_SEVERITIES = (Severity.CRITICAL, Severity.HIGH)

MAILED = {Transition.OPENED, Transition.REOPENED, Transition.RESOLVED}
"""Transitions that are mailed; the others are only recorded in the audit trail."""


def handler(event: Any, _context: object) -> None:
    """Handles the events "Config Rules Compliance Change" and "Config Rules Re-evaluation Status"."""
    environment = ProcessEnvironment.from_env()
    if event.get("detail-type") == evaluations.STATUS:
        _store_start(evaluations.Started.from_event(event), environment)
        return
    change = ComplianceChange.from_event(event, environment.monitors)
    rule = rule_of(change.config_rule_name, RULES, environment.environment, environment.environment_suffix)
    table = FindingsTable(clients.dynamodb(), environment.findings_table)
    grace = grace_of(rule, environment)
    finding = table.record(change, rule, CLAIM, waiving.in_force(change, rule, environment), grace)
    if finding is None or not finding.alert_due:
        log.info("nothing to report", extra=change.log_fields())
        return
    if finding.waiver:
        waiving.record(finding, rule, environment, change.event_id)
    if finding.alert_due in MAILED:
        kind = URGENT if rule.severity in URGENT_SEVERITIES else ROUTINE
        alert_for(finding, rule, environment).put(environment.mail_queues[kind], delay_of(finding, grace))
    table.mark_alerted(finding)
    if finding.alert_due in MAILED:
        counts = {f"Findings{finding.alert_due.capitalize()}": 1}
        metrics.emit(environment.deployment, {"Severity": rule.severity}, counts)
    log.info("reported", extra=change.log_fields() | {"transition": finding.alert_due, "waiver": finding.waiver})


def _store_start(started: evaluations.Started, environment: ProcessEnvironment) -> None:
    journal = Journal(clients.dynamodb(), environment.journal_table)
    for name in started.config_rules:
        try:
            rule = rule_of(name, RULES, environment.environment, environment.environment_suffix)
        except UnknownRuleError:
            continue  # not a rule of this deployment
        evaluations.note(journal, rule.name, started)
