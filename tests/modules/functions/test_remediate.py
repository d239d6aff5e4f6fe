import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.resources import Document, of_type
from tests.support.variants import stack

S3 = "remediate-s3-encryption-test-ew1"


def functions(document: Document) -> set[str]:
    return {each["function_name"] for each in of_type(document, "aws_lambda_function").values()}


def granted(document: Document) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for address, policy in of_type(document, "aws_iam_role_policy").items():
        if "remediate-s3-encryption" in address:
            found |= {each["Sid"]: each["Action"] for each in json.loads(policy["policy"])["Statement"]}
    return found


def environment(document: Document) -> dict[str, Any]:
    [found] = [each for each in of_type(document, "aws_lambda_function").values() if each["function_name"] == S3]
    return dict(found["environment"]["variables"])


def test_a_remediation_that_is_off_has_no_function(tmp_path: Path) -> None:
    assert S3 not in functions(stack(tmp_path, ('mode = "plan"', 'mode = "off"')))


@pytest.mark.parametrize(("mode", "writes"), [("plan", False), ("approve", True), ("enforce", True)])
def test_its_role_may_write_where_its_mode_does(tmp_path: Path, mode: str, writes: bool) -> None:
    document = stack(tmp_path, ('mode = "plan"', f'mode = "{mode}"'))
    actions = {action for found in granted(document).values() for action in found}
    assert ("s3:PutEncryptionConfiguration" in actions) == writes
    assert ("ReadSwitch" in granted(document)) == writes
    assert bool(environment(document).get("SWITCH_PARAMETER")) == writes


def test_only_an_approval_of_its_rule_starts_it(tmp_path: Path) -> None:
    document = stack(tmp_path, ('mode = "plan"', 'mode = "approve"'))
    patterns = [
        json.loads(each["event_pattern"])
        for address, each in of_type(document, "aws_cloudwatch_event_rule").items()
        if "remediate-s3-encryption-on-approval" in address
    ]
    [key] = [each["detail"]["object"]["key"] for each in patterns]
    assert key == [{"prefix": "approvals/s3-bucket-default-encryption-kms/"}]
