import json
import os
import sys
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from settings.model import Settings
from simulation.aws.account import SimulatedAccount
from simulation.aws.event_delivery import NoSuchScheduleError
from tests.support.changes import S3_RULE, event

QUEUE = "compliance-failures-dev-ew1"
REMEDIATION = "remediate-s3-encryption-dev-ew1"


def waiting(cloud: SimulatedAccount) -> list[dict[str, Any]]:
    sqs = cloud.client("sqs")
    url = sqs.get_queue_url(QueueName=QUEUE)["QueueUrl"]
    messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"])
    return list(messages.get("Messages", []))


def test_event_reaches_every_function_whose_pattern_it_matches(deployed: SimulatedAccount) -> None:
    deployed.delivery.put(event("a-bucket"))
    ran = [invocation.function for invocation in deployed.settle()]
    assert sorted(ran) == ["notify-dev-ew1", "process-dev-ew1", REMEDIATION]


@pytest.mark.parametrize(
    "foreign",
    [
        event(rule="securityhub-s3-bucket-dev-ew1-abc"),
        event(account="999988887777"),
        event() | {"source": "someone"},
        event() | {"detail-type": "Config Configuration Item Change"},
    ],
)
def test_event_without_a_matching_pattern_reaches_no_function(
    deployed: SimulatedAccount, foreign: dict[str, Any]
) -> None:
    deployed.delivery.put(foreign)
    assert deployed.settle() == []


def test_event_reaches_the_rules_of_its_bus_only(deployed: SimulatedAccount) -> None:
    change = event("a-bucket") | {"source": "compliance-monitor", "detail-type": "Missed Compliance Change"}
    deployed.delivery.put(event("a-bucket"), "compliance-dev-ew1")
    deployed.delivery.put(change)
    assert deployed.settle() == []
    deployed.delivery.put(change, "compliance-dev-ew1")
    assert sorted(invocation.function for invocation in deployed.settle()) == [
        "notify-dev-ew1",
        "process-dev-ew1",
        REMEDIATION,
    ]


def test_undelivered_event_of_a_custom_bus_is_kept(deployed: SimulatedAccount) -> None:
    deployed.client("lambda").remove_permission(FunctionName="process-dev-ew1", StatementId="process-on-missed")
    change = event(compliance_type="COMPLIANT") | {
        "source": "compliance-monitor",
        "detail-type": "Missed Compliance Change",
    }
    deployed.delivery.put(change, "compliance-dev-ew1")
    assert [invocation.function for invocation in deployed.settle()] == [REMEDIATION]
    (message,) = waiting(deployed)
    rule = message["MessageAttributes"]["RULE_ARN"]["StringValue"]
    assert rule.endswith(":rule/compliance-dev-ew1/process-on-missed-dev-ew1")


def test_disabled_rule_delivers_nothing(deployed: SimulatedAccount) -> None:
    deployed.client("events").disable_rule(Name="process-on-change-dev-ew1")
    deployed.delivery.put(event(compliance_type="COMPLIANT"))
    assert [invocation.function for invocation in deployed.settle()] == [REMEDIATION]


def test_unknown_schedule_is_rejected(deployed: SimulatedAccount) -> None:
    with pytest.raises(NoSuchScheduleError, match="process-on-change-dev-ew1"):
        deployed.fire("process-on-change-dev-ew1")


def test_event_without_invoke_permission_goes_to_the_queue(deployed: SimulatedAccount) -> None:
    deployed.client("lambda").remove_permission(FunctionName="process-dev-ew1", StatementId="process-on-change")
    change = event(compliance_type="COMPLIANT")
    deployed.delivery.put(change)
    assert [invocation.function for invocation in deployed.settle()] == [REMEDIATION]
    (message,) = waiting(deployed)
    assert json.loads(message["Body"])["detail"] == change["detail"]
    assert message["MessageAttributes"]["ERROR_CODE"]["StringValue"] == "NO_PERMISSIONS"


def encrypt_queue(cloud: SimulatedAccount, *services: str) -> str:
    """Encrypts the failure queue with a key that allows some services, and the account's roles by IAM."""
    principals = [{"AWS": f"arn:aws:iam::{cloud.account}:root"}, *({"Service": service} for service in services)]
    usual = {"Effect": "Allow", "Action": "kms:*", "Resource": "*"}
    policy = {"Version": "2012-10-17", "Statement": [usual | {"Principal": each} for each in principals]}
    key = str(cloud.client("kms").create_key(Policy=json.dumps(policy))["KeyMetadata"]["Arn"])
    sqs = cloud.client("sqs")
    url = sqs.get_queue_url(QueueName=QUEUE)["QueueUrl"]
    kept = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])["Attributes"]  # moto would drop it
    sqs.set_queue_attributes(QueueUrl=url, Attributes={**kept, "KmsMasterKeyId": key})
    return key


def test_event_is_lost_if_eventbridge_may_not_use_the_queue_s_key(deployed: SimulatedAccount) -> None:
    deployed.client("lambda").remove_permission(FunctionName="process-dev-ew1", StatementId="process-on-change")
    key = encrypt_queue(deployed)
    with pytest.raises(PermissionError, match=f"{QUEUE}: events.amazonaws.com may not kms:GenerateDataKey with {key}"):
        deployed.delivery.put(event(compliance_type="COMPLIANT"))
    assert waiting(deployed) == []
    encrypt_queue(deployed, "events.amazonaws.com")
    deployed.delivery.put(event(compliance_type="COMPLIANT"))
    assert len(waiting(deployed)) == 1


def test_failure_is_lost_if_the_function_may_not_use_the_queue_s_key(deployed: SimulatedAccount) -> None:
    key = encrypt_queue(deployed, "events.amazonaws.com")
    deployed.client("events").put_rule(
        Name="process-on-change-dev-ew1", EventPattern=json.dumps({"detail": {"configRuleName": [S3_RULE]}})
    )
    deployed.delivery.put(event(compliance_type="INSUFFICIENT_DATA"))
    with pytest.raises(ClientError, match=f"kms:GenerateDataKey on resource: {key}"):
        deployed.settle()


def test_failing_function_is_retried_and_its_event_is_kept(deployed: SimulatedAccount) -> None:
    broken = event(compliance_type="INSUFFICIENT_DATA")
    deployed.client("events").put_rule(
        Name="process-on-change-dev-ew1", EventPattern=json.dumps({"detail": {"configRuleName": [S3_RULE]}})
    )
    deployed.delivery.put(broken)
    (invocation,) = deployed.settle()
    assert (invocation.attempts, type(invocation.error).__name__) == (3, "MalformedEventError")
    (message,) = waiting(deployed)
    record = json.loads(message["Body"])
    assert record["requestPayload"]["detail"] == broken["detail"]
    assert record["requestContext"]["approximateInvokeCount"] == 3
    assert record["responsePayload"]["errorType"] == "MalformedEventError"


def test_function_does_not_change_the_process(deployed: SimulatedAccount) -> None:
    environment, modules, path = dict(os.environ), sys.modules["handlers"], list(sys.path)
    session = boto3.DEFAULT_SESSION
    deployed.fire("report-on-schedule-dev-ew1")
    assert dict(os.environ) == environment
    assert sys.modules["handlers"] is modules
    assert sys.path == path
    assert boto3.DEFAULT_SESSION is session


def test_function_has_its_own_variables_only(deployed: SimulatedAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FINDINGS_TABLE", "ours")
    invocation, *_ = deployed.fire("evaluate-on-schedule-dev-ew1")
    assert invocation.error is None
    function = deployed.functions.get("evaluate-dev-ew1")
    assert set(deployed.functions._variables(function)) >= {"ENVIRONMENT", "REGIONS", "AWS_REGION"}
    assert "FINDINGS_TABLE" not in deployed.functions._variables(function)


def test_logs_have_the_format_of_the_runtime(deployed: SimulatedAccount, dev: Settings) -> None:
    invocation, *_ = deployed.fire("evaluate-on-schedule-dev-ew1")
    assert invocation.logs[0] == {
        "level": "INFO",
        "message": "evaluation started",
        "logger": "handlers.evaluate.app",
        "region": "eu-west-1",
        "config_rules": len(dev.rules_in("eu-west-1")),
    }
