"""Configuration items in files, as delivered by AWS Config to S3 or printed by the AWS CLI."""

import gzip
import json
import os
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from handlers.common.runtime.errors import ComplianceMonitorError

GZIP_MAGIC = b"\x1f\x8b"
ENDINGS = (".json", ".jsonl", ".json.gz", ".jsonl.gz")

LISTS = ("configurationItems", "baseConfigurationItems", "BaseConfigurationItems")
ROWS = "Results"  # of a query: each is an item as a JSON string
ONE = "ConfigurationItem"
UNPROCESSED = ("unprocessedResourceKeys", "UnprocessedResourceIdentifiers")
MORE = ("nextToken", "NextToken")

SELECTED = (
    "accountId, awsRegion, resourceType, resourceId, resourceName, tags, configuration, supplementaryConfiguration, "
    "configurationItemStatus, configurationItemCaptureTime"
)
KNOWN = f"""\
Supported files, optionally compressed with gzip:
- deliveries of AWS Config to its bucket, for example after
  `aws configservice deliver-config-snapshot --delivery-channel-name default`
- the output of these commands of `aws configservice`, with --output json:
  get-resource-config-history --resource-type AWS::S3::Bucket --resource-id NAME
  batch-get-resource-config --resource-keys resourceType=AWS::S3::Bucket,resourceId=NAME
  select-resource-config --expression "SELECT {SELECTED} WHERE resourceType = 'AWS::S3::Bucket'"
  batch-get-aggregate-resource-config and select-aggregate-resource-config, with the same arguments
- a list of configuration items, or one item or document per line"""


class SnapshotError(ComplianceMonitorError, ValueError):
    """A file has no readable configuration items; the message names it and the supported files."""


class Raw(NamedTuple):
    """A raw item of a file; `problem` is the reason for which it is invalid or its document incomplete."""

    place: str
    value: Any = None
    selected: bool = False
    problem: str = ""


def named(words: Sequence[str]) -> list[Path]:
    """Returns the files and folders of a command line, in which one word may name several; raises SnapshotError."""
    paths: dict[Path, None] = {}
    for word in words:
        whole = Path(word).expanduser()
        parts = [word] if whole.exists() else word.split()
        paths |= dict.fromkeys(path for part in parts for path in _matched(part))
    if not paths:
        raise SnapshotError(f"no file or folder is named.\n{KNOWN}")
    return list(paths)


def _matched(word: str) -> list[Path]:
    path = Path(word).expanduser()
    if path.exists():
        return [path]
    with suppress(ValueError):  # "**" within a name is not a pattern
        return sorted(Path(path.anchor).glob(str(path.relative_to(path.anchor)))) or [path]
    return [path]


def files(folder: Path) -> list[Path]:
    """Returns the files below a folder that may have items; raises SnapshotError if there are none."""
    paths = sorted(
        Path(place) / name for place, _, names in os.walk(folder) for name in names if name.lower().endswith(ENDINGS)
    )
    if not paths:
        raise SnapshotError(f"{folder}: has no file that ends in {', '.join(ENDINGS)}.\n{KNOWN}")
    return paths


def raws(file: Path) -> list[Raw]:
    """Returns the raw items of a file; raises SnapshotError if the file cannot be read."""
    documents = list(_documents(file))
    if not any(map(_is_known, (document for _, document in documents))):
        raise SnapshotError(f"{file}: has no configuration items in a supported form.\n{KNOWN}")
    if len(documents) == 1:
        return list(_within(documents[0][1], ""))
    return [raw for line, document in documents for raw in _within(document, f"line {line}")]


def _documents(file: Path) -> Iterator[tuple[int, Any]]:
    """Yields each JSON document of a file, with the line on which it begins."""
    decoder = json.JSONDecoder(parse_constant=_no_number)
    try:
        text = _text(file)
        line, seen, position = 1, 0, _skip_blanks(text, 0)
        if position == len(text):
            raise ValueError("the file is empty")
        while position < len(text):
            line, seen = line + text.count("\n", seen, position), position
            document, position = decoder.raw_decode(text, position)
            yield line, document
            position = _skip_blanks(text, position)
    except OSError as error:
        raise SnapshotError(f"{file}: cannot read: {error.strerror or error}") from error
    except (EOFError, zlib.error) as error:
        raise SnapshotError(f"{file}: truncated or invalid gzip file: {error}") from error
    except (ValueError, RecursionError) as error:
        raise SnapshotError(f"{file}: invalid JSON: {error}.\n{KNOWN}") from error


def _text(file: Path) -> str:
    content = file.read_bytes()
    if content.startswith(GZIP_MAGIC):
        content = gzip.decompress(content)
    text = content.decode(json.detect_encoding(content), "surrogatepass")
    return text.removeprefix("\ufeff")


def _skip_blanks(text: str, position: int) -> int:
    while position < len(text) and text[position] in " \t\r\n":
        position += 1
    return position


def _no_number(word: str) -> Any:
    raise ValueError(f"{word} is not a JSON number")


def _is_known(document: Any) -> bool:
    return isinstance(document, list) or _is_item(document) or _is_answer(document)


def _is_item(document: Any) -> bool:
    return isinstance(document, dict) and "resourceType" in document


def _is_answer(document: Any) -> bool:
    """Returns whether a document contains items."""
    return isinstance(document, dict) and (
        any(isinstance(document.get(name), list) for name in (*LISTS, ROWS)) or _is_item(document.get(ONE))
    )


def _within(document: Any, place: str) -> Iterator[Raw]:
    """Yields the items of a document; a list may contain both items and documents."""
    if not isinstance(document, list):
        yield from _answered(document, place)
        return
    for index, each in enumerate(document):
        yield from _answered(each, f"{place}: item [{index}]" if place else f"item [{index}]")


def _answered(document: Any, place: str) -> Iterator[Raw]:
    if not _is_answer(document) or _is_item(document):
        yield Raw(place or "item", document)
        return
    before = f"{place}: " if place else ""
    for name in LISTS:
        for index, each in enumerate(_list(document, name)):
            yield Raw(f"{before}{name}[{index}]", each)
    for index, each in enumerate(_list(document, ROWS)):
        yield _row(f"{before}{ROWS}[{index}]", each)
    if _is_item(document.get(ONE)):
        yield Raw(f"{before}{ONE}", document[ONE])
    for name in UNPROCESSED:
        if omitted := _list(document, name):
            yield Raw(
                f"{before}{name}", problem=f"AWS Config omitted {len(omitted)} of the resources: request them again"
            )
    for name in MORE:
        if document.get(name):
            yield Raw(f"{before}{name}", problem="the file lacks the next pages")


def _list(document: dict[str, Any], name: str) -> list[Any]:
    member = document.get(name)
    return member if isinstance(member, list) else []


def _row(place: str, row: Any) -> Raw:
    try:
        return Raw(place, json.loads(row) if isinstance(row, str) else row, selected=True)
    except (ValueError, RecursionError) as error:
        return Raw(place, problem=f"invalid JSON: {error}")
