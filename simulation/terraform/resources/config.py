"""AWS Config: recorder, delivery channel, rules, aggregator."""

from botocore.exceptions import ClientError

from simulation.terraform import refusals
from simulation.terraform.context import Arguments, Attributes, Maker, Place, StackError, block


class NoRecorderRoleError(StackError):
    """A recorder's role does not exist; AWS Config rejects the recorder (PutConfigurationRecorder)."""


class NoOrganizationError(StackError):
    """The account is not in an organization."""


def recorder(place: Place, arguments: Arguments) -> Attributes:
    group, role = block(arguments["recording_group"]), arguments["role_arn"]
    refusals.check_types(arguments["name"], group.get("resource_types", []))
    try:
        place.client("iam").get_role(RoleName=role.rpartition("/")[2])
    except ClientError as error:
        raise NoRecorderRoleError(f"InvalidRole: {role} of recorder {arguments['name']} does not exist") from error
    place.client("config").put_configuration_recorder(
        ConfigurationRecorder={
            "name": arguments["name"],
            "roleARN": role,
            "recordingGroup": {
                "allSupported": group["all_supported"],
                "includeGlobalResourceTypes": group.get("include_global_resource_types", False),
                "resourceTypes": group.get("resource_types", []),
                "recordingStrategy": {"useOnly": block(group["recording_strategy"])["use_only"]},
            },
        }
    )
    return {"id": arguments["name"]}


def channel(place: Place, arguments: Arguments) -> Attributes:
    frequency = block(arguments["snapshot_delivery_properties"])["delivery_frequency"]
    place.client("config").put_delivery_channel(
        DeliveryChannel={
            "name": arguments["name"],
            "s3BucketName": arguments["s3_bucket_name"],
            "configSnapshotDeliveryProperties": {"deliveryFrequency": frequency},
        }
    )
    return {"id": arguments["name"]}


def recorder_status(place: Place, arguments: Arguments) -> Attributes:
    if arguments["is_enabled"]:
        place.client("config").start_configuration_recorder(ConfigurationRecorderName=arguments["name"])
    return {}


def config_rule(place: Place, arguments: Arguments) -> Attributes:
    config = place.client("config")
    scope = block(arguments.get("scope", []) or [{}])
    refusals.check_trigger(arguments)
    refusals.check_types(arguments["name"], scope.get("compliance_resource_types", []))
    request = {
        "ConfigRuleName": arguments["name"],
        "Description": arguments["description"],
        "Scope": {"ComplianceResourceTypes": scope["compliance_resource_types"]} if scope else None,
        "Source": source(block(arguments["source"])),
        "InputParameters": arguments.get("input_parameters"),
        "MaximumExecutionFrequency": arguments.get("maximum_execution_frequency"),
    }
    config.put_config_rule(
        ConfigRule={name: value for name, value in request.items() if value is not None}, Tags=place.tag_list()
    )
    created = config.describe_config_rules(ConfigRuleNames=[arguments["name"]])["ConfigRules"][0]
    return {"arn": created["ConfigRuleArn"], "rule_id": created["ConfigRuleId"], "id": arguments["name"]}


def source(given: Arguments) -> Arguments:
    """Returns a rule's source in the form of AWS Config's API."""
    if given["owner"] == "AWS":
        return {"Owner": "AWS", "SourceIdentifier": given["source_identifier"]}
    details = block(given["custom_policy_details"])
    messages = [detail["message_type"] for detail in given["source_detail"]]
    return {
        "Owner": given["owner"],
        "SourceDetails": [{"EventSource": "aws.config", "MessageType": message} for message in messages],
        "CustomPolicyDetails": {"PolicyRuntime": details["policy_runtime"], "PolicyText": details["policy_text"]},
    }


def aggregator(place: Place, arguments: Arguments) -> Attributes:
    answer = place.client("config").put_configuration_aggregator(
        ConfigurationAggregatorName=arguments["name"], Tags=place.tag_list(), **_sources(place, arguments)
    )
    created = answer["ConfigurationAggregator"]
    return {"arn": created["ConfigurationAggregatorArn"], "id": arguments["name"]}


def _sources(place: Place, arguments: Arguments) -> Arguments:
    if "account_aggregation_source" in arguments:
        source = block(arguments["account_aggregation_source"])
        return {"AccountAggregationSources": [{"AccountIds": source["account_ids"], "AwsRegions": source["regions"]}]}
    source = block(arguments["organization_aggregation_source"])
    if place.organization is None:
        denied = f"OrganizationAccessDenied: account {place.account} is not in an organization"
        raise NoOrganizationError(f"{denied} from which {arguments['name']} could aggregate")
    return {"OrganizationAggregationSource": {"RoleArn": source["role_arn"], "AwsRegions": source["regions"]}}


def authorization(place: Place, arguments: Arguments) -> Attributes:
    answer = place.client("config").put_aggregation_authorization(
        AuthorizedAccountId=arguments["account_id"],
        AuthorizedAwsRegion=arguments["authorized_aws_region"],
        Tags=place.tag_list(),
    )
    return {"arn": answer["AggregationAuthorization"]["AggregationAuthorizationArn"]}


MAKERS: dict[str, Maker] = {
    "aws_config_aggregate_authorization": authorization,
    "aws_config_config_rule": config_rule,
    "aws_config_configuration_aggregator": aggregator,
    "aws_config_configuration_recorder": recorder,
    "aws_config_configuration_recorder_status": recorder_status,
    "aws_config_delivery_channel": channel,
}

CHANGERS: dict[str, Maker] = {"aws_config_configuration_aggregator": aggregator}  # Put creates and updates
