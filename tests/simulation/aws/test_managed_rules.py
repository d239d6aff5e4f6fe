"""The stand-ins for AWS's managed rules: missing members are never compliant, and raise no error."""

import copy
from typing import Any

import pytest

from simulation.aws import managed_rules as managed
from simulation.aws.config.item import Item

ITEM: dict[str, Any] = {
    "configuration": {"instanceType": "t3.micro", "storageEncrypted": True, "kmsKeyId": "key"},
    "supplementaryConfiguration": {"BucketVersioningConfiguration": {"status": "Enabled"}},
}
RULES: list[tuple[str, dict[str, str], list[tuple[str, ...]]]] = [
    ("DESIRED_INSTANCE_TYPE", {"instanceType": "t3.micro, t3.small"}, [("configuration", "instanceType")]),
    ("RDS_STORAGE_ENCRYPTED", {}, [("configuration", "storageEncrypted")]),
    ("RDS_STORAGE_ENCRYPTED", {"kmsKeyId": "key"}, [("configuration", "kmsKeyId")]),
    (
        "S3_BUCKET_VERSIONING_ENABLED",
        {},
        [
            ("supplementaryConfiguration", "BucketVersioningConfiguration"),
            ("supplementaryConfiguration", "BucketVersioningConfiguration", "status"),
        ],
    ),
]


@pytest.mark.parametrize(("rule", "parameters", "paths"), RULES)
def test_each_evaluated_member_may_be_absent_or_null(
    rule: str, parameters: dict[str, str], paths: list[tuple[str, ...]]
) -> None:
    assert managed.evaluate(rule, Item("", "", ITEM), parameters) == "COMPLIANT"
    for *before, name in [*paths, paths[0][:1]]:
        for null in (False, True):
            item = copy.deepcopy(ITEM)
            inner = item
            for each in before:
                inner = inner[each]
            inner[name] = None
            if not null:
                del inner[name]
            assert managed.evaluate(rule, Item("", "", item), parameters) == "NON_COMPLIANT", (before, name)


def test_a_rule_without_a_stand_in_is_named() -> None:
    with pytest.raises(managed.UnknownManagedRuleError, match="IAM_USER_MFA_ENABLED"):
        managed.evaluate("IAM_USER_MFA_ENABLED", Item("", "", ITEM), {})
