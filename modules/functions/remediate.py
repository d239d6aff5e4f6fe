"""Remediation functions, one per enabled remediation, with the permissions of its mode and scope."""

from collections.abc import Iterable
from typing import Any

from constructs import Construct

from handlers.common.model import parameters
from handlers.common.model.events import COMPLIANCE_TYPES
from handlers.common.model.permission import Permission
from handlers.common.model.remediation import Mode, Remediation
from handlers.common.model.rule import Rule
from handlers.common.stores import kill_switch as switch
from handlers.common.stores.mail_queue import ROUTINE
from handlers.common.stores.report_bucket import APPROVALS, PLANS
from handlers.remediate.environment import RemediateEnvironment
from handlers.remediate.progress import TIMEOUT_SECONDS
from modules.aws_config import compliance_events as changes
from modules.functions.context import SystemContext
from modules.resources.eventbridge import EventRule, openings, six_hourly
from modules.resources.lambda_archive import Code, ours
from modules.resources.lambda_function import Function
from settings.resource_names import NameKind
from settings.sections import RemediationSettings

# After the report, which sends the events of missed changes.
AFTER_MINUTES = 45


class Remediations(Construct):
    """One function for each rule with a remediation whose mode is not off, in `functions`."""

    def __init__(self, scope: Construct, id: str, *, context: SystemContext) -> None:
        super().__init__(scope, id)
        self._context = context
        self.functions: list[Function] = []
        for rule in context.catalogue.values():
            chosen = context.settings.remediation.get(rule.name)
            if rule.remediation is not None and chosen is not None and chosen.mode != Mode.OFF:
                self._deploy(rule, rule.remediation, chosen)

    def _deploy(self, rule: Rule, remediation: Remediation, chosen: RemediationSettings) -> None:
        name = f"remediate-{remediation.name}"
        function = Function(
            self,
            name,
            context=self._context,
            code=self._code(rule, remediation),
            environment=self._environment(name, rule, chosen),
            timeout_seconds=TIMEOUT_SECONDS,
            memory_mb=256,
        )
        self.functions.append(function)
        # In plan mode the role has read permissions only, so that IAM enforces the dry run.
        self._grant(function, remediation.reads, chosen.scope)
        self._grant_planning(function, rule, remediation, chosen.mode)
        if chosen.mode.writes:
            self._grant(function, remediation.writes, chosen.scope)
            self._grant_applying(function, rule, remediation, chosen.mode)
        self._add_triggers(name, function, rule, chosen)

    def _code(self, rule: Rule, remediation: Remediation) -> Code:
        folder = f"rules/{rule.name.replace('-', '_')}"
        document = parameters.to_json(remediation.parameters(self._context.settings.criteria()[rule.name]))
        generated = self._context.rules(rule) | self._context.waivers(rule.name)
        generated[f"handlers/common/{parameters.FILE}"] = document
        return ours("remediate", "rules/__init__.py", folder, generated=generated)

    def _environment(self, name: str, rule: Rule, chosen: RemediationSettings) -> RemediateEnvironment:
        context, settings = self._context, self._context.settings
        return RemediateEnvironment(
            **context.identity,
            account=settings.account_id,
            regions=settings.monitored_regions,
            role=context.role_arn(name),
            rule=rule.name,
            mode=chosen.mode,
            scope=chosen.scope,
            aggregator=context.aggregator.name,
            report_bucket=context.reports.name if chosen.scope else "",
            journal_table=context.journal.name,
            audit_queue=context.audit.url,
            mail_queue=context.mails.routine_url if chosen.mode.writes else "",
            switch_parameter=context.switch.name if chosen.mode.writes else "",
            max_per_run=chosen.max_actions_per_run,
            max_per_day=chosen.max_actions_per_day,
            max_percent=chosen.max_percent_per_day,
            change_windows=chosen.change_windows,
            approval_hours=chosen.approval_hours,
            approvals_needed=chosen.approvals_needed,
            first_evaluation=f"{settings.schedule.first_evaluation:%H:%M}",
        )

    def _grant_planning(self, function: Function, rule: Rule, remediation: Remediation, mode: Mode) -> None:
        context, chosen = self._context, self._context.settings.remediation[rule.name]
        keys = [f"{rule.name}/*", *([switch.SEEN] if mode.writes else [])]
        context.audit.grant_append(function)
        context.journal.grant_keep(function, *keys, count=mode.writes)
        if chosen.scope:
            context.reports.grant_write(function, "WritePlans", PLANS)
        if mode.writes:
            approvals = [_approvals(rule)] if mode == Mode.APPROVE else []
            context.reports.grant_read(function, "ReadPlans", PLANS, *approvals)
        # In plan mode as well: a case may have been opened in another mode.
        context.journal.grant_open_cases(function, rule.name)
        context.aggregator.grant_violations(function, counts=mode.writes)
        if remediation.needs_item or context.any_by_tags(rule.name):
            context.aggregator.grant_items(function)

    def _grant_applying(self, function: Function, rule: Rule, remediation: Remediation, mode: Mode) -> None:
        context = self._context
        context.switch.grant_read(function)
        context.mails.grant_send(function, ROUTINE)
        if remediation.resolves:
            context.regions.grant_reevaluate(function, rule.name)
        if mode == Mode.APPROVE:
            context.reports.grant_list(function, "FindApprovals", _approvals(rule))

    def _add_triggers(self, name: str, function: Function, rule: Rule, chosen: RemediationSettings) -> None:
        context, settings = self._context, self._context.settings
        # The role has permissions in its own account only, so events of other member accounts are excluded.
        pattern = changes.pattern_for(context.deployment, [rule.name], COMPLIANCE_TYPES)
        pattern["detail"]["awsAccountId"] = [settings.account_id]
        self._trigger(f"{name}-on-change", function, pattern=pattern)
        config_rule = context.deployment.name(rule.name, NameKind.CONFIG_RULE)
        own = {"configRuleName": [config_rule], "awsAccountId": [settings.account_id]}
        self._trigger(f"{name}-on-missed", function, pattern=changes.missed(context.deployment, **own), bus=context.bus)
        schedule = six_hourly(settings.schedule.first_evaluation, AFTER_MINUTES)
        self._trigger(f"{name}-on-schedule", function, schedule=schedule)
        if chosen.mode == Mode.APPROVE:
            key = {"prefix": _approvals(rule)}
            self._trigger(f"{name}-on-approval", function, pattern=context.reports.created(settings.account_id, key))
        if chosen.mode.writes:
            for number, schedule in enumerate(openings(chosen.change_windows), start=1):
                self._trigger(f"{name}-on-window-{number}", function, schedule=schedule)

    def _trigger(self, id: str, function: Function, **source: Any) -> None:
        EventRule(self, id, context=self._context, function=function, **source)

    def _grant(self, function: Function, permissions: Iterable[Permission], scope: tuple[str, ...]) -> None:
        settings, partition = self._context.settings, self._context.deployment.partition
        for each in permissions:
            arns = each.resources(partition, settings.account_id, settings.monitored_regions, scope)
            if arns:
                function.grant(each.sid, each.actions, arns, each.conditions or None, why=each.why)


def _approvals(rule: Rule) -> str:
    return f"{APPROVALS}{rule.name}/"
