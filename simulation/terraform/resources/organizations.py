"""AWS Config's organization rules, and the organization's permission on the default event bus."""

from typing import Any

from simulation.aws.organization import Organization, rule_name
from simulation.terraform import refusals
from simulation.terraform.context import Arguments, Attributes, Maker, Place, StackError, block
from simulation.terraform.resources.config import NoOrganizationError, source


class NoRecorderInMemberError(StackError):
    """AWS Config deploys an organization rule only to accounts with a started recorder."""


def managed_rule(place: Place, arguments: Arguments) -> Attributes:
    return _deploy(place, arguments, {"owner": "AWS", "source_identifier": arguments["rule_identifier"]})


def custom_policy_rule(place: Place, arguments: Arguments) -> Attributes:
    details = {"policy_runtime": arguments["policy_runtime"], "policy_text": arguments["policy_text"]}
    messages = [{"message_type": each} for each in arguments["trigger_types"]]
    trigger = {"owner": "CUSTOM_POLICY", "custom_policy_details": details, "source_detail": messages}
    return _deploy(place, arguments, trigger)


def _deploy(place: Place, arguments: Arguments, trigger: Arguments) -> Attributes:
    name, types = arguments["name"], arguments.get("resource_types_scope")
    scope = {"compliance_resource_types": types} if types else None
    frequency = arguments.get("maximum_execution_frequency")
    refusals.check_trigger({"name": name, "source": trigger, "scope": scope, "maximum_execution_frequency": frequency})
    refusals.check_types(name, types or [])
    rule = {
        "Description": arguments["description"],
        "Scope": {"ComplianceResourceTypes": types} if types else None,
        "Source": source(trigger),
        "InputParameters": arguments.get("input_parameters"),
        "MaximumExecutionFrequency": frequency,
    }
    for backend in _organization(place, name).reached(place.region, arguments["excluded_accounts"]):
        if not any(recorder.status.recording for recorder in backend.recorders.values()):
            raise NoRecorderInMemberError(f"{name}: no started recorder in {backend.account_id}, {place.region}")
        deployed = {"ConfigRuleName": rule_name(name, backend.account_id), **rule}
        backend.put_config_rule({key: value for key, value in deployed.items() if value is not None})
    return {"arn": f"arn:aws:config:{place.region}:{place.account}:organization-config-rule/{name}", "id": name}


def remove_rule(place: Place, resource: Arguments) -> None:
    """Deletes the rule in every member."""
    for backend in _organization(place, resource["name"]).reached(place.region, resource["excluded_accounts"]):
        backend.delete_config_rule(rule_name(resource["name"], backend.account_id))


def permission(place: Place, arguments: Arguments) -> Attributes:
    condition: Any = {key.capitalize(): value for key, value in block(arguments["condition"]).items()}
    place.client("events").put_permission(
        StatementId=arguments["statement_id"],
        Action="events:PutEvents",
        Principal=arguments["principal"],
        Condition=condition,
    )
    return {"id": arguments["statement_id"]}


def remove_permission(place: Place, resource: Arguments) -> None:
    """Removes the statement from the bus's policy."""
    place.client("events").remove_permission(StatementId=resource["statement_id"])


def _organization(place: Place, name: str) -> Organization:
    if place.organization is None:
        denied = f"OrganizationAccessDenied: account {place.account} is not in an organization"
        raise NoOrganizationError(f"{denied} to which {name} could be deployed")
    return place.organization


MAKERS: dict[str, Maker] = {
    "aws_cloudwatch_event_permission": permission,
    "aws_config_organization_custom_policy_rule": custom_policy_rule,
    "aws_config_organization_managed_rule": managed_rule,
}
