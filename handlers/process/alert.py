"""The wording of an alert: what, where, since when, under which rule, how to fix it, and what we shall do ourselves."""

from datetime import timedelta

from handlers import __version__
from handlers.common.model import exclusion
from handlers.common.model.events import NOT_APPLICABLE
from handlers.common.model.finding import Finding, Transition
from handlers.common.model.remediation import Mode
from handlers.common.model.rule import Rule, Severity
from handlers.common.model.topics import alert_topic
from handlers.common.runtime.console import resource_link
from handlers.common.runtime.email import subject
from handlers.common.stores.mail_queue import Mail
from handlers.process.environment import ProcessEnvironment

ANSWERS = {
    Mode.PLAN: "plan only: records that it {effect} when enforced, and changes nothing.",
    Mode.APPROVE: "on approval: plans what {effect}, and does it when someone has approved that very plan.",
    Mode.ENFORCE: "enforced: {effect}, within its limits and windows, verifies it, and writes audit records.",
}


BEGINNINGS = (Transition.OPENED, Transition.REOPENED)

MARGIN = timedelta(minutes=1)
"""Between the end of the grace period and the mail that says that a brief finding is resolved."""


def alert_for(finding: Finding, rule: Rule, environment: ProcessEnvironment) -> Mail:
    """Returns the alert that the finding's transition calls for."""
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
    """For how long a finding may be open without a mail: none where every minute counts."""
    return timedelta(seconds=0 if rule.severity == Severity.CRITICAL else environment.grace_seconds)


def delay_of(finding: Finding, grace: timedelta) -> timedelta:
    """After which the alert is sent: a beginning, and the end of a brief finding, wait for the grace period."""
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
            "Why:       AWS Config evaluates the resource no more: it is gone, or the rule does not apply to it"
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
    answer = ANSWERS[Mode(mode)].format(effect=rule.remediation.effect)
    return answer if name is not None else f"for {', '.join(scope)} alone, {answer}"


def _console_link(finding: Finding, environment: ProcessEnvironment) -> str:
    return resource_link(environment.partition, finding.region, finding.resource_type, finding.resource_id)
