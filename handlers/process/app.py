"""Alerts people once when AWS Config finds a resource newly, again, or no longer non-compliant."""

import logging
from datetime import timedelta
from typing import Any

from handlers.common import clients, metrics
from handlers.common.events import ComplianceChange
from handlers.common.findings import Finding, Transition
from handlers.common.names import rule_of
from handlers.common.register import Register
from handlers.common.rule import Rule
from handlers.process import waiving
from handlers.process.alert import alert_for
from handlers.process.environment import ProcessEnvironment
from handlers.rules import RULES

log = logging.getLogger(__name__)

TIMEOUT_SECONDS = 60
# A delivery that has not marked its alert as sent within the function's timeout is dead.
CLAIM = timedelta(seconds=TIMEOUT_SECONDS)

MAILED = {Transition.OPENED, Transition.REOPENED, Transition.RESOLVED}
"""What people are told of; the rest is for the audit trail."""


def handler(event: Any, _context: object) -> None:
    """Answers an EventBridge "Config Rules Compliance Change" event."""
    environment = ProcessEnvironment.from_variables()
    change = ComplianceChange.from_event(event, environment.monitors)
    rule = rule_of(change.config_rule_name, RULES, environment.environment, environment.environment_suffix)
    register = Register(clients.dynamodb(), environment.findings_table)
    finding = register.record(change, rule, CLAIM, waiving.in_force(change, rule, environment))
    if finding is None or not finding.alert_due:
        log.info("nothing new to tell", extra=change.log_fields())
        return
    if finding.waiver:
        waiving.record(finding, rule, environment, change.event_id)
    if finding.alert_due in MAILED:
        _publish(finding, rule, environment)
    register.mark_alerted(finding)
    if finding.alert_due in MAILED:
        counts = {f"Findings{finding.alert_due.capitalize()}": 1}
        metrics.emit(environment.deployment, {"Severity": rule.severity}, counts)
    log.info("told", extra=change.log_fields() | {"transition": finding.alert_due, "waiver": finding.waiver})


def _publish(finding: Finding, rule: Rule, environment: ProcessEnvironment) -> None:
    alert = alert_for(finding, rule, environment)
    clients.sns().publish(
        TopicArn=environment.alert_topics[rule.severity],
        Subject=alert.subject,
        Message=alert.body,
        MessageAttributes={"severity": {"DataType": "String", "StringValue": rule.severity}},
    )
