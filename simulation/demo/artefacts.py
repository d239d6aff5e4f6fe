"""The documents of a run: reports, scores, summaries, audit records and alerts."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from handlers.common.stores.report_bucket import REPORTS, SCORES, report_time
from simulation.aws.account import SimulatedAccount

Document = dict[str, Any]


def save(cloud: SimulatedAccount, bucket: str, topics: dict[str, str], folder: Path) -> None:
    """Writes all documents and mails; `topics` are ARNs by short name."""
    for key in keys(cloud, bucket, ""):
        _write(folder / key, body(cloud, bucket, key))
    for word, topic in topics.items():
        for number, mail in enumerate(cloud.published(topic), start=1):
            text = f"Subject: {mail['subject']}\n\n{mail['message']}"
            _write(folder / "alerts" / word.lower() / f"{number:03}-{word.lower()}.txt", text.encode())


def reports(cloud: SimulatedAccount, bucket: str) -> list[Document]:
    """Returns the compliance reports, oldest first."""
    return [document(cloud, bucket, key) for key in keys(cloud, bucket, REPORTS) if report_time(key)]


def last_report(cloud: SimulatedAccount, bucket: str) -> Document:
    """Returns the latest compliance report, without reading the others."""
    *_, key = (key for key in keys(cloud, bucket, REPORTS) if report_time(key))
    return document(cloud, bucket, key)


def listing(cloud: SimulatedAccount, bucket: str, report: Document) -> list[Document]:
    """Returns the findings of a report, one by one."""
    return [json.loads(line) for line in body(cloud, bucket, report["listing"]["key"]).splitlines()]


def scores(cloud: SimulatedAccount, bucket: str) -> list[Document]:
    """Returns the daily scores, oldest first."""
    return [document(cloud, bucket, key) for key in keys(cloud, bucket, SCORES)]


def keys(cloud: SimulatedAccount, bucket: str, prefix: str, after: str = "") -> Iterator[str]:
    """Yields the sorted keys with a prefix; only those after a key, if one is given."""
    lister = cloud.client("s3").get_paginator("list_objects_v2")
    pages = lister.paginate(Bucket=bucket, Prefix=prefix, StartAfter=after)
    yield from sorted(each["Key"] for page in pages for each in page.get("Contents", []))


def body(cloud: SimulatedAccount, bucket: str, key: str) -> bytes:
    """Returns the content of an object."""
    content: bytes = cloud.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    return content


def document(cloud: SimulatedAccount, bucket: str, key: str) -> Document:
    """Returns the parsed content of a JSON object."""
    content: Document = json.loads(body(cloud, bucket, key))
    return content


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
