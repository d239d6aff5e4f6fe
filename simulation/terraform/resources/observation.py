"""Log groups, alarms and dashboards."""

from simulation.aws.iam.directory import Directory
from simulation.aws.iam.policy import Request
from simulation.aws.iam.resource import admits
from simulation.terraform.context import Arguments, Attributes, Maker, Place, StackError

# Actions that CloudWatch Logs requires (CloudWatch Logs User Guide, "Encrypt log data using AWS KMS").
USES = (
    "kms:Encrypt",
    "kms:Decrypt",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
    "kms:GenerateDataKey",
    "kms:DescribeKey",
)


class LogKeyError(StackError):
    """CloudWatch Logs may not use the key of a log group."""


def log_group(place: Place, arguments: Arguments) -> Attributes:
    logs, name = place.client("logs"), arguments["name"]
    arn = f"arn:aws:logs:{place.region}:{place.account}:log-group:{name}"
    _check_key(place, arn, arguments["kms_key_id"])
    logs.create_log_group(logGroupName=name, kmsKeyId=arguments["kms_key_id"], tags=place.tags)
    logs.put_retention_policy(logGroupName=name, retentionInDays=arguments["retention_in_days"])
    return {"arn": arn, "id": name}


def _check_key(place: Place, group: str, key: str) -> None:
    """Raises LogKeyError unless the key policy allows CloudWatch Logs, with the group as encryption context."""
    context = {"kms:EncryptionContext:aws:logs:arn": group}
    for action in USES:
        service = f"logs.{place.region}.amazonaws.com"
        decision = admits(Directory(place.account), service, Request(action, key, context))
        if not decision.allowed:
            error = f"The specified KMS key {key} does not exist or is not allowed to be used with Arn '{group}'"
            raise LogKeyError(f"{error}: {service} is not authorized to perform: {action} {decision.reason}")


def alarm(place: Place, arguments: Arguments) -> Attributes:
    dimensions = [{"Name": name, "Value": value} for name, value in arguments["dimensions"].items()]
    place.client("cloudwatch").put_metric_alarm(
        AlarmName=arguments["alarm_name"],
        AlarmDescription=arguments["alarm_description"],
        Namespace=arguments["namespace"],
        MetricName=arguments["metric_name"],
        Dimensions=dimensions,
        Statistic=arguments["statistic"],
        ComparisonOperator=arguments["comparison_operator"],
        Threshold=arguments["threshold"],
        Period=arguments["period"],
        EvaluationPeriods=arguments["evaluation_periods"],
        DatapointsToAlarm=arguments.get("datapoints_to_alarm", arguments["evaluation_periods"]),
        TreatMissingData=arguments["treat_missing_data"],
        AlarmActions=arguments["alarm_actions"],
        Tags=place.tag_list(),
    )
    return {"arn": f"arn:aws:cloudwatch:{place.region}:{place.account}:alarm:{arguments['alarm_name']}"}


def dashboard(place: Place, arguments: Arguments) -> Attributes:
    place.client("cloudwatch").put_dashboard(
        DashboardName=arguments["dashboard_name"], DashboardBody=arguments["dashboard_body"]
    )
    return {"dashboard_arn": f"arn:aws:cloudwatch::{place.account}:dashboard/{arguments['dashboard_name']}"}


MAKERS: dict[str, Maker] = {
    "aws_cloudwatch_dashboard": dashboard,
    "aws_cloudwatch_log_group": log_group,
    "aws_cloudwatch_metric_alarm": alarm,
}

CHANGERS: dict[str, Maker] = {"aws_cloudwatch_dashboard": dashboard, "aws_cloudwatch_metric_alarm": alarm}
