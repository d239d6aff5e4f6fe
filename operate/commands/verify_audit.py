"""Verifies the audit trail: of a downloaded copy without any rights at AWS, or in its bucket."""

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

HELP = "whether the audit trail is whole"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the trail's place, and heads that were noted."""
    parser.add_argument("place", metavar="PATH_OR_BUCKET", help="a folder with audit/ (and scores/) in it, or a bucket")
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
        help=f"whose setting says how long records stay; without it, {LEAST_RETENTION_DAYS} days, the least allowed",
    )


def run(arguments: argparse.Namespace) -> int:
    """Prints what is wrong, and where the trail ends; 1 if anything is."""
    try:
        given = [audit.anchor(mark) for mark in arguments.head]
    except audit.AnchorError as error:
        raise InputError(f"--head {error}") from error
    days = settings_of(arguments).audit.retention_days if arguments.environment else LEAST_RETENTION_DAYS
    records, scores = _read(arguments.place)
    found = audit.verify(records, [*given, *audit.anchors_of(scores)], audit.Kept(days, clock.now()))
    for each in found.broken:
        print(f"BROKEN  {each}")
    for each in found.notes:
        print(f"note    {each}")
    state = f"{len(found.broken)} things are wrong" if found.broken else "the trail is whole"
    print(f"{state}: {found.records} records, the last is {found.head.mark}")
    return int(bool(found.broken))


def _read(place: str) -> tuple[dict[str, bytes], dict[str, bytes]]:
    folder = Path(place)
    if folder.is_dir():
        top = folder if (folder / AUDIT).is_dir() else folder.parent
        if not (top / AUDIT).is_dir():
            raise InputError(f"{place}: has no folder {AUDIT}: allowed: a copy of the report bucket, or its {AUDIT}")
        return _files(top, AUDIT), _files(top, SCORES)
    if "/" in place.removeprefix("s3://") or not place.removeprefix("s3://"):
        raise InputError(f"{place}: there is no such folder; allowed: a folder, or the name of a bucket")
    bucket = place.removeprefix("s3://")
    try:
        return dict(_objects(bucket, AUDIT)), dict(_objects(bucket, SCORES))
    except (BotoCoreError, ClientError) as error:
        raise InputError(f"{place}: is no folder, and as a bucket cannot be read: {error}") from error


def _files(top: Path, prefix: str) -> dict[str, bytes]:
    found = (path for path in (top / prefix).rglob("*") if path.is_file())
    return {path.relative_to(top).as_posix(): path.read_bytes() for path in found}


def _objects(bucket: str, prefix: str) -> Iterator[tuple[str, bytes]]:
    s3 = client("s3", None)
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        for found in page.get("Contents", []):
            yield found["Key"], s3.get_object(Bucket=bucket, Key=found["Key"])["Body"].read()
