"""EventBridge rule that invokes a function, with target, invoke permission and dead-letter queue."""

from typing import Any

from cdktf_cdktf_provider_aws.cloudwatch_event_rule import CloudwatchEventRule
from cdktf_cdktf_provider_aws.cloudwatch_event_target import (
    CloudwatchEventTarget,
    CloudwatchEventTargetDeadLetterConfig,
    CloudwatchEventTargetRetryPolicy,
)
from cdktf_cdktf_provider_aws.lambda_permission import LambdaPermission
from constructs import Construct

from handlers.common.runtime.errors import ComplianceMonitorError
from modules.resources import iam as policy
from modules.resources.event_bus import Bus
from modules.resources.lambda_function import Function, FunctionContext
from settings.resource_names import NameKind

MAX_PATTERN_LENGTH = 2_048  # characters, the default (EventBridge quotas)

# Both fields are required: the provider sends 0 for an omitted one.
RETRY_POLICY = {"maximum_event_age_in_seconds": 6 * 60 * 60, "maximum_retry_attempts": 24}


class PatternTooLongError(ComplianceMonitorError, ValueError):
    """An event pattern is longer than EventBridge's quota."""


class EventRule(Construct):
    """A rule that invokes a function for events that match `pattern`, or at the times of `schedule` (UTC).

    Events come from the default bus, which has the events of AWS services, or from `bus`.

    Example: `EventRule(stack, "tidy-daily", context=context, function=tidy, schedule="rate(1 day)")`.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        context: FunctionContext,
        function: Function,
        pattern: dict[str, Any] | None = None,
        schedule: str | None = None,
        bus: Bus | None = None,
    ) -> None:
        super().__init__(scope, id)
        deployment, dead_letter_queue = context.deployment, context.dead_letter_queue
        bus_name = bus.protected_name if bus else None
        rule = CloudwatchEventRule(
            self,
            "Resource",
            name=deployment.name(id, NameKind.EVENT_RULE),
            event_bus_name=bus_name,
            state="ENABLED",
            event_pattern=checked(pattern) if pattern else None,
            schedule_expression=schedule,
        )
        permission = LambdaPermission(
            self,
            "invoke",
            statement_id=id,
            action="lambda:InvokeFunction",
            function_name=function.resource.function_name,
            principal="events.amazonaws.com",
            source_arn=rule.arn,
            source_account=deployment.account_id,
        )
        CloudwatchEventTarget(
            self,
            "target",
            rule=rule.name,
            event_bus_name=bus_name,
            target_id=function.name,
            arn=function.resource.arn,
            retry_policy=CloudwatchEventTargetRetryPolicy(**RETRY_POLICY),
            dead_letter_config=CloudwatchEventTargetDeadLetterConfig(arn=dead_letter_queue.arn),
            depends_on=[permission],
        )
        dead_letter_queue.accept_from(rule.arn)


def checked(pattern: dict[str, Any]) -> str:
    """Returns the pattern as JSON; raises PatternTooLongError."""
    text = policy.compact(pattern)
    if len(text) > MAX_PATTERN_LENGTH:
        raise PatternTooLongError(f"the event pattern has {len(text)} characters; the quota is {MAX_PATTERN_LENGTH}")
    return text
