"""Verifies the audit trail in a downloaded copy, which needs no AWS permissions, or in its bucket."""

import argparse
from collections.abc import Iterator
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from handlers.common.runtime import clock
from handlers.common.runtime.clients import client
from handlers.common.stores.report_bucket import AUDIT, SCORES
from operate import audit_verification as audit
from operate.arguments import InputError, settings_of
from settings.sections import LEAST_RETENTION_DAYS

HELP = "verify the integrity of the audit trail"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the location of the trail, its known heads, and the environment."""
    parser.add_argument("place", metavar="PATH_OR_BUCKET", help="a folder with audit/ (and scores/), or a bucket")
    parser.add_argument(
        "--head",
        action="append",
        default=[],
        metavar="NUMBER:HASH",
        help="a head of the trail from a daily summary; may be given several times",
    )
    parser.add_argument(
        "--environment",
        metavar="NAME",
        help=f"environment with the retention of records; default: {LEAST_RETENTION_DAYS} days, the minimum",
    )


def run(arguments: argparse.Namespace) -> int:
    """Prints problems, notes and the head of the trail; returns 1 if there are problems."""
    try:
        given = [audit.anchor(mark) for mark in arguments.head]
    except audit.AnchorError as error:
        raise InputError(f"--head {error}") from error
    days = settings_of(arguments).audit.retention_days if arguments.environment else LEAST_RETENTION_DAYS
    records, scores = _read(arguments.place)
    result = audit.verify(records, [*given, *audit.anchors_of(scores)], audit.Retention(days, clock.now()))
    for each in result.broken:
        print(f"BROKEN  {each}")
    for each in result.notes:
        print(f"note    {each}")
    if not arguments.environment:
        print(f"note    the retention is assumed to be {days} days, the minimum; --environment NAME takes the setting")
    state = f"problems found: {len(result.broken)}" if result.broken else "the trail is intact"
    print(f"{state}; {result.records} record{'' if result.records == 1 else 's'}, the last is {result.head.mark}")
    return int(bool(result.broken))


def _read(place: str) -> tuple[dict[str, bytes], dict[str, bytes]]:
    folder = Path(place)
    if folder.is_dir():
        top = folder if (folder / AUDIT).is_dir() else folder.parent
        if not (top / AUDIT).is_dir():
            raise InputError(f"{place}: has no folder {AUDIT}: allowed: a copy of the report bucket, or its {AUDIT}")
        return _files(top, AUDIT), _files(top, SCORES)
    if "/" in place.removeprefix("s3://") or not place.removeprefix("s3://"):
        raise InputError(f"{place}: no such folder; allowed: a folder, or the name of a bucket")
    bucket = place.removeprefix("s3://")
    try:
        return dict(_objects(bucket, AUDIT)), dict(_objects(bucket, SCORES))
    except (BotoCoreError, ClientError) as error:
        raise InputError(f"{place}: is not a folder, and cannot be read as a bucket: {error}") from error


def _files(top: Path, prefix: str) -> dict[str, bytes]:
    files = (path for path in (top / prefix).rglob("*") if path.is_file())
    return {path.relative_to(top).as_posix(): path.read_bytes() for path in files}


def _objects(bucket: str, prefix: str) -> Iterator[tuple[str, bytes]]:
    s3 = client("s3", None)
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        for found in page.get("Contents", []):
            yield found["Key"], s3.get_object(Bucket=bucket, Key=found["Key"])["Body"].read()
