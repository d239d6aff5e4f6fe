"""Denies of a bucket policy for functions, administrators and operators."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from simulation.aws.account import SimulatedAccount
from simulation.aws.iam.conditions import UndecidableError
from tests.support.stacks import stack

ACCOUNT = "111122223333"
BUCKET = "reports"
AUDIT = f"arn:aws:s3:::{BUCKET}/audit/*"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/writer"
DENIED = "with an explicit deny in a resource-based policy"


def deny(action: str | list[str], **more: Any) -> dict[str, Any]:
    return {"Sid": "Keep", "Effect": "Deny", "Principal": "*", "Action": action, "Resource": AUDIT, **more}


WRITE_ONCE = [
    deny("s3:PutObject", Condition={"Null": {"s3:if-none-match": "true"}}),
    deny(["s3:DeleteObject", "s3:DeleteObjectVersion"]),
]


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Id": "own", "Statement": list(statements)})


@pytest.fixture
def policy(cloud: SimulatedAccount) -> Callable[..., None]:
    """Sets the policy of a bucket to which the role may write any key."""
    cloud.client("iam").create_role(RoleName="writer", AssumeRolePolicyDocument=document())
    allowed = {"Effect": "Allow", "Action": "s3:*", "Resource": f"arn:aws:s3:::{BUCKET}/*"}
    cloud.client("iam").put_role_policy(RoleName="writer", PolicyName="Write", PolicyDocument=document(allowed))
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    return lambda *statements: s3.put_bucket_policy(Bucket=BUCKET, Policy=document(*statements))


def function_puts(cloud: SimulatedAccount, key: str = "audit/a", **more: Any) -> None:
    client = cloud.guardian.session("writer", "function").client("s3", "eu-west-1")
    client.put_object(Bucket=BUCKET, Key=key, Body=b"x", **more)


def refused(call: Callable[[], Any]) -> str:
    with pytest.raises(ClientError) as error:
        call()
    answer = error.value.response
    assert (answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]) == ("AccessDenied", 403)
    return str(answer["Error"]["Message"])


def test_function_is_denied_with_the_message_of_aws(cloud: SimulatedAccount, policy: Callable[..., None]) -> None:
    policy(*WRITE_ONCE)
    assert refused(lambda: function_puts(cloud)) == (
        f"User: arn:aws:sts::{ACCOUNT}:assumed-role/writer/function is not authorized to perform: s3:PutObject "
        f"on resource: arn:aws:s3:::{BUCKET}/audit/a {DENIED}"
    )
    use = cloud.guardian.uses[-1]
    assert (use.allowed, use.sid) == (False, "Keep")


def test_function_may_write_new_objects_and_other_prefixes(
    cloud: SimulatedAccount, policy: Callable[..., None]
) -> None:
    policy(*WRITE_ONCE)
    function_puts(cloud, IfNoneMatch="*")
    function_puts(cloud, "reports/a")
    with pytest.raises(ClientError, match="PreconditionFailed"):
        function_puts(cloud, IfNoneMatch="*")


def test_function_may_not_delete(cloud: SimulatedAccount, policy: Callable[..., None]) -> None:
    policy(*WRITE_ONCE)
    client = cloud.guardian.session("writer", "function").client("s3", "eu-west-1")
    for version in ({}, {"VersionId": "v"}):
        assert DENIED in refused(lambda version=version: client.delete_object(Bucket=BUCKET, Key="audit/a", **version))


@pytest.mark.parametrize(
    ("principal", "meant"),
    [
        ("*", True),
        ({"AWS": "*"}, True),
        ({"AWS": ROLE}, True),
        ({"AWS": ["arn:aws:iam::999988887777:root", ACCOUNT]}, True),
        ({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, True),
        ({"AWS": f"arn:aws:sts::{ACCOUNT}:assumed-role/writer/function"}, True),
        ({"AWS": f"{ROLE}s"}, False),
        ({"AWS": "arn:aws:iam::999988887777:root"}, False),
        ({"Service": "config.amazonaws.com"}, False),
    ],
)
def test_deny_applies_to_its_principals(
    cloud: SimulatedAccount, policy: Callable[..., None], principal: Any, meant: bool
) -> None:
    policy(deny("s3:PutObject", Principal=principal))
    if meant:
        assert DENIED in refused(lambda: function_puts(cloud))
    else:
        function_puts(cloud)


@pytest.mark.parametrize(
    "other",
    [
        deny("s3:GetObject"),
        deny("s3:PutObject", Resource=f"arn:aws:s3:::{BUCKET}/scores/*"),
        deny("s3:*", Condition={"Bool": {"aws:SecureTransport": "false"}}),
        deny("s3:PutObject", Condition={"ArnNotLike": {"aws:PrincipalArn": ROLE}}),
    ],
)
def test_deny_that_does_not_match_does_not_apply(
    cloud: SimulatedAccount, policy: Callable[..., None], other: dict[str, Any]
) -> None:
    policy(other)
    function_puts(cloud)


@pytest.mark.parametrize(
    "principal", [{"NotPrincipal": {"AWS": ROLE}}, {"Principal": {"CanonicalUser": "0123"}}, {"Principal": [ROLE]}]
)
def test_unknown_principal_is_rejected(cloud: SimulatedAccount, policy: Callable[..., None], principal: Any) -> None:
    statement = {key: value for key, value in deny("s3:PutObject").items() if key != "Principal"}
    policy(statement | principal)
    with pytest.raises(UndecidableError, match="does not support this form of Principal"):
        function_puts(cloud)


def test_deny_of_the_role_comes_first_and_allow_of_the_bucket_grants_nothing(
    cloud: SimulatedAccount, policy: Callable[..., None]
) -> None:
    policy(deny("s3:PutObject"))
    own = {"Effect": "Deny", "Action": "s3:PutObject", "Resource": AUDIT}
    cloud.client("iam").put_role_policy(RoleName="writer", PolicyName="Write", PolicyDocument=document(own))
    assert "identity-based" in refused(lambda: function_puts(cloud))
    policy(deny("s3:PutObject", Effect="Allow"))
    cloud.client("iam").delete_role_policy(RoleName="writer", PolicyName="Write")
    assert "because no identity-based policy allows" in refused(lambda: function_puts(cloud))


def test_administrator_may_not_change_protected_objects(cloud: SimulatedAccount, policy: Callable[..., None]) -> None:
    policy(*WRITE_ONCE)
    s3 = cloud.client("s3")
    version = s3.put_object(Bucket=BUCKET, Key="audit/a", Body=b"x", IfNoneMatch="*")["VersionId"]
    source = {"Bucket": BUCKET, "Key": "audit/a"}
    for call in (
        lambda: s3.put_object(Bucket=BUCKET, Key="audit/a", Body=b"y"),
        lambda: s3.copy_object(Bucket=BUCKET, Key="audit/b", CopySource=source),
        lambda: s3.create_multipart_upload(Bucket=BUCKET, Key="audit/a"),
        lambda: s3.delete_object(Bucket=BUCKET, Key="audit/a"),
        lambda: s3.delete_object(Bucket=BUCKET, Key="audit/a", VersionId=version),
    ):
        assert DENIED in refused(call)
    with pytest.raises(NotImplementedError, match="audit/a"):
        s3.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": "reports/a"}, {"Key": "audit/a"}]})
    assert s3.get_object(Bucket=BUCKET, Key="audit/a")["Body"].read() == b"x"
    with pytest.raises(ClientError, match="PreconditionFailed"):
        s3.put_object(Bucket=BUCKET, Key="audit/a", Body=b"y", IfNoneMatch="*")


def test_administrator_may_write_elsewhere_and_everywhere_without_the_policy(
    cloud: SimulatedAccount, policy: Callable[..., None]
) -> None:
    policy(*WRITE_ONCE, deny("s3:PutObject", Principal={"AWS": ROLE}, Resource=f"arn:aws:s3:::{BUCKET}/*"))
    s3 = cloud.client("s3")
    s3.put_object(Bucket=BUCKET, Key="reports/a", Body=b"x")
    s3.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": "reports/a"}]})
    s3.delete_bucket_policy(Bucket=BUCKET)
    s3.put_object(Bucket=BUCKET, Key="audit/a", Body=b"x")
    s3.delete_object(Bucket=BUCKET, Key="audit/a")


def test_operators_session_is_checked_as_its_role(
    cloud: SimulatedAccount, policy: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    policy(*WRITE_ONCE, deny("s3:PutObject", Principal={"AWS": ROLE}, Resource=f"arn:aws:s3:::{BUCKET}/reports/*"))
    given = cloud.client("sts").assume_role(RoleArn=ROLE, RoleSessionName="ada")["Credentials"]
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", given["AccessKeyId"])
    s3 = boto3.Session().client("s3")
    s3.put_object(Bucket=BUCKET, Key="audit/a", Body=b"x", IfNoneMatch="*")
    for key in ("audit/a", "reports/a"):
        said = refused(lambda key=key: s3.put_object(Bucket=BUCKET, Key=key, Body=b"y"))
        assert said.startswith(f"User: arn:aws:sts::{ACCOUNT}:assumed-role/writer/ada is not authorized")


def test_destroying_removes_the_policy_before_the_protected_objects(cloud: SimulatedAccount, tmp_path: Path) -> None:
    bucket = {"bucket": BUCKET, "force_destroy": True}
    kept = {"bucket": "${aws_s3_bucket.b.bucket}", "policy": document(*WRITE_ONCE)}
    cloud.deploy(stack(tmp_path, aws_s3_bucket__b=bucket, aws_s3_bucket_policy__p=kept))
    s3 = cloud.client("s3")
    s3.put_object(Bucket=BUCKET, Key="audit/a", Body=b"x", IfNoneMatch="*")
    assert DENIED in refused(lambda: s3.delete_object(Bucket=BUCKET, Key="audit/a"))
    assert cloud.destroy() == 2
    assert s3.list_buckets()["Buckets"] == []
