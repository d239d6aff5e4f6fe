"""Removes a resource of each type, as the provider does; AWS's refusals apply."""

from collections.abc import Callable
from typing import Any

from simulation.terraform.context import Arguments, Place, block
from simulation.terraform.resources import organizations
from simulation.terraform.resources.events import on_bus

Remover = Callable[[Place, Arguments], None]
"""Removes a resource, given its arguments and attributes."""


def _by(service: str, operation: str, **arguments: str) -> Remover:
    """Returns a remover that calls one operation with arguments and attributes of the resource."""

    def remove(place: Place, resource: Arguments) -> None:
        getattr(place.client(service), operation)(**{name: resource[own] for name, own in arguments.items()})

    return remove


def _nothing(_place: Place, _resource: Arguments) -> None:
    """Does nothing: the setting is removed with its resource."""


def bucket(place: Place, resource: Arguments) -> None:
    s3, name = place.client("s3"), resource["bucket"]
    if resource.get("force_destroy"):
        for page in s3.get_paginator("list_object_versions").paginate(Bucket=name):
            for each in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]:
                s3.delete_object(Bucket=name, Key=each["Key"], VersionId=each["VersionId"])
    s3.delete_bucket(Bucket=name)


def versioning(place: Place, resource: Arguments) -> None:
    place.client("s3").put_bucket_versioning(Bucket=resource["bucket"], VersioningConfiguration={"Status": "Suspended"})


def notification(place: Place, resource: Arguments) -> None:
    place.client("s3").put_bucket_notification_configuration(Bucket=resource["bucket"], NotificationConfiguration={})


def subscription(place: Place, resource: Arguments) -> None:
    """Removes a subscription; an unconfirmed one is removed with its topic (SNS Developer Guide)."""
    if resource["arn"] != "PendingConfirmation":
        place.client("sns").unsubscribe(SubscriptionArn=resource["arn"])


def bus_policy(place: Place, resource: Arguments) -> None:
    place.client("events").remove_permission(EventBusName=resource["event_bus_name"], RemoveAllPermissions=True)


def rule(place: Place, resource: Arguments) -> None:
    place.client("events").delete_rule(Name=resource["name"], **on_bus(resource))


def target(place: Place, resource: Arguments) -> None:
    ids = [resource["target_id"]]
    place.client("events").remove_targets(Rule=resource["rule"], Ids=ids, **on_bus(resource))


def alarm(place: Place, resource: Arguments) -> None:
    place.client("cloudwatch").delete_alarms(AlarmNames=[resource["alarm_name"]])


def dashboard(place: Place, resource: Arguments) -> None:
    place.client("cloudwatch").delete_dashboards(DashboardNames=[resource["dashboard_name"]])


def key(place: Place, resource: Arguments) -> None:
    days: Any = resource["deletion_window_in_days"]
    place.client("kms").schedule_key_deletion(KeyId=resource["key_id"], PendingWindowInDays=days)


def queue_policy(place: Place, resource: Arguments) -> None:
    place.client("sqs").set_queue_attributes(QueueUrl=resource["queue_url"], Attributes={"Policy": ""})


def encryption(place: Place, resource: Arguments) -> None:
    """Resets a bucket's encryption to S3's default."""
    assert block(resource["rule"])
    place.client("s3").delete_bucket_encryption(Bucket=resource["bucket"])


REMOVERS: dict[str, Remover] = {
    "aws_cloudwatch_dashboard": dashboard,
    "aws_cloudwatch_event_bus": _by("events", "delete_event_bus", Name="name"),
    "aws_cloudwatch_event_bus_policy": bus_policy,
    "aws_cloudwatch_event_permission": organizations.remove_permission,
    "aws_cloudwatch_event_rule": rule,
    "aws_cloudwatch_event_target": target,
    "aws_cloudwatch_log_group": _by("logs", "delete_log_group", logGroupName="name"),
    "aws_cloudwatch_metric_alarm": alarm,
    "aws_config_aggregate_authorization": _by(
        "config",
        "delete_aggregation_authorization",
        AuthorizedAccountId="account_id",
        AuthorizedAwsRegion="authorized_aws_region",
    ),
    "aws_config_config_rule": _by("config", "delete_config_rule", ConfigRuleName="name"),
    "aws_config_configuration_aggregator": _by(
        "config", "delete_configuration_aggregator", ConfigurationAggregatorName="name"
    ),
    "aws_config_configuration_recorder": _by(
        "config", "delete_configuration_recorder", ConfigurationRecorderName="name"
    ),
    "aws_config_configuration_recorder_status": _by(
        "config", "stop_configuration_recorder", ConfigurationRecorderName="name"
    ),
    "aws_config_organization_custom_policy_rule": organizations.remove_rule,
    "aws_config_organization_managed_rule": organizations.remove_rule,
    "aws_config_delivery_channel": _by("config", "delete_delivery_channel", DeliveryChannelName="name"),
    "aws_dynamodb_table": _by("dynamodb", "delete_table", TableName="name"),
    "aws_iam_policy": _by("iam", "delete_policy", PolicyArn="arn"),
    "aws_iam_role": _by("iam", "delete_role", RoleName="name"),
    "aws_iam_role_policy": _by("iam", "delete_role_policy", RoleName="role", PolicyName="name"),
    "aws_iam_role_policy_attachment": _by("iam", "detach_role_policy", RoleName="role", PolicyArn="policy_arn"),
    "aws_kms_alias": _by("kms", "delete_alias", AliasName="name"),
    "aws_kms_key": key,
    "aws_lambda_event_source_mapping": _by("lambda", "delete_event_source_mapping", UUID="uuid"),
    "aws_lambda_function": _by("lambda", "delete_function", FunctionName="function_name"),
    "aws_lambda_function_event_invoke_config": _by(
        "lambda", "delete_function_event_invoke_config", FunctionName="function_name"
    ),
    "aws_lambda_permission": _by(
        "lambda", "remove_permission", FunctionName="function_name", StatementId="statement_id"
    ),
    "aws_s3_bucket": bucket,
    "aws_s3_bucket_lifecycle_configuration": _by("s3", "delete_bucket_lifecycle", Bucket="bucket"),
    "aws_s3_bucket_notification": notification,
    "aws_s3_bucket_ownership_controls": _by("s3", "delete_bucket_ownership_controls", Bucket="bucket"),
    "aws_s3_bucket_policy": _by("s3", "delete_bucket_policy", Bucket="bucket"),
    "aws_s3_bucket_public_access_block": _by("s3", "delete_public_access_block", Bucket="bucket"),
    "aws_s3_bucket_server_side_encryption_configuration": encryption,
    "aws_s3_bucket_versioning": versioning,
    "aws_sns_topic": _by("sns", "delete_topic", TopicArn="arn"),
    "aws_sns_topic_policy": _nothing,
    "aws_sns_topic_subscription": subscription,
    "aws_sqs_queue": _by("sqs", "delete_queue", QueueUrl="url"),
    "aws_sqs_queue_policy": queue_policy,
    "aws_ssm_parameter": _by("ssm", "delete_parameter", Name="name"),
}
