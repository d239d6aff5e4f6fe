"""Lambda functions, their resource-based policies, and their on-failure destinations."""

import base64
import hashlib
from pathlib import Path

from simulation.terraform import refusals
from simulation.terraform.context import Arguments, Attributes, Maker, Place, StackError, block


class LogLevelError(StackError):
    """A log level above INFO, at which Lambda drops embedded metrics, whose lines have no level."""


KEEPING_METRICS = ("TRACE", "DEBUG", "INFO")


def function(place: Place, arguments: Arguments) -> Attributes:
    answer = place.client("lambda").create_function(
        FunctionName=arguments["function_name"],
        Code={"ZipFile": _archive(arguments)},
        Architectures=arguments["architectures"],
        Tags=place.tags,
        **_configuration(arguments),
    )
    return {"arn": answer["FunctionArn"], "id": arguments["function_name"]}


def changed_function(place: Place, arguments: Arguments) -> Attributes:
    client = place.client("lambda")
    client.update_function_code(FunctionName=arguments["function_name"], ZipFile=_archive(arguments))
    client.update_function_configuration(FunctionName=arguments["function_name"], **_configuration(arguments))
    return {}


def _archive(arguments: Arguments) -> bytes:
    content = Path(arguments["filename"]).read_bytes()
    actual = base64.b64encode(hashlib.sha256(content).digest()).decode()
    if actual != arguments["source_code_hash"]:
        raise StackError(f"{arguments['filename']} does not have the hash in the stack")
    return content


def _configuration(arguments: Arguments) -> Arguments:
    logging = block(arguments["logging_config"])
    if (level := logging["application_log_level"]) not in KEEPING_METRICS:
        raise LogLevelError(f"{arguments['function_name']}: Lambda drops its metrics at log level {level}")
    variables = block(arguments["environment"])["variables"]
    refusals.check_variables(arguments["function_name"], variables)
    return {
        "Role": arguments["role"],
        "Runtime": arguments["runtime"],
        "Handler": arguments["handler"],
        "Timeout": arguments["timeout"],
        "MemorySize": arguments["memory_size"],
        "KMSKeyArn": arguments["kms_key_arn"],
        "Environment": {"Variables": variables},
        "LoggingConfig": {
            "LogFormat": logging["log_format"],
            "ApplicationLogLevel": logging["application_log_level"],
            "SystemLogLevel": logging["system_log_level"],
            "LogGroup": logging["log_group"],
        },
    }


def invoke_config(place: Place, arguments: Arguments) -> Attributes:
    on_failure = block(block(arguments["destination_config"])["on_failure"])["destination"]
    place.client("lambda").put_function_event_invoke_config(
        FunctionName=arguments["function_name"],
        MaximumRetryAttempts=arguments["maximum_retry_attempts"],
        MaximumEventAgeInSeconds=arguments["maximum_event_age_in_seconds"],
        DestinationConfig={"OnFailure": {"Destination": on_failure}},
    )
    return {}


def permission(place: Place, arguments: Arguments) -> Attributes:
    place.client("lambda").add_permission(
        FunctionName=arguments["function_name"],
        StatementId=arguments["statement_id"],
        Action=arguments["action"],
        Principal=arguments["principal"],
        SourceArn=arguments["source_arn"],
        SourceAccount=arguments["source_account"],
    )
    return {}


MAKERS: dict[str, Maker] = {
    "aws_lambda_function": function,
    "aws_lambda_function_event_invoke_config": invoke_config,
    "aws_lambda_permission": permission,
}

CHANGERS: dict[str, Maker] = {"aws_lambda_function": changed_function}
