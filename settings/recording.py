"""Resource types of the deployment's recorders, and the role of AWS Config."""

import difflib
from collections.abc import Iterable
from typing import Any

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


def _type(text: str) -> str:
    if text not in recordable():
        similar = difflib.get_close_matches(text, sorted(recordable()), n=1)
        raise values.refused("not a resource type of AWS Config", f"did you mean {similar[0]}?" if similar else WORDS)
    return text


WORDS = "resource types of AWS Config, such as AWS::EC2::SecurityGroup"
_types: values.Check[Any] = values.each(values.Check(WORDS, _type))


def _also(given: Any) -> Any:
    return (ALL,) if given in (ALL, (ALL,)) else _types(given)


also: values.Check[Any] = values.Check(f'"{ALL}", or {_types.allowed}', _also)
