"""Alarms that notify the operations topic; each says what missing data means."""

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
    """A metric to watch: namespace, name, dimensions, and the statistic of a period."""

    namespace: str
    name: str
    dimensions: Mapping[str, str]
    statistic: str = "Maximum"

    @classmethod
    def own(cls, deployment: Deployment, name: str, statistic: str = "Maximum") -> "WatchedMetric":
        """Returns one of the metrics that the functions write for the whole deployment."""
        return cls(NAMESPACE, name, {DEPLOYMENT: deployment.label}, statistic)


@dataclass(frozen=True)
class Alarms:
    """Makes the alarms of one deployment."""

    deployment: Deployment
    operations: Topic

    def when_above_zero(self, scope: Construct, id: str, name: str, description: str, watched: WatchedMetric) -> None:
        """Goes off within five minutes; where nothing runs nothing goes wrong, so missing data is good."""
        self._make(scope, id, name, description, watched, treat_missing_data="notBreaching")

    def when_old(self, scope: Construct, id: str, name: str, description: str, queue: str, minutes: int) -> None:
        """Goes off when a queue's oldest message is older; SQS says nothing of an empty queue, which is good."""
        watched = WatchedMetric("AWS/SQS", "ApproximateAgeOfOldestMessage", {"QueueName": queue})
        old: dict[str, str | int] = {"threshold": minutes * 60, "treat_missing_data": "notBreaching"}
        self._make(scope, id, name, description, watched, **old)

    def while_above_zero(self, scope: Construct, id: str, name: str, description: str, watched: WatchedMetric) -> None:
        """For a metric with a few values a day: the alarm keeps its state until the next value."""
        self._make(scope, id, name, description, watched, treat_missing_data="ignore")

    def when_missing(
        self, scope: Construct, id: str, name: str, description: str, watched: WatchedMetric, after: timedelta
    ) -> None:
        """Goes off when something that should come again and again has not come for this long: no data is bad."""
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
        usual = {
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
            **(usual | condition),
        )
