"""A KMS key policy allows the caller itself, or delegates to the account's IAM policies."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from simulation.aws.account import SimulatedAccount
from simulation.aws.iam.conditions import UndecidableError
from simulation.aws.iam.directory import Directory
from simulation.aws.iam.policy import Request
from simulation.aws.iam.resource import admits

ACCOUNT = "111122223333"
ROOT = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
ROLE = {"AWS": f"arn:aws:iam::{ACCOUNT}:role/writer"}
DECRYPT = "kms:Decrypt"
WithKey = Callable[..., str]


def statement(principal: Any, action: str = "kms:*", effect: str = "Allow", **more: Any) -> dict[str, Any]:
    return {"Effect": effect, "Principal": principal, "Action": action, "Resource": "*", **more}


@pytest.fixture
def with_key(cloud: SimulatedAccount) -> WithKey:
    """Creates a key with policy statements, and a role that may decrypt with any key or with none."""

    def make(*statements: dict[str, Any], effect: str | None = "Allow") -> str:
        iam = cloud.client("iam")
        iam.create_role(RoleName="writer", AssumeRolePolicyDocument='{"Statement": []}')
        if effect:
            own = {"Statement": [{"Sid": "Own", "Effect": effect, "Action": [DECRYPT], "Resource": ["*"]}]}
            iam.put_role_policy(
                RoleName="writer", PolicyName="Own", PolicyDocument=json.dumps(own | {"Version": "2012-10-17"})
            )
        policy = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
        return str(cloud.client("kms").create_key(Policy=policy)["KeyMetadata"]["Arn"])

    return make


def decrypt(cloud: SimulatedAccount, key: str) -> None:
    cloud.guardian.authorize_variables("writer", "function", key)


UNNAMED = "because no resource-based policy allows the kms:Decrypt action"
OWN = "because no identity-based policy allows the kms:Decrypt action"
VIA = {"StringEquals": {"kms:ViaService": "lambda.eu-west-1.amazonaws.com"}}
VIA_S3 = {"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}


@pytest.mark.parametrize(
    ("statements", "own"),
    [
        ([statement(ROOT)], "Allow"),
        ([statement({"AWS": ACCOUNT})], "Allow"),
        ([statement({"AWS": [ROOT["AWS"]]}, DECRYPT, Condition=VIA)], "Allow"),
        ([statement(ROLE)], None),
        ([statement({"AWS": "*"}, DECRYPT, Condition={"StringEquals": {"kms:CallerAccount": ACCOUNT}})], None),
    ],
)
def test_caller_that_the_key_policy_allows(
    cloud: SimulatedAccount, with_key: WithKey, statements: Any, own: str | None
) -> None:
    decrypt(cloud, with_key(*statements, effect=own))
    assert cloud.guardian.uses[-1].allowed


@pytest.mark.parametrize(
    ("statements", "own", "reason"),
    [
        ([statement(ROOT)], None, OWN),
        ([statement(ROOT, "kms:Encrypt")], "Allow", UNNAMED),
        ([statement(ROOT, DECRYPT, Condition=VIA_S3)], "Allow", UNNAMED),
        ([statement({"AWS": f"arn:aws:iam::{ACCOUNT}:role/other"})], "Allow", UNNAMED),
        ([statement({"AWS": "999988887777"})], "Allow", UNNAMED),
        ([statement({"Service": "lambda.amazonaws.com"})], "Allow", UNNAMED),
        ([statement(ROOT), statement(ROLE, effect="Deny")], "Allow", "explicit deny in a resource-based policy"),
        ([statement(ROLE)], "Deny", "explicit deny in an identity-based policy"),
    ],
)
def test_caller_that_the_key_policy_does_not_allow(
    cloud: SimulatedAccount, with_key: WithKey, statements: Any, own: str | None, reason: str
) -> None:
    key = with_key(*statements, effect=own)
    with pytest.raises(ClientError, match=f"kms:Decrypt on resource: {key} .*{reason}"):
        decrypt(cloud, key)


def test_a_key_that_does_not_exist(cloud: SimulatedAccount, with_key: WithKey) -> None:
    key = with_key(statement(ROOT))
    with pytest.raises(ClientError, match="because the key does not exist"):
        decrypt(cloud, key[:-1])


def test_an_unsupported_principal_is_rejected(cloud: SimulatedAccount, with_key: WithKey) -> None:
    key = with_key({"Effect": "Allow", "NotPrincipal": ROLE, "Action": "kms:*", "Resource": "*"})
    with pytest.raises(UndecidableError, match="does not support this form of Principal"):
        decrypt(cloud, key)


def test_a_service_principal_needs_its_own_statement(cloud: SimulatedAccount, with_key: WithKey) -> None:
    service = "cloudwatch.amazonaws.com"
    ours = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
    key = with_key(statement(ROOT), statement({"Service": [service]}, DECRYPT, Condition=ours))
    directory = Directory(ACCOUNT)
    assert admits(directory, service, Request(DECRYPT, key, {"aws:SourceAccount": ACCOUNT})).allowed
    assert not admits(directory, service, Request(DECRYPT, key, {"aws:SourceAccount": "999988887777"})).allowed
    assert not admits(directory, service, Request("kms:GenerateDataKey", key, {"aws:SourceAccount": ACCOUNT})).allowed
    assert not admits(directory, "events.amazonaws.com", Request(DECRYPT, key, {"aws:SourceAccount": ACCOUNT})).allowed


def test_a_topic_s_deny_applies_to_roles(cloud: SimulatedAccount, with_key: WithKey) -> None:
    with_key(effect=None)
    topic = cloud.client("sns").create_topic(Name="news")["TopicArn"]
    own = {"Statement": [{"Effect": "Allow", "Action": ["sns:Publish"], "Resource": [topic]}], "Version": "2012-10-17"}
    cloud.client("iam").put_role_policy(RoleName="writer", PolicyName="Own", PolicyDocument=json.dumps(own))
    publish = cloud.guardian.session("writer", "function").client("sns", "eu-west-1").publish
    publish(TopicArn=topic, Message="x")
    policy = {"Version": "2012-10-17", "Statement": [statement("*", "sns:Publish", "Deny", Resource=topic)]}
    cloud.client("sns").set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=json.dumps(policy))
    with pytest.raises(ClientError, match="explicit deny in a resource-based policy"):
        publish(TopicArn=topic, Message="x")
