"""Alarms that tell the operations topic."""

from cdktf_cdktf_provider_aws.cloudwatch_metric_alarm import CloudwatchMetricAlarm
from constructs import Construct

from modules.topic import Topic


def alarm(
    scope: Construct,
    id: str,
    *,
    name: str,
    description: str,
    metric: tuple[str, str],
    dimension: tuple[str, str],
    tell: Topic,
) -> CloudwatchMetricAlarm:
    """An alarm that goes off when the metric (namespace, name) is above zero within five minutes."""
    namespace, metric_name = metric
    return CloudwatchMetricAlarm(
        scope,
        id,
        alarm_name=name,
        alarm_description=description,
        namespace=namespace,
        metric_name=metric_name,
        dimensions=dict([dimension]),
        statistic="Maximum" if namespace == "AWS/SQS" else "Sum",
        comparison_operator="GreaterThanThreshold",
        threshold=0,
        period=300,
        evaluation_periods=1,
        # No invocation, no data: that nothing went wrong is no reason for an alarm.
        treat_missing_data="notBreaching",
        alarm_actions=[tell.arn],
    )
