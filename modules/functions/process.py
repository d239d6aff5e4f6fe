"""`process`: alerts people once of each change of compliance."""

from constructs import Construct

from handlers.common.events import COMPLIANCE_TYPES
from handlers.process.app import TIMEOUT_SECONDS
from handlers.process.environment import ProcessEnvironment
from handlers.rules import RULES
from modules.function import Function
from modules.parts import Parts
from modules.trigger import Trigger


def process(scope: Construct, parts: Parts) -> Function:
    """The function, on every change of our rules' results."""
    settings = parts.settings
    severities = {rule.severity for rule in RULES.values()}
    function = Function(
        scope,
        "process",
        surroundings=parts.around,
        package="process",
        sources=("rules",),
        environment=ProcessEnvironment(
            environment=settings.environment,
            environment_suffix=settings.environment_suffix,
            account=settings.account_id,
            findings_table=parts.findings.name,
            alert_topics=parts.alerts.arns(severities),
            remediation_modes=settings.remediation_modes(),
            remediation_scopes=settings.remediation_scopes(),
        ),
        timeout_seconds=TIMEOUT_SECONDS,
        memory_mb=256,
    )
    parts.findings.grant_record(function)
    parts.alerts.grant_publish(function, severities)
    pattern = parts.rules.change_pattern(RULES.values(), COMPLIANCE_TYPES)
    Trigger(scope, "process-on-change", surroundings=parts.around, function=function, pattern=pattern)
    return function
