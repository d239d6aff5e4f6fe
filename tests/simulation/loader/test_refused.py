"""What the provider would deploy and AWS would then not do as meant is refused when the stack is loaded."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from simulation.cloud import Cloud
from simulation.loader.functions import LogLevelError
from simulation.loader.identity import QuotaError, managed_policy, role, role_policy_attachment
from simulation.loader.place import Place, StackError


def changed(stack: Path, folder: Path, kind: str, change: Any) -> Path:
    """A copy of the stack with every resource of a type changed."""
    shutil.copytree(stack, folder)
    file = folder / "cdk.tf.json"
    document = json.loads(file.read_text())
    for arguments in document["resource"][kind].values():
        change(arguments)
    file.write_text(json.dumps(document))
    return folder


def test_a_log_level_at_which_metrics_are_dropped(cloud: Cloud, stacks: dict[str, Path], tmp_path: Path) -> None:
    def silence(arguments: Any) -> None:
        arguments["logging_config"]["application_log_level"] = "WARN"

    stack = changed(stacks["dev"], tmp_path / "stack", "aws_lambda_function", silence)
    with pytest.raises(LogLevelError, match="would drop its metrics at the log level WARN"):
        cloud.deploy(stack)


def test_a_bucket_whose_plan_would_never_be_empty(cloud: Cloud, stacks: dict[str, Path], tmp_path: Path) -> None:
    def forget(arguments: Any) -> None:
        for rule in arguments["rule"]:
            del rule["blocked_encryption_types"]

    kind = "aws_s3_bucket_server_side_encryption_configuration"
    with pytest.raises(StackError, match="S3 blocks SSE-C of new buckets"):
        cloud.deploy(changed(stacks["dev"], tmp_path / "stack", kind, forget))


def test_inline_policies_that_are_too_long_in_all(cloud: Cloud, stacks: dict[str, Path], tmp_path: Path) -> None:
    def lengthen(arguments: Any) -> None:
        policy = json.loads(arguments["policy"])
        policy["Statement"][0]["Resource"] = [f"arn:aws:s3:::{'b' * 40}-{number}" for number in range(200)]
        arguments["policy"] = json.dumps(policy)

    stack = changed(stacks["dev"], tmp_path / "stack", "aws_iam_role_policy", lengthen)
    with pytest.raises(QuotaError, match=r"LimitExceeded: the inline policies of .* and 10240 are allowed"):
        cloud.deploy(stack)


def test_a_managed_policy_that_is_too_long_and_one_too_many(cloud: Cloud) -> None:
    place = Place(cloud.account, cloud.region, {})
    statement = {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::b/*"]}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    long = policy | {"Statement": [statement | {"Resource": [f"arn:aws:s3:::{'b' * 6_100}"]}]}
    with pytest.raises(QuotaError, match="LimitExceeded: the policy long has 6"):
        managed_policy(place, {"name": "long", "policy": json.dumps(long)})
    role(place, {"name": "role", "assume_role_policy": json.dumps(policy)})
    for number in range(11):
        made = managed_policy(place, {"name": f"policy-{number}", "policy": json.dumps(policy)})
        attachment = {"role": "role", "policy_arn": made["arn"]}
        if number < 10:
            role_policy_attachment(place, attachment)
    with pytest.raises(QuotaError, match="more than the 10 managed policies that role may have"):
        role_policy_attachment(place, attachment)
