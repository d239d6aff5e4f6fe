"""The remediations that the environment switches on: one function each, with the rights its mode and scope call for."""

from collections.abc import Iterable

from constructs import Construct

from handlers.common import events
from handlers.common.events import NON_COMPLIANT
from handlers.common.layout import AUDIT
from handlers.common.permission import Permission
from handlers.common.rule import Mode, Remediation, Rule
from handlers.remediate.environment import RemediateEnvironment
from handlers.rules import RULES
from modules.bucket import Bucket
from modules.function import Function, Surroundings
from modules.rules import Rules
from modules.settings import RemediationSettings
from modules.trigger import Trigger


class Remediations(Construct):
    """A function per rule whose remediation is not off; `functions` has them."""

    def __init__(self, scope: Construct, id: str, *, surroundings: Surroundings, rules: Rules, reports: Bucket) -> None:
        super().__init__(scope, id)
        self._surroundings = surroundings
        self.functions: list[Function] = []
        for rule in RULES.values():
            chosen = surroundings.settings.remediation.get(rule.name)
            if rule.remediation is not None and chosen is not None and chosen.mode != Mode.OFF:
                self._deploy(rule, rule.remediation, chosen, rules, reports)

    def _deploy(
        self, rule: Rule, remediation: Remediation, chosen: RemediationSettings, rules: Rules, reports: Bucket
    ) -> None:
        settings = self._surroundings.settings
        name = f"remediate-{remediation.name}"
        function = Function(
            self,
            name,
            surroundings=self._surroundings,
            package="remediate",
            sources=("rules/__init__.py", f"rules/{rule.policy.stem}.py"),
            environment=RemediateEnvironment(
                environment=settings.environment,
                environment_suffix=settings.environment_suffix,
                account=settings.account_id,
                rule=rule.name,
                mode=chosen.mode,
                scope=chosen.scope,
                parameters=remediation.parameters(settings.rules),
                report_bucket=reports.name,
            ),
            timeout_seconds=120,
            memory_mb=256,
        )
        self.functions.append(function)
        # In plan mode the role holds reads only: the dry run is kept by IAM, and not by an `if`.
        _grant(function, remediation.reads, settings.partition, chosen.scope)
        if chosen.mode == Mode.ENFORCE:
            _grant(function, remediation.writes, settings.partition, chosen.scope)
        reports.grant_write(function, "WriteAuditTrail", AUDIT)
        pattern = rules.change_pattern([rule], [NON_COMPLIANT])
        if chosen.mode == Mode.ENFORCE:
            pattern |= {"detail-type": [events.COMPLIANCE_CHANGE, events.MISSED_CHANGE, events.OPEN_FINDING]}
        Trigger(self, f"{name}-on-change", surroundings=self._surroundings, function=function, pattern=pattern)


def _grant(function: Function, permissions: Iterable[Permission], partition: str, scope: tuple[str, ...]) -> None:
    for permission in permissions:
        if scope:
            function.grant(permission.sid, permission.actions, permission.resources(partition, scope))
