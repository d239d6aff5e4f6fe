import pytest

from modules.resources.s3 import Bucket, EncryptedBucket, expiry, noncurrent_expiry
from tests.support.resources import Document
from tests.support.workbench import Workbench, statements

PREFIX = "aws_s3_bucket"


@pytest.fixture
def bucket(workbench: Workbench) -> EncryptedBucket:
    rules = [expiry("everything", "", 30), noncurrent_expiry("former", 90)]
    return EncryptedBucket(
        workbench.stack, "archive", name="archive-1", partition="aws", key_arn=workbench.key.arn, rules=rules
    )


def test_it_is_encrypted_private_versioned_and_destroyable(workbench: Workbench, bucket: EncryptedBucket) -> None:
    made = workbench.one(PREFIX)
    assert (made["bucket"], made["force_destroy"], bucket.arn) == ("archive-1", True, "arn:aws:s3:::archive-1")
    [rule] = workbench.one(f"{PREFIX}_server_side_encryption_configuration")["rule"]
    default = rule["apply_server_side_encryption_by_default"]
    assert (default["sse_algorithm"], default["kms_master_key_id"]) == ("aws:kms", workbench_key(workbench))
    assert (rule["bucket_key_enabled"], rule["blocked_encryption_types"]) == (True, ["SSE-C"])
    block = workbench.one(f"{PREFIX}_public_access_block")
    names = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
    assert [block[name] for name in names] == [True] * 4
    owner = workbench.one(f"{PREFIX}_ownership_controls")["rule"]
    assert owner["object_ownership"] == "BucketOwnerEnforced"
    assert workbench.one(f"{PREFIX}_versioning")["versioning_configuration"] == {"status": "Enabled"}


def workbench_key(workbench: Workbench) -> str:
    [address] = workbench.synthesized()["resource"]["aws_kms_key"]
    return f"${{aws_kms_key.{address}.arn}}"


@pytest.mark.usefixtures("bucket")
def test_objects_noncurrent_versions_and_abandoned_uploads_expire(workbench: Workbench) -> None:
    rules: dict[str, Document] = {
        each["id"]: each for each in workbench.one(f"{PREFIX}_lifecycle_configuration")["rule"]
    }
    assert rules["everything"]["expiration"] == [{"days": 30}]
    assert rules["everything"]["noncurrent_version_expiration"] == [{"noncurrent_days": 1}]
    assert "expiration" not in rules["former"]
    assert rules["former"]["noncurrent_version_expiration"] == [{"noncurrent_days": 90}]
    assert rules["abandoned-uploads"]["abort_incomplete_multipart_upload"] == [{"days_after_initiation": 7}]


def test_tls_is_required_whatever_else_is_allowed(workbench: Workbench, bucket: EncryptedBucket) -> None:
    assert list(statements(workbench.one(f"{PREFIX}_policy")["policy"])) == ["DenyWithoutTls"]
    bucket.allow([{"Sid": "Other", "Effect": "Allow", "Principal": {"Service": "x"}, "Action": [], "Resource": []}])
    found = statements(workbench.one(f"{PREFIX}_policy")["policy"])
    assert list(found) == ["DenyWithoutTls", "Other"]
    assert found["DenyWithoutTls"]["Resource"] == ["arn:aws:s3:::archive-1", "arn:aws:s3:::archive-1/*"]


ARN = "arn:aws:s3:::documents-dev-ew1"


def test_its_objects_expire_after_thirty_days_or_by_prefix(workbench: Workbench) -> None:
    given = {"deployment": workbench.deployment, "key": workbench.key}
    Bucket(workbench.stack, "a", resource_type="documents", **given)
    Bucket(workbench.stack, "b", resource_type="others", days={"x/": 1, "y/": 400}, **given)
    first, second = workbench.all("aws_s3_bucket_lifecycle_configuration")
    assert [(each["id"], each["expiration"]) for each in first["rule"][:-1]] == [("expire", [{"days": 30}])]
    assert [(each["id"], each["expiration"]) for each in second["rule"][:-1]] == [
        ("expire-x", [{"days": 1}]),
        ("expire-y", [{"days": 400}]),
    ]


def test_permissions_end_at_their_prefixes(workbench: Workbench) -> None:
    bucket, function = workbench.bucket, workbench.function
    bucket.grant_write(function, "WriteA", "a/")
    bucket.grant_read(function, "ReadB", "b/", "c/")
    bucket.grant_list(function, "FindC", "c/")
    found = workbench.granted()
    assert (found["WriteA"]["Action"], found["WriteA"]["Resource"]) == (["s3:PutObject"], [f"{ARN}/a/*"])
    assert (found["ReadB"]["Action"], found["ReadB"]["Resource"]) == (["s3:GetObject"], [f"{ARN}/b/*", f"{ARN}/c/*"])
    assert found["FindC"]["Condition"] == {"StringLike": {"s3:prefix": ["c/*"]}}
    assert found["WriteAKey"]["Action"] == ["kms:GenerateDataKey"]
    assert found["ReadBKey"]["Condition"] == {"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}


def test_new_objects_are_events(workbench: Workbench) -> None:
    workbench.bucket.enable_events()
    assert workbench.one("aws_s3_bucket_notification")["eventbridge"] is True
    pattern = workbench.bucket.created("111122223333", {"prefix": "a/"})
    assert pattern["detail"] == {"bucket": {"name": [ARN.rpartition(":")[2]]}, "object": {"key": [{"prefix": "a/"}]}}
