"""The list of a rule's open cases under concurrent changes."""

import pytest

from handlers.common.model.finding import finding_id, parts_of
from handlers.common.stores import open_cases
from tests.support.trails import journal, make_journal

RULE, OTHER = "s3-bucket-default-encryption-kms", "rds-backup-retention-minimum"
ACCOUNT, REGION = "111122223333", "eu-west-1"
LEDGER, LEGACY = (finding_id(RULE, ACCOUNT, REGION, "AWS::S3::Bucket", name) for name in ("ledger", "legacy"))
ORDERS = finding_id(OTHER, ACCOUNT, REGION, "AWS::RDS::DBInstance", "db-ORDERS")


@pytest.fixture(autouse=True)
def table(aws: None) -> None:
    make_journal()


def test_an_id_with_a_slash_is_taken_apart() -> None:
    parts = ["rule", ACCOUNT, REGION, "AWS::Some::Type", "a/b/c"]
    assert parts_of(finding_id(*parts)) == parts


def test_each_rule_has_its_list() -> None:
    assert open_cases.listed(journal(), RULE) == []
    for each in (LEDGER, LEGACY, ORDERS, LEDGER):
        open_cases.enter(journal(), each, 1)
    assert sorted(open_cases.listed(journal(), RULE)) == [LEDGER, LEGACY]
    open_cases.leave(journal(), LEDGER, 2)
    assert open_cases.listed(journal(), RULE) == [LEGACY]
    assert sorted(open_cases.listed(journal(), OTHER, RULE)) == [ORDERS, LEGACY]
    assert not open_cases.is_listed(journal(), LEDGER)
    assert open_cases.is_listed(journal(), ORDERS)
    open_cases.leave(journal(), LEGACY, 2)
    assert open_cases.listed(journal(), RULE) == []


def test_what_was_entered_since_stays() -> None:
    open_cases.enter(journal(), LEDGER, 3)
    open_cases.leave(journal(), LEDGER, 2)
    open_cases.enter(journal(), LEDGER, 1)
    open_cases.leave(journal(), LEDGER, 2)
    assert open_cases.is_listed(journal(), LEDGER)
    open_cases.leave(journal(), LEDGER, 3)
    assert not open_cases.is_listed(journal(), LEDGER)
    open_cases.leave(journal(), LEDGER, 4)
