"""Which keys a bucket may name, and what of that a policy and the remediation see."""

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
    ("key", "expected"),
    [
        (KEY, "COMPLIANT"),
        (KEY.rpartition("/")[2], "COMPLIANT"),
        (ALIAS, "COMPLIANT"),
        ("alias/bank", "COMPLIANT"),
        ("alias/other", "NON_COMPLIANT"),
        (KEY.replace("3f1c9a52", "00000000"), "NON_COMPLIANT"),
        (f"{KEY}0", "NON_COMPLIANT"),
        (None, "NON_COMPLIANT"),
    ],
)
def test_listed_keys_count_in_every_form_that_s3_keeps(key: str | None, expected: str) -> None:
    assert evaluate(RULE, bucket(default("aws:kms", key)), keys=(KEY, ALIAS)) == expected


def test_default_without_a_key_is_not_compliant_where_keys_are_listed() -> None:
    keyless = {"applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms"}}
    assert evaluate(RULE, bucket(keyless), keys=(KEY,)) == "NON_COMPLIANT"


def named(key: str | None) -> dict[str, Any]:
    return bucket(default("aws:kms", key))


ELSEWHERE = KEY.replace("111122223333", "444455556666")
MULTI_REGION = "mrk-0123456789abcdef0123456789abcdef"
ID = KEY.rpartition("/")[2]
WORDS = {
    # key: compliant with "customer", and with "account"
    KEY: (True, True),
    ID: (True, True),
    ALIAS: (True, True),
    "alias/bank": (True, True),
    "alias/a_team/bank-2": (True, True),
    MULTI_REGION: (True, True),
    KEY.replace(ID, MULTI_REGION): (True, True),
    KEY.replace("arn:aws:", "arn:aws-eusc:"): (True, True),
    ELSEWHERE: (True, False),
    ELSEWHERE.replace(f"key/{ID}", "alias/bank"): (True, False),
    MANAGED: (False, False),
    "alias/aws/s3": (False, False),
    "alias/aws/ebs": (False, False),
    "null": (False, False),
    "": (False, False),
    None: (False, False),
    f"{KEY} ": (False, False),
    f"{ELSEWHERE}\n{KEY}": (False, False),
    f"{ELSEWHERE}:{KEY}": (False, False),
    "3f1c9a52": (False, False),
}


@pytest.mark.parametrize("keys", [s3_keys.CUSTOMER, s3_keys.ACCOUNT])
@pytest.mark.parametrize("key", WORDS)
def test_words_for_keys(key: str | None, keys: str) -> None:
    good = WORDS[key][keys == s3_keys.ACCOUNT]
    assert evaluate(RULE, named(key), keys=keys) == ("COMPLIANT" if good else "NON_COMPLIANT")
    state = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}}
    if good:
        assert EncryptBucket().desired(state, HERE, {"keys": keys}) == state
    else:
        with pytest.raises(NotRemediableError, match="list the key's ARN"):
            EncryptBucket().desired(state, HERE, {"keys": keys})


@pytest.mark.parametrize("keys", [s3_keys.CUSTOMER, s3_keys.ACCOUNT])
@pytest.mark.parametrize("key", [[], [KEY], [None], {}, 0, False])
def test_what_is_no_text_is_no_customer_managed_key(key: Any, keys: str) -> None:
    item = bucket({"applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms", "kmsMasterKeyID": key}})
    assert evaluate(RULE, item, keys=keys) == "NON_COMPLIANT"
    assert evaluate(RULE, bucket({"applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms"}}), keys=keys) == (
        "NON_COMPLIANT"
    )
    assert evaluate(RULE, bucket(default("AES256", KEY)), keys=keys) == "NON_COMPLIANT"


@given(
    st.sampled_from(sorted(key for key in WORDS if key)),
    st.sampled_from([s3_keys.CUSTOMER, s3_keys.ACCOUNT]),
    st.data(),
)
def test_policy_and_remediation_agree(key: str, keys: str, data: st.DataObject) -> None:
    """Whatever is cut out of a key, or put into it."""
    start, end = sorted((data.draw(st.integers(0, len(key))), data.draw(st.integers(0, len(key)))))
    key = key[:start] + data.draw(st.sampled_from(["", "a", "/", ":", "\n", "aws/"])) + key[end:]
    state = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}}
    try:
        good = EncryptBucket().desired(state, HERE, {"keys": keys}) == state
    except NotRemediableError:
        good = False
    assert evaluate(RULE, named(key), keys=keys) == ("COMPLIANT" if good else "NON_COMPLIANT")


NAMELESS: list[dict[str, Any]] = [{}, {"kmsMasterKeyID": None}, {"kmsMasterKeyID": "null"}, {"kmsMasterKeyID": ""}]


@pytest.mark.parametrize("algorithm", ["aws:kms", "aws:kms:dsse"])
@pytest.mark.parametrize("named", [*NAMELESS, {"kmsMasterKeyID": MANAGED}, {"kmsMasterKeyID": "alias/aws/s3"}])
def test_a_bucket_that_names_no_key_is_encrypted_with_the_managed_one(named: dict[str, Any], algorithm: str) -> None:
    item = bucket({"applyServerSideEncryptionByDefault": {"sseAlgorithm": algorithm} | named})
    assert evaluate(RULE, item, keys=(KEY, MANAGED)) == "COMPLIANT"
    assert evaluate(RULE, item, keys=(KEY, ALIAS)) == "NON_COMPLIANT"


@pytest.mark.parametrize("key", [OTHER_KEY, "alias/aws/s3x", "alias/other", [], [MANAGED], [None], {}, 0, False])
def test_where_the_managed_key_is_listed_another_one_is_not(key: Any) -> None:
    item = bucket({"applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms", "kmsMasterKeyID": key}})
    assert evaluate(RULE, item, keys=(KEY, MANAGED)) == "NON_COMPLIANT"


@pytest.mark.parametrize("key", [[], [KEY]])
def test_a_list_is_no_key(key: list[str]) -> None:
    encryption = {"applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms", "kmsMasterKeyID": key}}
    assert evaluate(RULE, bucket(encryption), keys=(KEY,)) == "NON_COMPLIANT"


@pytest.mark.parametrize(
    ("owner", "key", "accepted"),
    [
        ("111122223333", "alias/bank", True),
        ("999999999999", "alias/bank", False),
        ("999999999999", "arn:aws:kms:eu-west-1:999999999999:alias/bank", True),
    ],
)
def test_an_alias_without_an_account_is_one_of_the_bucket_s_own(owner: str, key: str, accepted: bool) -> None:
    listed = [f"arn:aws:kms:eu-west-1:{owner}:alias/bank"]
    assert s3_keys.will_do(key, listed, "111122223333") is accepted
    assert any('"alias/bank"' in clause for clause in s3_keys.clauses(listed, "111122223333")) is (
        owner == "111122223333"
    )
