import dataclasses
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.common.model.remediation import NotRemediableError
from handlers.rules.s3_bucket_default_encryption_kms import keys as s3_keys
from handlers.rules.s3_bucket_default_encryption_kms.remediation import EncryptBucket
from tests.support.buckets import ALIAS, HERE, KEY, MANAGED, OTHER_KEY, RULE, bucket, default
from tests.support.items import evaluate


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (bucket({"bucketKeyEnabled": True}), "NON_COMPLIANT"),
        (bucket({"applyServerSideEncryptionByDefault": None}), "NON_COMPLIANT"),
        ({"resourceType": "AWS::S3::Bucket", "supplementaryConfiguration": {}}, "NON_COMPLIANT"),
        ({"resourceType": "AWS::S3::Bucket"}, "NON_COMPLIANT"),
        ({"resourceType": "AWS::S3::Bucket", "configurationItemStatus": "ResourceNotRecorded"}, "NOT_APPLICABLE"),
        (bucket({"applyServerSideEncryptionByDefault": []}), "NON_COMPLIANT"),
        (bucket({"applyServerSideEncryptionByDefault": {"sseAlgorithm": []}}), "NON_COMPLIANT"),
        (bucket([]), "NON_COMPLIANT"),
        (bucket(default("AES256"), kind="AWS::S3::AccountPublicAccessBlock"), "NOT_APPLICABLE"),
    ],
)
def test_any_kms_key_will_do_where_none_is_listed(item: dict[str, Any], expected: str) -> None:
    assert evaluate(RULE, item) == expected


@pytest.mark.parametrize("keys", [s3_keys.ANY, s3_keys.CUSTOMER, s3_keys.ACCOUNT, (KEY,), (KEY, MANAGED)])
@pytest.mark.parametrize(
    "supplementary",
    [
        None,
        {"ServerSideEncryptionConfiguration": None},
        {"ServerSideEncryptionConfiguration": {}},
        {"ServerSideEncryptionConfiguration": '{"rules": [{"applyServerSideEncryptionByDefault": {}}]}'},
        {"ServerSideEncryptionConfiguration": {"rules": [None]}},
        {"ServerSideEncryptionConfiguration": {"rules": [{"applyServerSideEncryptionByDefault": {}}]}},
        {"ServerSideEncryptionConfiguration": {"rules": [default("aws:kms", KEY), {}]}},
    ],
)
def test_what_is_missing_never_makes_it_compliant(supplementary: Any, keys: str | tuple[str, ...]) -> None:
    item = bucket() | {"supplementaryConfiguration": supplementary}
    assert evaluate(RULE, item, keys=keys) == "NON_COMPLIANT"


NAMED = [None, KEY, ALIAS, OTHER_KEY, MANAGED]
RULES = st.lists(
    st.tuples(st.sampled_from(["aws:kms", "aws:kms:dsse", "AES256"]), st.sampled_from(NAMED)),
    min_size=1,
    max_size=2,  # the local engine cuts an answer that lists more violations
)


@given(RULES, st.lists(st.sampled_from([KEY, ALIAS, MANAGED]), unique=True).map(tuple))
def test_every_rule_of_the_bucket_must_do(rules: list[tuple[str, str | None]], keys: tuple[str, ...]) -> None:
    good = all(algorithm != "AES256" and (not keys or (key or MANAGED) in keys) for algorithm, key in rules)
    item = bucket(*(default(algorithm, key) for algorithm, key in rules))
    assert evaluate(RULE, item, keys=keys or s3_keys.ANY) == ("COMPLIANT" if good else "NON_COMPLIANT")


def test_missing_encryption_is_not_compliant_where_keys_are_listed() -> None:
    assert evaluate(RULE, bucket(), keys=(KEY,)) == "NON_COMPLIANT"


KMS = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}, "BucketKeyEnabled": True}
AES = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": False}


def listed(*keys: str) -> dict[str, Any]:
    return {"keys": list(keys) or s3_keys.ANY}


def test_wanted_is_the_state_itself_when_it_is_right() -> None:
    assert EncryptBucket().desired(KMS, HERE, listed()) == KMS


@pytest.mark.parametrize("key", [KEY, KEY.rpartition("/")[2], ALIAS, "alias/bank"])
def test_listed_key_is_left_in_the_form_its_owner_wrote(key: str) -> None:
    state = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms:dsse", "KMSMasterKeyID": key}}
    assert EncryptBucket().desired(state, HERE, listed(KEY, ALIAS)) == state


def test_another_key_is_replaced_where_keys_are_listed() -> None:
    state = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": OTHER_KEY}}
    reached = EncryptBucket().desired(state, HERE, listed(KEY))
    assert reached["ApplyServerSideEncryptionByDefault"]["KMSMasterKeyID"] == KEY
    assert EncryptBucket().desired(reached, HERE, listed(KEY)) == reached


def test_wanted_is_kms_with_the_managed_key_where_none_is_listed() -> None:
    assert EncryptBucket().desired(AES, HERE, listed()) == KMS
    assert EncryptBucket().desired({}, HERE, listed()) == KMS


def test_wanted_takes_the_listed_key_of_the_buckets_region() -> None:
    other = KEY.replace("eu-west-1", "eu-central-1")
    state = EncryptBucket().desired(KMS, HERE, listed(other, KEY))
    assert state["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY}


@pytest.mark.parametrize("named", [{}, {"KMSMasterKeyID": MANAGED}, {"KMSMasterKeyID": "alias/aws/s3"}])
def test_listed_managed_key_is_left_named_or_not(named: dict[str, str]) -> None:
    state = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"} | named}
    assert EncryptBucket().desired(state, HERE, listed(KEY, MANAGED)) == state
    assert EncryptBucket().desired(state, HERE, listed(KEY)) != state


def test_listed_managed_key_is_set_by_naming_none() -> None:
    assert EncryptBucket().desired(AES, HERE, listed(MANAGED, KEY)) == KMS


def test_no_key_in_the_buckets_region_is_said() -> None:
    with pytest.raises(NotRemediableError, match="keys have none in eu-north-1"):
        EncryptBucket().desired(AES, dataclasses.replace(HERE, region="eu-north-1"), listed(KEY))


def test_what_else_the_rule_says_stays() -> None:
    blocked = {"BlockedEncryptionTypes": {"EncryptionType": ["SSE-C"]}}
    assert EncryptBucket().desired(AES | blocked, HERE, listed()) == KMS | blocked
