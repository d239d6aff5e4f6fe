from modules.resources.document_bucket import Bucket
from tests.support.workbench import Workbench

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
