"""Reads of the documents in the report bucket, by the keys of handlers.common.stores.report_bucket."""

import json
from collections.abc import Iterator
from typing import Any

from handlers.common.runtime import clients


def keys(bucket: str, prefix: str, after: str = "") -> Iterator[str]:
    """Yields the keys under a prefix after the key `after`, in order."""
    pages = clients.s3().get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix, StartAfter=after)
    yield from (item["Key"] for page in pages for item in page.get("Contents", []))


def read(bucket: str, key: str) -> Any:
    """Returns the JSON document under a key; raises ClientError, or ValueError if it is not JSON."""
    return json.loads(clients.s3().get_object(Bucket=bucket, Key=key)["Body"].read())
