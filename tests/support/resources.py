"""Views of synthesized Terraform JSON."""

import json
import re
from collections.abc import Iterator
from typing import Any

Document = dict[str, Any]

POLICY_ARGUMENTS = ("policy", "assume_role_policy")


def all_resources(document: Document) -> Iterator[tuple[str, Document]]:
    """Yields every resource by its address."""
    for resource_type, named in document["resource"].items():
        for name, arguments in named.items():
            yield f"{resource_type}.{name}", arguments


def of_type(document: Document, resource_type: str) -> dict[str, Document]:
    """Returns the resources of a type, by address."""
    return {address: found for address, found in all_resources(document) if address.startswith(f"{resource_type}.")}


def policies(document: Document, resource_type: str | None = None) -> Iterator[tuple[str, Document]]:
    """Yields every policy document, by the address that holds it, its references made into ARNs of nothing."""
    for address, arguments in all_resources(document):
        for name in POLICY_ARGUMENTS:
            if name in arguments and (resource_type is None or address.startswith(f"{resource_type}.")):
                yield address, json.loads(with_example_arns(arguments[name]))


EXAMPLES = {
    "aws_cloudwatch_event_bus": "arn:aws:events:eu-west-1:111122223333:event-bus/x",
    "aws_cloudwatch_log_group": "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/x",
    "aws_cloudwatch_event_rule": "arn:aws:events:eu-west-1:111122223333:rule/x",
    "aws_config_config_rule": "arn:aws:config:eu-west-1:111122223333:config-rule/config-rule-abcdef",
    "aws_config_configuration_aggregator": "arn:aws:config:eu-west-1:111122223333:config-aggregator/x",
    "aws_dynamodb_table": "arn:aws:dynamodb:eu-west-1:111122223333:table/x",
    "aws_kms_key": "arn:aws:kms:eu-west-1:111122223333:key/3f1c9a52-7d4e-4b8a-9c55-0a1b2c3d4e5f",
    "aws_sns_topic": "arn:aws:sns:eu-west-1:111122223333:x",
    "aws_sqs_queue": "arn:aws:sqs:eu-west-1:111122223333:x",
    "aws_ssm_parameter": "arn:aws:ssm:eu-west-1:111122223333:parameter/x",
}


def with_example_arns(text: str) -> str:
    """Returns a policy as it will be, for checks that read ARNs."""
    return re.sub(r"\$\{(aws_\w+)\.[\w-]+\.arn\}", lambda found: EXAMPLES[found[1]], text)
