"""Resources that Terraform plans, but AWS rejects or does not treat as intended, are rejected."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from simulation.aws.account import SimulatedAccount
from simulation.terraform.context import Place, StackError
from simulation.terraform.refusals import (
    PatternLengthError,
    ResourceTypeError,
    RuleTriggerError,
    VariablesSizeError,
    check_variables,
)
from simulation.terraform.resources.functions import LogLevelError
from simulation.terraform.resources.identity import QuotaError, managed_policy, role, role_policy_attachment
from simulation.terraform.resources.observation import LogKeyError
from tests.support.stacks import stack


def changed(stack: Path, folder: Path, kind: str, change: Any) -> Path:
    """Returns a copy of the stack with every resource of a type changed."""
    shutil.copytree(stack, folder)
    file = folder / "cdk.tf.json"
    document = json.loads(file.read_text())
    for arguments in document["resource"][kind].values():
        change(arguments)
    file.write_text(json.dumps(document))
    return folder


def test_a_log_level_at_which_metrics_are_dropped(
    cloud: SimulatedAccount, stacks: dict[str, Path], tmp_path: Path
) -> None:
    def silence(arguments: Any) -> None:
        arguments["logging_config"]["application_log_level"] = "WARN"

    stack = changed(stacks["dev"], tmp_path / "stack", "aws_lambda_function", silence)
    with pytest.raises(LogLevelError, match="drops its metrics at log level WARN"):
        cloud.deploy(stack)


def test_a_bucket_whose_plan_would_never_be_empty(
    cloud: SimulatedAccount, stacks: dict[str, Path], tmp_path: Path
) -> None:
    def forget(arguments: Any) -> None:
        for rule in arguments["rule"]:
            del rule["blocked_encryption_types"]

    kind = "aws_s3_bucket_server_side_encryption_configuration"
    with pytest.raises(StackError, match="S3 blocks SSE-C for new buckets"):
        cloud.deploy(changed(stacks["dev"], tmp_path / "stack", kind, forget))


def test_inline_policies_that_exceed_the_quota_together(
    cloud: SimulatedAccount, stacks: dict[str, Path], tmp_path: Path
) -> None:
    def lengthen(arguments: Any) -> None:
        policy = json.loads(arguments["policy"])
        policy["Statement"][0]["Resource"] = [f"arn:aws:s3:::{'b' * 40}-{number}" for number in range(200)]
        arguments["policy"] = json.dumps(policy)

    stack = changed(stacks["dev"], tmp_path / "stack", "aws_iam_role_policy", lengthen)
    with pytest.raises(QuotaError, match=r"LimitExceeded: the inline policies of .* limit 10240"):
        cloud.deploy(stack)


def test_a_managed_policy_that_is_too_long_and_one_too_many(cloud: SimulatedAccount) -> None:
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
    with pytest.raises(QuotaError, match="exceeds the limit of 10 managed policies of role"):
        role_policy_attachment(place, attachment)


def pattern(length: int) -> str:
    """Returns an event pattern of the given length."""
    frame = json.dumps({"source": [""]})
    return json.dumps({"source": ["x" * (length - len(frame))]})


def test_an_event_pattern_that_is_too_long(cloud: SimulatedAccount, tmp_path: Path) -> None:
    rule = {"name": "changes", "state": "ENABLED", "event_pattern": pattern(2_048)}
    cloud.deploy(stack(tmp_path, aws_cloudwatch_event_rule__x=rule))
    rule["event_pattern"] = pattern(2_049)
    with pytest.raises(PatternLengthError, match="changes: an event pattern of 2049 characters"):
        cloud.deploy(stack(tmp_path, aws_cloudwatch_event_rule__x=rule))


def test_a_recorder_of_a_type_that_is_not_recorded(cloud: SimulatedAccount, tmp_path: Path) -> None:
    group = {
        "all_supported": False,
        "resource_types": ["AWS::S3::Bucket", "AWS::S3::Object"],
        "recording_strategy": [{"use_only": "INCLUSION_BY_RESOURCE_TYPES"}],
    }
    recorder = {"name": "recorder", "role_arn": "arn:aws:iam::111122223333:role/x", "recording_group": group}
    with pytest.raises(ResourceTypeError, match="recorder: AWS Config does not record AWS::S3::Object"):
        cloud.deploy(stack(tmp_path, aws_config_configuration_recorder__x=recorder))


CHANGES = [{"message_type": "ConfigurationItemChangeNotification"}]


def managed(identifier: str, **more: Any) -> dict[str, Any]:
    source = {"owner": "AWS", "source_identifier": identifier}
    return {"name": "rule", "description": "A rule.", "source": source, **more}


def custom(details: list[dict[str, str]], **more: Any) -> dict[str, Any]:
    policy = {"policy_runtime": "guard-2.x.x", "policy_text": "rule x { resourceType exists }"}
    source = {"owner": "CUSTOM_POLICY", "custom_policy_details": policy, "source_detail": details}
    return {"name": "rule", "description": "A rule.", "source": source, **more}


def scope(resource_type: str) -> dict[str, Any]:
    return {"compliance_resource_types": [resource_type]}


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (
            managed("S3_BUCKET_VERSIONING_ENABLED", maximum_execution_frequency="Six_Hours"),
            "rule: maximum_execution_frequency Six_Hours: only a change in resources triggers the managed rule S3_",
        ),
        (
            managed("ACCESS_KEYS_ROTATED", scope=scope("AWS::IAM::User")),
            "rule: scope AWS::IAM::User: the managed rule ACCESS_KEYS_ROTATED is periodic only",
        ),
        (
            custom(CHANGES, maximum_execution_frequency="Six_Hours"),
            "rule: maximum_execution_frequency Six_Hours: only changes trigger a custom policy rule",
        ),
        (
            custom([{"message_type": "ScheduledNotification"}]),
            "rule: message_type ScheduledNotification: a custom policy rule allows",
        ),
        (
            custom([*CHANGES, {"message_type": CHANGES[0]["message_type"], "maximum_execution_frequency": "One_Hour"}]),
            "rule: maximum_execution_frequency One_Hour",
        ),
    ],
)
def test_a_rule_whose_settings_do_not_match_its_trigger(
    cloud: SimulatedAccount, tmp_path: Path, rule: Any, message: str
) -> None:
    with pytest.raises(RuleTriggerError, match=message):
        cloud.deploy(stack(tmp_path, aws_config_config_rule__x=rule))


def test_a_rule_on_a_type_that_is_not_recorded(cloud: SimulatedAccount, tmp_path: Path) -> None:
    rule = custom(CHANGES, scope=scope("AWS::EC2::Instances"))
    with pytest.raises(ResourceTypeError, match="rule: AWS Config does not record AWS::EC2::Instances"):
        cloud.deploy(stack(tmp_path, aws_config_config_rule__x=rule))


@pytest.mark.parametrize(
    "rule",
    [
        managed("S3_BUCKET_VERSIONING_ENABLED", scope=scope("AWS::S3::Bucket")),
        managed("ROOT_ACCOUNT_MFA_ENABLED", maximum_execution_frequency="Six_Hours"),
        # Both triggers.
        managed(
            "S3_BUCKET_PUBLIC_READ_PROHIBITED", scope=scope("AWS::S3::Bucket"), maximum_execution_frequency="Six_Hours"
        ),
        custom(CHANGES, scope=scope("AWS::S3::Bucket")),
    ],
)
def test_rules_that_config_accepts(cloud: SimulatedAccount, tmp_path: Path, rule: Any) -> None:
    assert cloud.deploy(stack(tmp_path, aws_config_config_rule__x=rule)) == 1


LOGS = "logs.eu-west-1.amazonaws.com"


def log_group(folder: Path, service: str, action: str, group: str) -> Path:
    """Returns a log group called `own` and its key, whose policy allows a service for log groups of an ARN pattern."""
    account = "111122223333"
    root = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{account}:root"}, "Action": "kms:*", "Resource": "*"}
    encryption = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": action,
        "Resource": "*",
        "Condition": {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": f"arn:aws:logs:*:{account}:log-group:{group}"}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [root, encryption]})
    key = {"description": "A key.", "enable_key_rotation": True, "policy": policy}
    group_of = {"name": "own", "kms_key_id": "${aws_kms_key.key.arn}", "retention_in_days": 7}
    return stack(folder, aws_kms_key__key=key, aws_cloudwatch_log_group__logs=group_of)


@pytest.mark.parametrize(
    ("service", "action", "group", "missing"),
    [
        ("logs.eu-central-1.amazonaws.com", "kms:*", "own", "kms:Encrypt"),
        ("logs.amazonaws.com", "kms:*", "own", "kms:Encrypt"),
        (LOGS, "kms:Encrypt", "own", "kms:Decrypt"),
        (LOGS, "kms:*", "other", "kms:Encrypt"),
    ],
)
def test_a_log_group_whose_key_does_not_allow_logs(
    cloud: SimulatedAccount, tmp_path: Path, service: str, action: str, group: str, missing: str
) -> None:
    message = f"not allowed to be used with Arn '.*:log-group:own': {LOGS} is not authorized to perform: {missing} "
    with pytest.raises(LogKeyError, match=message):
        cloud.deploy(log_group(tmp_path, service, action, group))


def test_a_log_group_whose_key_allows_logs(cloud: SimulatedAccount, tmp_path: Path) -> None:
    assert cloud.deploy(log_group(tmp_path, LOGS, "kms:*", "o*")) == 2


def test_a_log_group_whose_key_does_not_exist(cloud: SimulatedAccount, tmp_path: Path) -> None:
    group = {"name": "own", "kms_key_id": "arn:aws:kms:eu-west-1:111122223333:key/gone", "retention_in_days": 7}
    with pytest.raises(LogKeyError, match="key/gone does not exist or is not allowed"):
        cloud.deploy(stack(tmp_path, aws_cloudwatch_log_group__logs=group))


def test_more_environment_variables_than_lambda_takes() -> None:
    check_variables("process", {"SCOPE": "x" * 4_091})
    with pytest.raises(VariablesSizeError, match="process: environment variables of 4097 bytes: Lambda allows 4096"):
        check_variables("process", {"SCOPE": "x" * 4_092})
