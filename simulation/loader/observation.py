"""Log groups, alarms and dashboards."""

from simulation.loader.place import Arguments, Attributes, Maker, Place


def log_group(place: Place, arguments: Arguments) -> Attributes:
    logs, name = place.client("logs"), arguments["name"]
    logs.create_log_group(logGroupName=name, kmsKeyId=arguments["kms_key_id"], tags=place.tags)
    logs.put_retention_policy(logGroupName=name, retentionInDays=arguments["retention_in_days"])
    return {"arn": f"arn:aws:logs:{place.region}:{place.account}:log-group:{name}", "id": name}


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
