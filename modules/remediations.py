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
from modules import changes
from modules.bundle import ours
from modules.function import Function
from modules.parts import Parts
from modules.tables import RemediationSettings
from modules.trigger import Trigger


class Remediations(Construct):
    """A function per rule whose remediation is not off; `functions` has them."""

    def __init__(self, scope: Construct, id: str, *, parts: Parts) -> None:
        super().__init__(scope, id)
        self._parts = parts
        self.functions: list[Function] = []
        for rule in RULES.values():
            chosen = parts.settings.remediation.get(rule.name)
            if rule.remediation is not None and chosen is not None and chosen.mode != Mode.OFF:
                self._deploy(rule, rule.remediation, chosen)

    def _deploy(self, rule: Rule, remediation: Remediation, chosen: RemediationSettings) -> None:
        parts, settings = self._parts, self._parts.settings
        name = f"remediate-{remediation.name}"
        function = Function(
            self,
            name,
            surroundings=parts.around,
            code=ours("remediate", "rules/__init__.py", f"rules/{rule.name.replace('-', '_')}.py"),
            environment=RemediateEnvironment(
                **parts.identity,
                account=settings.account_id,
                rule=rule.name,
                mode=chosen.mode,
                scope=chosen.scope,
                parameters=remediation.parameters(settings.rules),
                report_bucket=parts.reports.name,
            ),
            timeout_seconds=120,
            memory_mb=256,
        )
        self.functions.append(function)
        # In plan mode the role holds reads only: the dry run is kept by IAM, and not by an `if`.
        _grant(function, remediation.reads, parts.deployment.partition, chosen.scope)
        if chosen.mode == Mode.ENFORCE:
            _grant(function, remediation.writes, parts.deployment.partition, chosen.scope)
        parts.reports.grant_write(function, "WriteAuditTrail", AUDIT)
        # A role reaches its own account's resources only, so the organization's other members are not listened to.
        pattern = changes.told(parts.deployment, [rule.name], [NON_COMPLIANT])
        pattern["detail"]["awsAccountId"] = [settings.account_id]
        if chosen.mode == Mode.ENFORCE:
            pattern |= {"detail-type": [events.COMPLIANCE_CHANGE, events.MISSED_CHANGE, events.OPEN_FINDING]}
        Trigger(self, f"{name}-on-change", surroundings=parts.around, function=function, pattern=pattern)


def _grant(function: Function, permissions: Iterable[Permission], partition: str, scope: tuple[str, ...]) -> None:
    for permission in permissions:
        if scope:
            function.grant(
                permission.sid, permission.actions, permission.resources(partition, scope), why=permission.why
            )
