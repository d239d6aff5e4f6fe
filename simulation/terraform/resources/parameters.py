"""SSM parameters, whose value an operator may change after deployment."""

from typing import Any

from simulation.terraform.context import Arguments, Attributes, Maker, Place, StackError

PLAIN = "String"


class ParameterTypeError(StackError):
    """A parameter of another type than String, which the simulation does not support."""


def parameter(place: Place, arguments: Arguments) -> Attributes:
    place.client("ssm").put_parameter(**_request(arguments), Tags=place.tag_list())
    return present(place, arguments)


def changed(place: Place, arguments: Arguments) -> Attributes:
    present(place, arguments)  # raises ParameterNotFound for another name, which would be another parameter
    place.client("ssm").put_parameter(**_request(arguments), Overwrite=True)
    return present(place, arguments)


def present(place: Place, arguments: Arguments) -> Attributes:
    """Returns the current value; the version is a string, because references need one."""
    stored: Any = place.client("ssm").get_parameter(Name=arguments["name"])["Parameter"]
    return {
        "arn": stored["ARN"],
        "id": stored["Name"],
        "name": stored["Name"],
        "value": stored["Value"],
        "version": str(stored["Version"]),
    }


def _request(arguments: Arguments) -> dict[str, Any]:
    if arguments["type"] != PLAIN:
        raise ParameterTypeError(f"parameter {arguments['name']}: type {arguments['type']}, not {PLAIN}")
    return {
        "Name": arguments["name"],
        "Type": PLAIN,
        "Value": arguments["value"],
        "Description": arguments.get("description", ""),
    }


MAKERS: dict[str, Maker] = {"aws_ssm_parameter": parameter}

CHANGERS: dict[str, Maker] = {"aws_ssm_parameter": changed}

READERS: dict[str, Maker] = {"aws_ssm_parameter": present}
