"""The AWS managed rules that the simulation supports: each a function of item and parameters.

The evaluations follow the AWS Config Developer Guide, "List of AWS Config Managed Rules". moto checks identifier,
trigger and parameters against the same list.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from unittest import mock

from moto.config import models
from moto.config.models import MANAGED_RULES_CONSTRAINTS

from handlers.common.model.events import COMPLIANT, NON_COMPLIANT
from handlers.common.model.rule import ACCOUNT_TYPE, Managed
from handlers.common.runtime.errors import ComplianceMonitorError
from simulation.aws.config.item import Item

Document = Mapping[str, Any]
Evaluate = Callable[[Document, Mapping[str, str]], bool]


class UnknownManagedRuleError(ComplianceMonitorError, LookupError):
    """The simulation does not support the managed rule: its resources get no result, and count as unknown."""


def types_of(identifier: str) -> frozenset[str]:
    """Returns the resource types of a rule in AWS's list; the account's type if the list names none."""
    listed = MANAGED_RULES_CONSTRAINTS.get(identifier, {}).get("Resource Types", "")
    return frozenset(re.findall(r"AWS::\w*::\w+", str(listed))) or frozenset({ACCOUNT_TYPE})


@contextmanager
def newer(rules: Iterable[Managed]) -> Iterator[None]:
    """Adds declared rules that are missing or different in moto's list."""
    added = {
        rule.identifier: {
            "Parameters": [{"Name": name, "Optional": True, "Type": "String"} for name in rule.parameters],
            "Resource Types": ", ".join(rule.resource_types),
            "Trigger type": "Periodic" if rule.periodic else "Configuration changes",
        }
        for rule in rules
    }
    with (
        mock.patch.dict(MANAGED_RULES_CONSTRAINTS, added),
        mock.patch.object(models, "MANAGED_RULES", {*models.MANAGED_RULES, *added}),
    ):
        yield


def evaluate(identifier: str, item: Item, parameters: Mapping[str, str]) -> str:
    """Returns the compliance type of a configuration item; raises UnknownManagedRuleError."""
    evaluate = EVALUATIONS.get(identifier)
    if evaluate is None:
        raise UnknownManagedRuleError(f"the simulation has no stand-in for AWS's rule {identifier}")
    return COMPLIANT if evaluate(item.document, parameters) else NON_COMPLIANT


def _desired_instance_type(item: Document, parameters: Mapping[str, str]) -> bool:
    allowed = {each.strip() for each in parameters["instanceType"].split(",")}
    return _member(item, "configuration").get("instanceType") in allowed


def _rds_storage_encrypted(item: Document, parameters: Mapping[str, str]) -> bool:
    configuration, key = _member(item, "configuration"), parameters.get("kmsKeyId")
    encrypted = configuration.get("storageEncrypted") is True
    return encrypted and (key is None or configuration.get("kmsKeyId") == key)


def _s3_bucket_versioning_enabled(item: Document, _parameters: Mapping[str, str]) -> bool:
    versioning = _member(_member(item, "supplementaryConfiguration"), "BucketVersioningConfiguration")
    return bool(versioning.get("status") == "Enabled")


def _member(item: Document, name: str) -> Document:
    """Returns a member of an item; an empty object if it is absent or null."""
    member: Document = item.get(name) or {}
    return member


EVALUATIONS: dict[str, Evaluate] = {
    "DESIRED_INSTANCE_TYPE": _desired_instance_type,
    "RDS_STORAGE_ENCRYPTED": _rds_storage_encrypted,
    "S3_BUCKET_VERSIONING_ENABLED": _s3_bucket_versioning_enabled,
}
