"""EventBridge: rules that invoke functions, the system's own event bus, and schedule expressions (UTC)."""

import re
from collections.abc import Iterable
from datetime import time, timedelta
from typing import Any

from cdktf_cdktf_provider_aws.cloudwatch_event_bus import CloudwatchEventBus
from cdktf_cdktf_provider_aws.cloudwatch_event_bus_policy import CloudwatchEventBusPolicy
from cdktf_cdktf_provider_aws.cloudwatch_event_rule import CloudwatchEventRule
from cdktf_cdktf_provider_aws.cloudwatch_event_target import (
    CloudwatchEventTarget,
    CloudwatchEventTargetDeadLetterConfig,
    CloudwatchEventTargetRetryPolicy,
)
from cdktf_cdktf_provider_aws.lambda_permission import LambdaPermission
from constructs import Construct

from handlers.common.model import events
from handlers.common.model.cadence import EVALUATION_HOURS
from handlers.common.model.change_window import DAYS, Window
from handlers.common.runtime.errors import ComplianceMonitorError
from modules.resources import iam as policy
from modules.resources.arguments import require
from modules.resources.lambda_function import Function, FunctionContext
from settings.deployment import Deployment
from settings.resource_names import OWN_BUS, NameKind

RATE = r"rate\((1 (minute|hour|day)|([2-9]|[1-9]\d+) (minutes|hours|days))\)"
CRON = r"cron\(\S+ \S+ (\? \S+ \S+|\S+ \S+ \?) \S+\)"
SCHEDULE = re.compile(f"{RATE}|{CRON}")
SCHEDULES = "rate(VALUE UNIT), or cron(MINUTES HOURS DAY-OF-MONTH MONTH DAY-OF-WEEK YEAR) with ? for one of both days"

MAX_PATTERN_LENGTH = 2_048  # characters, the default (EventBridge quotas)

# Both fields are required: the provider sends 0 for an omitted one.
RETRY_POLICY = {"maximum_event_age_in_seconds": 6 * 60 * 60, "maximum_retry_attempts": 24}


def default_arn(deployment: Deployment) -> str:
    """Returns the ARN of the home region's default bus, which receives the events of AWS Config."""
    return f"arn:{deployment.partition}:events:{deployment.region}:{deployment.account_id}:event-bus/default"


class Bus(Construct):
    """An event bus on which only the roles of granted functions can put events.

    An AWS owned key encrypts it. With the deployment's key, EventBridge would need a further statement in the key
    policy, and would lose events when the key cannot be used, unless the bus had a dead-letter queue.

    Example: `Bus(stack, "bus", deployment=deployment).grant_put(report)`.
    """

    def __init__(self, scope: Construct, id: str, *, deployment: Deployment) -> None:
        super().__init__(scope, id)
        self._deployment = deployment
        self._publishers: list[str] = []
        self.resource = CloudwatchEventBus(self, "Resource", name=deployment.name(OWN_BUS, NameKind.EVENT_BUS))
        self._policy = CloudwatchEventBusPolicy(
            self, "policy", event_bus_name=self.resource.name, policy=self._document()
        )

    @property
    def arn(self) -> str:
        """The bus's ARN."""
        arn: str = self.resource.arn
        return arn

    @property
    def name(self) -> str:
        """The bus's name."""
        name: str = self.resource.name
        return name

    @property
    def protected_name(self) -> str:
        """The bus's name by its policy: event rules that refer to it are created after the policy."""
        name: str = self._policy.event_bus_name
        return name

    def grant_put(self, function: Function) -> None:
        """Grants putting events on the bus, with the monitor's source only."""
        # A call may have events of several sources: all must be the monitor's, and there must be at least one.
        ours = {"ForAllValues:StringEquals": {"events:source": events.OWN_SOURCE}, "Null": {"events:source": "false"}}
        function.grant(
            "PutEvents",
            ["events:PutEvents"],
            [self.arn],
            ours,
            why="publishes missed changes, reminders of open findings, and continuations of reports",
        )
        self._publishers.append(self._deployment.role_arn(function.name))
        self._policy.policy = self._document()

    def _document(self) -> str:
        """Returns a policy that denies: within one account, IAM policies alone are sufficient to allow access."""
        others = {"ArnNotEquals": {"aws:PrincipalArn": list(self._publishers)}} if self._publishers else None
        return policy.document([policy.deny("DenyEventsOfOthers", ["events:PutEvents"], [self.arn], others)])


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
        require((pattern is None) != (schedule is None), f"{id}: pattern, schedule", (pattern, schedule), "one of both")
        require(schedule is None or SCHEDULE.fullmatch(schedule) is not None, f"{id}: schedule", schedule, SCHEDULES)
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


def six_hourly(first: time, minutes_later: int = 0) -> str:
    """Returns a cron for `minutes_later` than every six hours from `first`: cron(45 0,6,12,18 * * ? *)."""
    minute = first.hour * 60 + first.minute + minutes_later
    hours = sorted((minute // 60 + step) % 24 for step in range(0, 24, EVALUATION_HOURS))
    return f"cron({minute % 60} {','.join(map(str, hours))} * * ? *)"


def daily(at: time, later: timedelta = timedelta()) -> str:
    """Returns a cron for every day at a time, plus whole hours `later`: cron(0 7 * * ? *)."""
    hours = later // timedelta(hours=1)
    return f"cron({at.minute} {(at.hour + hours) % 24} * * ? *)"


def openings(windows: Iterable[str]) -> list[str]:
    """Returns a cron for the start of each change window: cron(0 20 ? * MON,TUE *) for "mon-tue 20:00-23:00"."""
    parsed = [Window.of(text) for text in windows]
    days = {window: ",".join(DAYS[day].upper() for day in sorted(window.days)) for window in parsed}
    return [f"cron({window.start.minute} {window.start.hour} ? * {days[window]} *)" for window in parsed]
