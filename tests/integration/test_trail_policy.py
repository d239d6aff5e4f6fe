"""Explicit denies of the report bucket: approvals by the system's roles, and changes of the trail."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from handlers.common.stores.report_bucket import approval_key, record_key
from settings.remediation import remediations
from simulation.aws.account import SimulatedAccount

BUCKET = "compliance-reports-dev-ew1"
KEY = approval_key("s3-bucket-default-encryption-kms", "dev-ew1-0123456789abcdef", "arn:aws:iam::111122223333:user/ada")
WRITER = "audit-dev-ew1"
EVERYTHING = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": ["s3:PutObject", "kms:GenerateDataKey"], "Resource": ["*"], "Sid": "All"}
    ],
}


@pytest.fixture
def lenient(deployed: SimulatedAccount) -> SimulatedAccount:
    """The deployed stack, with excessive permissions for its roles."""
    iam = deployed.client("iam")
    for function in deployed.deployment.attributes("aws_lambda_function"):
        iam.put_role_policy(
            RoleName=function["function_name"], PolicyName="everything", PolicyDocument=json.dumps(EVERYTHING)
        )
    return deployed


def refused(client: Any, operation: str, **arguments: Any) -> bool:
    try:
        getattr(client, operation)(Bucket=BUCKET, **arguments)
    except ClientError as error:
        assert "explicit deny in a resource-based policy" in str(error)
        return True
    return False


def test_no_role_of_the_system_may_approve(lenient: SimulatedAccount) -> None:
    names = [each["function_name"] for each in lenient.deployment.attributes("aws_lambda_function")]
    assert len(names) > len(remediations())
    for name in names:
        client = lenient.guardian.session(name, name).client("s3", "eu-west-1")
        assert refused(client, "put_object", Key=KEY, Body=b"{}"), name
        assert not refused(client, "put_object", Key="plans/x.json", Body=b"{}"), "nothing else denies the call"


def test_a_permitted_operator_may_approve(lenient: SimulatedAccount) -> None:
    assert not refused(lenient.client("s3"), "put_object", Key=KEY, Body=b"{}")


def test_records_cannot_be_overwritten_or_deleted(lenient: SimulatedAccount) -> None:
    writer = lenient.guardian.session(WRITER, WRITER).client("s3", "eu-west-1")
    key = record_key(1)
    assert refused(writer, "put_object", Key=key, Body=b"{}"), "without the header If-None-Match"
    assert not refused(writer, "put_object", Key=key, Body=b"{}", IfNoneMatch="*")
    assert refused(lenient.client("s3"), "delete_object", Key=key)


def test_only_the_writer_may_write_records(lenient: SimulatedAccount) -> None:
    names = [each["function_name"] for each in lenient.deployment.attributes("aws_lambda_function")]
    others = [lenient.guardian.session(name, name).client("s3", "eu-west-1") for name in names if name != WRITER]
    assert len(others) == len(names) - 1
    for client in (*others, lenient.client("s3")):
        assert refused(client, "put_object", Key=record_key(1), Body=b"{}", IfNoneMatch="*")
