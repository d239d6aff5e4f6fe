"""A report bucket and a journal in the simulated AWS, and the trail that lies there."""

import json
from typing import Any
from uuid import uuid4

import boto3
from moto.sqs.models import sqs_backends

from handlers.audit.writer import Writer
from handlers.common.stores import report_bucket as layout
from handlers.common.stores.audit_chain import Chain, Head
from handlers.common.stores.audit_trail import Entry, Kind, Trail
from handlers.common.stores.journal import KEY, Journal
from tests.support.changes import ACCOUNT

BUCKET, TABLE, QUEUE = "compliance-reports-dev-ew1", "journal-dev-ew1", "audit-dev-ew1.fifo"
SENDER = "AROAEXAMPLE:remediate-dev-ew1"


def make_trail() -> Trail:
    """Returns the way into an empty one."""
    place: Any = {"LocationConstraint": "eu-west-1"}
    boto3.client("s3", "eu-west-1").create_bucket(Bucket=BUCKET, CreateBucketConfiguration=place)
    make_journal()
    attributes = {"FifoQueue": "true"}
    return Trail(boto3.client("sqs", "eu-west-1").create_queue(QueueName=QUEUE, Attributes=attributes)["QueueUrl"])


def write_all(most: int = 10) -> int:
    """Has the writer take batches from the queue until it is empty; returns how many records were written."""
    queue, before = sqs_backends[ACCOUNT]["eu-west-1"].queues.get(QUEUE), len(bodies())
    while queue is not None and queue._messages:
        batch = queue._messages[:most]
        writer = Writer(Chain(BUCKET, journal()))
        entries = [Entry.of(message.body) for message in batch]
        writer.begin(entries)
        for each in entries:
            writer.write(each, SENDER)
        writer.end()
        queue._messages = queue._messages[most:]
    return len(bodies()) - before


def make_journal() -> None:
    """An empty table."""
    boto3.client("dynamodb", "eu-west-1").create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": KEY, "AttributeType": "S"}],
        KeySchema=[{"AttributeName": KEY, "KeyType": "HASH"}],
    )


def journal() -> Journal:
    """Returns the journal."""
    return Journal(boto3.client("dynamodb", "eu-west-1"), TABLE)


def record_now(each: Entry, bucket: str = BUCKET) -> Head:
    """Writes one record, as the function does; returns its place."""
    writer = Writer(Chain(bucket, journal()))
    writer.begin([each])
    writer.write(each, SENDER)
    writer.end()
    return writer.chain.noted() or Head()


def bodies() -> dict[int, bytes]:
    """Returns the records' bytes by number, as they lie in the bucket."""
    s3 = boto3.client("s3", "eu-west-1")
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=layout.AUDIT)
    keys = [found["Key"] for page in pages for found in page.get("Contents", [])]
    numbers = {layout.record_sequence(key): key for key in keys}
    return {
        number: s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()
        for number, key in numbers.items()
        if number is not None
    }


def records() -> list[dict[str, Any]]:
    """Returns the records in their order, those that wait included."""
    write_all()
    return [json.loads(body) for _, body in sorted(bodies().items())]


def entry(word: str = "bucket", kind: Kind = Kind.PLAN) -> Entry:
    """Returns an entry about something."""
    return Entry(
        kind=kind, once=str(uuid4()), who={"role": "tester"}, what={"resource_id": word}, why={"rule": "some-rule"}
    )
