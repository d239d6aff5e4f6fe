"""The default encryption of a bucket is returned as by S3."""

from typing import Any

from simulation.aws.account import SimulatedAccount

BLOCKED = {"EncryptionType": ["SSE-C"]}


def rule(cloud: SimulatedAccount) -> Any:
    (found,) = cloud.client("s3").get_bucket_encryption(Bucket="ledger")["ServerSideEncryptionConfiguration"]["Rules"]
    return found


def write(cloud: SimulatedAccount, **more: Any) -> None:
    wanted = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}, "BucketKeyEnabled": True, **more}
    cloud.client("s3").put_bucket_encryption(Bucket="ledger", ServerSideEncryptionConfiguration={"Rules": [wanted]})


def test_a_new_bucket_is_encrypted_and_blocks_sse_c(cloud: SimulatedAccount) -> None:
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="ledger", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    new = rule(cloud)
    assert new["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
    assert (new["BucketKeyEnabled"], new["BlockedEncryptionTypes"]) == (False, BLOCKED)
    write(cloud)
    assert (rule(cloud)["BucketKeyEnabled"], rule(cloud)["BlockedEncryptionTypes"]) == (True, BLOCKED)
    write(cloud, BlockedEncryptionTypes={"EncryptionType": ["NONE"]})
    assert rule(cloud)["BlockedEncryptionTypes"] == {"EncryptionType": ["NONE"]}
    write(cloud)
    assert rule(cloud)["BlockedEncryptionTypes"] == {"EncryptionType": ["NONE"]}
    s3.delete_bucket_encryption(Bucket="ledger")
    assert rule(cloud) == new
