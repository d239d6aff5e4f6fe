"""The resources of a simulated account, by kind, region and name."""

from typing import Any

from simulation.aws.account import SimulatedAccount

Thing = tuple[str, str, str]

LISTED: dict[str, tuple[str, str, str, str | None]] = {
    "aggregator": (
        "config",
        "describe_configuration_aggregators",
        "ConfigurationAggregators",
        "ConfigurationAggregatorName",
    ),
    "authorization": (
        "config",
        "describe_aggregation_authorizations",
        "AggregationAuthorizations",
        "AuthorizedAwsRegion",
    ),
    "channel": ("config", "describe_delivery_channels", "DeliveryChannels", "name"),
    "recorder": ("config", "describe_configuration_recorders", "ConfigurationRecorders", "name"),
    "rule": ("config", "describe_config_rules", "ConfigRules", "ConfigRuleName"),
    "topic": ("sns", "list_topics", "Topics", "TopicArn"),
    "subscription": ("sns", "list_subscriptions", "Subscriptions", "SubscriptionArn"),
    "queue": ("sqs", "list_queues", "QueueUrls", None),
    "function": ("lambda", "list_functions", "Functions", "FunctionName"),
    "log group": ("logs", "describe_log_groups", "logGroups", "logGroupName"),
    "event bus": ("events", "list_event_buses", "EventBuses", "Name"),
    "event rule": ("events", "list_rules", "Rules", "Name"),
    "alias": ("kms", "list_aliases", "Aliases", "AliasName"),
    "parameter": ("ssm", "describe_parameters", "Parameters", "Name"),
    "table": ("dynamodb", "list_tables", "TableNames", None),
    "alarm": ("cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
    "dashboard": ("cloudwatch", "list_dashboards", "DashboardEntries", "DashboardName"),
}
# Never destroyed: AWS managed keys, the default bus, and service-linked roles.
OF_AWS = ("alias/aws/", "AWSServiceRoleFor", "default")

GLOBAL: dict[str, tuple[str, str, str, str]] = {
    "policy": ("iam", "list_policies", "Policies", "PolicyName"),
    "role": ("iam", "list_roles", "Roles", "RoleName"),
    "bucket": ("s3", "list_buckets", "Buckets", "Name"),
}


def inventory(cloud: SimulatedAccount, regions: tuple[str, ...] = ("eu-west-1", "eu-central-1")) -> set[Thing]:
    """Returns kind, region and name of every resource; of keys only the enabled ones."""
    found = {(kind, "", name) for kind, call in GLOBAL.items() for name in _names(cloud, "eu-west-1", *call)}
    for region in regions:
        found |= {(kind, region, name) for kind, call in LISTED.items() for name in _names(cloud, region, *call)}
        kms = cloud.client("kms", region)
        for each in kms.list_keys()["Keys"]:
            if kms.describe_key(KeyId=each["KeyId"])["KeyMetadata"]["KeyState"] == "Enabled":
                found.add(("key", region, each["KeyId"]))
    return {thing for thing in found if not thing[2].startswith(OF_AWS)}


def _names(
    cloud: SimulatedAccount, region: str, service: str, operation: str, entry: str, name: str | None
) -> list[str]:
    client = cloud.client(service, region)
    pages: Any = [getattr(client, operation)()]
    if client.can_paginate(operation):
        pages = client.get_paginator(operation).paginate()
    return [str(each[name] if name else each) for page in pages for each in page.get(entry, [])]
