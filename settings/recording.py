"""Resource types of the deployment's recorders, and the role of AWS Config."""

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, ValidatorFunctionWrapHandler, WrapValidator

from handlers.common.model.rule import GLOBAL_TYPES
from settings import fields as values
from settings.catalogue import recordable
from settings.deployment import Deployment

CONFIG = "config.amazonaws.com"
ROLE = "AWSServiceRoleForConfig"

ALL = "all"


def role_arn(deployment: Deployment) -> str:
    """Returns the ARN of AWS Config's service-linked role, of which an account has one."""
    return deployment.role_arn(f"aws-service-role/{CONFIG}/{ROLE}")


def types_in(is_home: bool, needed: Iterable[str], also: Iterable[str]) -> list[str] | None:
    """Returns the sorted types of a region's recorder; None for every type that AWS Config supports.

    Global types are recorded in the home region only.
    """
    if ALL in also:
        return None
    excluded = frozenset() if is_home else GLOBAL_TYPES
    return sorted({*needed, *also} - excluded)


def _recordable(text: str) -> str:
    if text not in recordable():
        raise values.refused("not a resource type of AWS Config", values.similar(text, recordable(), WORDS))
    return text


def _all_or(given: Any, take: ValidatorFunctionWrapHandler) -> Any:
    return (ALL,) if given in (ALL, (ALL,)) else take(given)


def _list_types(schema: dict[str, Any]) -> None:
    schema["enum"] = sorted(recordable())


WORDS = "resource types of AWS Config, such as AWS::EC2::SecurityGroup"
_Types = values.Listed[
    Annotated[str, AfterValidator(_recordable), Field(json_schema_extra=_list_types), values.Allowed(WORDS)]
]
AlsoRecorded = Annotated[
    _Types,
    WrapValidator(_all_or, json_schema_input_type=Literal["all"] | _Types),
    values.Allowed(f'"{ALL}", or list without duplicates: {WORDS}'),
]
