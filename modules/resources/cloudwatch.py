"""Alarms that notify the operations topic, each with its treatment of missing data."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from cdktf_cdktf_provider_aws.cloudwatch_metric_alarm import CloudwatchMetricAlarm
from constructs import Construct

from handlers.common.runtime.metrics import DEPLOYMENT, NAMESPACE
from modules.resources.sns import Topic
from settings.deployment import Deployment
from settings.resource_names import NameKind

HOUR = 3600


@dataclass(frozen=True)
class WatchedMetric:
    """The metric of an alarm: namespace, name, dimensions and statistic."""

    namespace: str
    name: str
    dimensions: Mapping[str, str]
    statistic: str = "Maximum"

    @classmethod
    def own(cls, deployment: Deployment, name: str, statistic: str = "Maximum") -> "WatchedMetric":
        """Returns a metric that the functions write for the whole deployment."""
        return cls(NAMESPACE, name, {DEPLOYMENT: deployment.label}, statistic)


@dataclass(frozen=True)
class Alarms:
    """The alarms of one deployment."""

    deployment: Deployment
    operations: Topic

    def when_above_zero(self, scope: Construct, id: str, name: str, description: str, watched: WatchedMetric) -> None:
        """Creates an alarm for values above zero in five minutes; an idle function reports no data, which is OK."""
        self._make(scope, id, name, description, watched, treat_missing_data="notBreaching")

    def when_old(self, scope: Construct, id: str, name: str, description: str, queue: str, minutes: int) -> None:
        """Creates an alarm for the age of a queue's oldest message; an empty queue reports no data, which is OK."""
        watched = WatchedMetric("AWS/SQS", "ApproximateAgeOfOldestMessage", {"QueueName": queue})
        old: dict[str, str | int] = {"threshold": minutes * 60, "treat_missing_data": "notBreaching"}
        self._make(scope, id, name, description, watched, **old)

    def while_above_zero(self, scope: Construct, id: str, name: str, description: str, watched: WatchedMetric) -> None:
        """Creates an alarm for a metric with a few values a day; it keeps its state until the next value."""
        self._make(scope, id, name, description, watched, treat_missing_data="ignore")

    def when_missing(
        self, scope: Construct, id: str, name: str, description: str, watched: WatchedMetric, after: timedelta
    ) -> None:
        """Creates an alarm for a recurring metric without a value for the time `after`; no data is breaching."""
        hours = int(after.total_seconds()) // HOUR
        self._make(
            scope,
            id,
            name,
            description,
            watched,
            comparison_operator="LessThanThreshold",
            threshold=1,
            period=HOUR,
            evaluation_periods=hours,
            datapoints_to_alarm=hours,
            treat_missing_data="breaching",
        )

    def _make(
        self, scope: Construct, id: str, name: str, description: str, watched: WatchedMetric, **condition: str | int
    ) -> None:
        defaults = {
            "comparison_operator": "GreaterThanThreshold",
            "threshold": 0,
            "period": 300,
            "evaluation_periods": 1,
        }
        CloudwatchMetricAlarm(
            scope,
            id,
            alarm_name=self.deployment.name(name, NameKind.ALARM),
            alarm_description=description,
            namespace=watched.namespace,
            metric_name=watched.name,
            dimensions=dict(watched.dimensions),
            statistic=watched.statistic,
            alarm_actions=[self.operations.arn],
            **(defaults | condition),
        )
