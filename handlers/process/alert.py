"""The wording of an alert: what, where, since when, under which rule, how to fix it, and what we shall do ourselves."""

from dataclasses import dataclass
from urllib.parse import quote

from handlers import __version__
from handlers.common.events import NOT_APPLICABLE
from handlers.common.findings import Finding, Transition
from handlers.common.remediation import Mode
from handlers.common.rule import Rule
from handlers.common.subject import subject
from handlers.process.environment import ProcessEnvironment

CONSOLES = {
    "aws": "console.aws.amazon.com",
    "aws-us-gov": "console.amazonaws-us-gov.com",
    "aws-cn": "console.amazonaws.cn",
}


ANSWERS = {
    Mode.PLAN: "plan only: records that it {effect} when enforced, and changes nothing.",
    Mode.APPROVE: "on approval: plans what {effect}, and does it when somebody has approved that very plan.",
    Mode.ENFORCE: "enforced: {effect}, within its limits and windows, verifies it, and writes audit records.",
}


@dataclass(frozen=True)
class Alert:
    """A mail as SNS sends it: one line of ASCII, and plain text."""

    subject: str
    body: str


def alert_for(finding: Finding, rule: Rule, environment: ProcessEnvironment) -> Alert:
    """The alert that the finding's transition calls for."""
    headline = f"[{rule.severity}] {finding.alert_due} {environment.deployment}: {rule.title}: {finding.resource_id}"
    lines = [
        f"{finding.alert_due}: {rule.title}",
        "",
        f"What:      {finding.resource_type} {finding.resource_id}",
        f"Where:     account {finding.account}, {finding.region}",
        f"Since:     {_since(finding)}",
        f"Rule:      {rule.name}: {rule.description}",
        f"Controls:  {', '.join(rule.controls)}",
        f"Category:  {rule.category}, severity {rule.severity}",
    ]
    if finding.alert_due == Transition.RESOLVED and finding.compliance_type == NOT_APPLICABLE:
        lines.append(
            "Why:       AWS Config evaluates the resource no more: it is gone, or the rule does not apply to it"
        )
    if finding.waiver:
        lines.append(f"Waiver:    {finding.waiver} no longer holds")
    if finding.alert_due != Transition.RESOLVED:
        lines += ["", f"How to fix: {rule.how_to_fix}", "", f"Remediation: {_remediation(finding, rule, environment)}"]
    lines += [
        "",
        f"Resource in AWS Config: {_console_link(finding, environment)}",
        f"Monitored by: compliance monitor {__version__}, {environment.deployment}",
    ]
    return Alert(subject(headline), "\n".join(lines) + "\n")


def _since(finding: Finding) -> str:
    if finding.alert_due == Transition.RESOLVED:
        return f"{finding.opened_at}, resolved {finding.resolved_at}"
    if finding.alert_due == Transition.REOPENED:
        return f"{finding.opened_at} (first seen {finding.first_seen})"
    return finding.opened_at


def _remediation(finding: Finding, rule: Rule, environment: ProcessEnvironment) -> str:
    if rule.remediation is None:
        return "none: this system has no automatic repair for the rule."
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
    partition = environment.alert_topics[finding.severity].split(":")[1]
    console = CONSOLES.get(partition)
    if console is None:
        return f"AWS Config console of partition {partition}, region {finding.region}"
    query = f"resourceId={quote(finding.resource_id, safe='')}&resourceType={quote(finding.resource_type, safe='')}"
    return f"https://{finding.region}.{console}/config/home?region={finding.region}#/resources/timeline?{query}"
