"""What a run leaves behind in demo-output/: reports, audit records and alerts, as they would arrive."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from handlers.common.layout import AUDIT, REPORTS
from simulation.cloud import Cloud


def fresh(folder: Path) -> None:
    """Empties the folder of an earlier run."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)


def save(cloud: Cloud, bucket: str, topics: dict[str, str], folder: Path) -> int:
    """Writes everything out; returns the number of files."""
    for key, document in documents(cloud, bucket, ""):
        _write(folder / key, json.dumps(document, indent=2, sort_keys=True) + "\n")
    for severity, topic in topics.items():
        for number, mail in enumerate(cloud.published(topic), start=1):
            name = f"{number:03}-{severity.lower()}.txt"
            _write(folder / "alerts" / severity.lower() / name, f"Subject: {mail['subject']}\n\n{mail['message']}")
    return sum(path.is_file() for path in folder.rglob("*"))


def reports(cloud: Cloud, bucket: str) -> list[dict[str, Any]]:
    """The compliance reports, oldest first."""
    return [document for _, document in documents(cloud, bucket, REPORTS)]


def audit_records(cloud: Cloud, bucket: str) -> list[dict[str, Any]]:
    """The remediations' audit records, oldest first."""
    return sorted((document for _, document in documents(cloud, bucket, AUDIT)), key=lambda record: str(record["at"]))


def documents(cloud: Cloud, bucket: str, prefix: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The JSON documents under a prefix of the bucket, by key."""
    s3 = cloud.client("s3")
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    for key in sorted(found["Key"] for page in pages for found in page.get("Contents", [])):
        yield key, json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
