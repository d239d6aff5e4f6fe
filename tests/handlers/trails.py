"""A report bucket and a journal in the simulated AWS, and the trail that lies there."""

import json
from typing import Any
from uuid import uuid4

import boto3

from handlers.common import layout
from handlers.common.journal import KEY, Journal
from handlers.common.trail import Entry, Kind, Trail

BUCKET, TABLE = "compliance-reports-dev-ew1", "journal-dev-ew1"


def make_trail() -> Trail:
    """An empty one."""
    place: Any = {"LocationConstraint": "eu-west-1"}
    boto3.client("s3", "eu-west-1").create_bucket(Bucket=BUCKET, CreateBucketConfiguration=place)
    make_journal()
    return Trail(BUCKET, journal())


def make_journal() -> None:
    """An empty table."""
    boto3.client("dynamodb", "eu-west-1").create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": KEY, "AttributeType": "S"}],
        KeySchema=[{"AttributeName": KEY, "KeyType": "HASH"}],
    )


def journal() -> Journal:
    """The journal."""
    return Journal(boto3.client("dynamodb", "eu-west-1"), TABLE)


def bodies() -> dict[int, bytes]:
    """The records' bytes by number."""
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
    """The records in their order."""
    return [json.loads(body) for _, body in sorted(bodies().items())]


def entry(word: str = "bucket", kind: Kind = Kind.PLAN) -> Entry:
    """An entry about something."""
    return Entry(
        kind=kind, once=str(uuid4()), who={"role": "tester"}, what={"resource_id": word}, why={"rule": "some-rule"}
    )
