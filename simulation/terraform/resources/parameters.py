"""SSM parameters, whose value an operator may change after the stack has made it."""

from typing import Any

from simulation.terraform.context import Arguments, Attributes, Maker, Place, StackError

PLAIN = "String"


class ParameterTypeError(StackError):
    """A parameter of another type than String: the simulation keeps no secrets and no lists."""


def parameter(place: Place, arguments: Arguments) -> Attributes:
    place.client("ssm").put_parameter(**_wanted(arguments), Tags=place.tag_list())
    return present(place, arguments)


def changed(place: Place, arguments: Arguments) -> Attributes:
    present(place, arguments)  # with another name it would be another parameter: SSM says that there is none
    place.client("ssm").put_parameter(**_wanted(arguments), Overwrite=True)
    return present(place, arguments)


def present(place: Place, arguments: Arguments) -> Attributes:
    """Returns the present value; the version is text, as in everything that refers to it."""
    found: Any = place.client("ssm").get_parameter(Name=arguments["name"])["Parameter"]
    return {
        "arn": found["ARN"],
        "id": found["Name"],
        "name": found["Name"],
        "value": found["Value"],
        "version": str(found["Version"]),
    }


def _wanted(arguments: Arguments) -> dict[str, Any]:
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
