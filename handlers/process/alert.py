"""The text of an alert: resource, place, time, rule, how to fix it, and the automatic remediation."""

from datetime import timedelta

from handlers import __version__
from handlers.common.model import exclusion
from handlers.common.model.events import NOT_APPLICABLE
from handlers.common.model.finding import Finding, Transition
from handlers.common.model.remediation import Mode
from handlers.common.model.rule import Rule, Severity
from handlers.common.runtime.console import resource_link
from handlers.common.runtime.email import subject
from handlers.common.runtime.naming import alert_topic
from handlers.common.stores.mail_queue import Mail
from handlers.process.environment import ProcessEnvironment

TEXTS = {
    Mode.PLAN: "plan only: records a plan and changes nothing. In mode enforce it {effect}.",
    Mode.APPROVE: "on approval: creates a plan. After its approval it {effect}.",
    Mode.ENFORCE: "enforced: {effect}, within its limits and change windows, verifies it, and writes audit records.",
}

BEGINNINGS = (Transition.OPENED, Transition.REOPENED)

MARGIN = timedelta(minutes=1)
"""Time between the end of the grace period and the mail on the end of a brief finding."""


def alert_for(finding: Finding, rule: Rule, environment: ProcessEnvironment) -> Mail:
    """Returns the alert on the finding's transition."""
    heading = f"[{rule.severity}] {finding.alert_due} {environment.deployment}: {rule.title}"
    return Mail(
        mail_id=finding.alert_id,
        topic=alert_topic(rule.severity),
        subject=subject(f"{heading}: {finding.resource_id}"),
        body=_body(finding, rule, environment),
        heading=heading,
        line=f"{finding.resource_type} {finding.resource_id}, account {finding.account}, {finding.region}",
        attributes={"severity": rule.severity},
        more=[f"The next report lists all findings: {environment.reports_link}"],
        finding_id=finding.finding_id if finding.alert_due in BEGINNINGS else "",
        follows=finding.opening_id if finding.brief else "",
    )


def grace_of(rule: Rule, environment: ProcessEnvironment) -> timedelta:
    """Returns for how long a finding may be open without a mail: none for CRITICAL."""
    return timedelta(seconds=0 if rule.severity == Severity.CRITICAL else environment.grace_seconds)


def delay_of(finding: Finding, grace: timedelta) -> timedelta:
    """Returns the delay of the alert. An opening, and the end of a brief finding, wait for the grace period."""
    if finding.alert_due in BEGINNINGS:
        return grace
    return grace + MARGIN if finding.brief else timedelta()


def _body(finding: Finding, rule: Rule, environment: ProcessEnvironment) -> str:
    lines = [
        f"{finding.alert_due}: {rule.title}",
        "",
        f"What:      {finding.resource_type} {finding.resource_id}",
        f"Where:     account {finding.account}, {finding.region}",
        f"Since:     {_since(finding)}",
        f"Rule:      {rule.name}: {rule.description}",
        *([f"Controls:  {', '.join(rule.controls)}"] if rule.controls else []),
        f"Category:  {rule.category}, severity {rule.severity}",
    ]
    if finding.alert_due == Transition.RESOLVED and finding.compliance_type == NOT_APPLICABLE:
        lines.append(
            "Why:       AWS Config no longer evaluates the resource: it was deleted, or the rule does not apply to it"
        )
    if finding.waiver:
        kind = "Exclusion:" if finding.waiver.startswith(exclusion.PREFIX) else "Waiver:   "
        lines.append(f"{kind} {finding.waiver} no longer applies")
    if finding.alert_due != Transition.RESOLVED:
        lines += ["", f"How to fix: {rule.how_to_fix}", "", f"Remediation: {_remediation(finding, rule, environment)}"]
    lines += [
        "",
        f"Resource in AWS Config: {_console_link(finding, environment)}",
        f"Monitored by: compliance monitor {__version__}, {environment.deployment}",
    ]
    return "\n".join(lines) + "\n"


def _since(finding: Finding) -> str:
    if finding.alert_due == Transition.RESOLVED:
        return f"{finding.opened_at}, resolved {finding.resolved_at}"
    if finding.alert_due == Transition.REOPENED:
        return f"{finding.opened_at} (first seen {finding.first_seen})"
    return finding.opened_at


def _remediation(finding: Finding, rule: Rule, environment: ProcessEnvironment) -> str:
    if rule.remediation is None:
        return "none: the rule has no automatic remediation."
    mode = environment.remediation_modes[rule.name]
    if mode == Mode.OFF:
        return "off for this rule: nothing will be changed."
    scope = environment.remediation_scopes[rule.name]
    name = rule.remediation.name_of(finding.resource_type, finding.resource_id, None)
    if not scope or finding.account != environment.account or (name is not None and name not in scope):
        return f"nothing will be changed: the resource is not in the rule's remediation scope (mode {mode})."
    text = TEXTS[Mode(mode)].format(effect=rule.remediation.effect)
    return text if name is not None else f"only for {', '.join(scope)}: {text}"


def _console_link(finding: Finding, environment: ProcessEnvironment) -> str:
    return resource_link(environment.partition, finding.region, finding.resource_type, finding.resource_id)
