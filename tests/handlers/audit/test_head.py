"""The head of the trail is recovered from the bucket for any state of the journal."""

import json

import boto3
import pytest

from handlers.common.runtime import clients
from handlers.common.stores.audit_chain import Chain, digest
from handlers.common.stores.journal import HEAD, KEY
from handlers.common.stores.report_bucket import record_key
from tests.handlers.audit.conftest import Way, is_chained
from tests.support.trails import BUCKET, TABLE, bodies, entry, journal, record_now, records


@pytest.mark.parametrize("behind", [0, 1, 5, 77])
def test_a_lost_or_restored_head_is_recovered(way: Way, behind: int) -> None:
    heads = [record_now(entry(str(number))) for number in range(80)]
    table = boto3.client("dynamodb", "eu-west-1")
    for item in table.scan(TableName=TABLE)["Items"]:
        table.delete_item(TableName=TABLE, Key={KEY: item[KEY]})
    if behind:
        Chain(BUCKET, journal()).note(heads[79 - behind])
    way.put("after")
    assert way.run() == 0
    assert len(bodies()) == 81
    assert is_chained()


def test_a_lost_head_is_recovered_after_expired_records(way: Way) -> None:
    for number in range(30):
        record_now(entry(str(number)))
    for number in range(1, 20):
        clients.s3().delete_object(Bucket=BUCKET, Key=record_key(number))
    boto3.client("dynamodb", "eu-west-1").delete_item(TableName=TABLE, Key={KEY: {"S": HEAD}})
    way.put("after")
    way.run()
    assert max(bodies()) == 31
    assert json.loads(bodies()[31])["previous_sha256"] == digest(bodies()[30])


def test_numbering_continues_after_all_records_expired(way: Way) -> None:
    last = [record_now(entry(word)) for word in ("first", "second")][-1]
    for number in (1, 2):
        clients.s3().delete_object(Bucket=BUCKET, Key=record_key(number))
    way.put("third")
    way.run()
    assert [(record["sequence"], record["previous_sha256"]) for record in records()] == [(3, last.sha256)]
