"""The forms in which configuration items are exported, and the files and folders with them."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from simulation.demo.exports import SnapshotError, named
from simulation.demo.snapshot import Snapshot, read
from tests.simulation.demo.test_snapshot import ACCOUNT, api_form, bucket, instance, written


def row(item: dict[str, Any], *without: str) -> str:
    """Returns an item in the form of a query result."""
    kept = {key: value for key, value in item.items() if key != "awsAccountId" and key not in without}
    tags = [{"key": "Team", "value": "risk", "tag": "Team=risk"}]
    return json.dumps({"accountId": item["awsAccountId"], "tags": tags, **kept})


def one(snapshot: Snapshot) -> dict[str, Any]:
    assert snapshot.problems == []
    [[item]] = snapshot.items.values()
    assert item.readable
    return item.document


@pytest.mark.parametrize(
    "document",
    [
        {"fileVersion": "1.0", "configSnapshotId": "1", "configurationItems": [bucket()]},
        {"fileVersion": "1.0", "requestId": "1", "configurationItems": [bucket()]},
        {"configurationItems": [api_form(bucket())]},
        {"baseConfigurationItems": [api_form(bucket())], "unprocessedResourceKeys": []},
        {"BaseConfigurationItems": [api_form(bucket())], "UnprocessedResourceIdentifiers": []},
        {"Results": [row(bucket())], "QueryInfo": {"SelectFields": [{"Name": "resourceId"}]}},
        {"Results": [row(api_form(bucket()) | {"awsAccountId": ACCOUNT})]},
        {"ConfigurationItem": api_form(bucket())},
        [{"configurationItems": [bucket()]}],
        bucket(),
    ],
)
def test_every_form_is_the_same_bucket(document: Any, tmp_path: Path) -> None:
    snapshot = read(written(tmp_path, document))
    assert list(snapshot.items) == [(ACCOUNT, "eu-west-1")]
    found = one(snapshot)
    for key in ("resourceId", "configuration", "supplementaryConfiguration"):
        assert found[key] == bucket()[key]


def test_tags_of_a_query_are_an_object(tmp_path: Path) -> None:
    assert one(read(written(tmp_path, {"Results": [row(bucket())]})))["tags"] == {"Team": "risk"}


@pytest.mark.parametrize("tags", ["text", 7, [["a"]], [{"value": "x"}]])
def test_tags_in_an_unknown_form_are_ignored(tags: Any, tmp_path: Path) -> None:
    assert one(read(written(tmp_path, [bucket(tags=tags)])))["tags"] == {}


@pytest.mark.parametrize("missing", ["resourceType", "resourceId", "supplementaryConfiguration"])
def test_query_without_required_members_gets_a_hint(missing: str, tmp_path: Path) -> None:
    rows = [row(bucket(), missing), row(bucket("b"), missing)]
    problems = read(written(tmp_path, {"Results": rows})).problems
    assert len(problems) == 3
    assert "SELECT accountId, awsRegion, resourceType, resourceId," in problems[0]
    assert missing in problems[1]
    assert problems[1].startswith("Results[0]: ")


def test_row_with_invalid_json_is_named(tmp_path: Path) -> None:
    assert read(written(tmp_path, {"Results": ["{", row(bucket())]})).problems[0].startswith("Results[0]: invalid JSON")


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ({"unprocessedResourceKeys": [{}, {}]}, "unprocessedResourceKeys: AWS Config omitted 2 of the resources"),
        ({"UnprocessedResourceIdentifiers": [{}]}, "UnprocessedResourceIdentifiers: AWS Config omitted 1 "),
        ({"nextToken": "AAAA"}, "nextToken: the file lacks the next pages"),
        ({"NextToken": "AAAA"}, "NextToken: the file lacks the next pages"),
    ],
)
def test_incomplete_response_is_named(more: dict[str, Any], problem: str, tmp_path: Path) -> None:
    (said,) = read(written(tmp_path, {"baseConfigurationItems": [api_form(bucket())], **more})).problems
    assert said.startswith(problem)


def lines(*documents: Any) -> bytes:
    return "".join(json.dumps(each) + "\n" for each in documents).encode()


MIXED = (bucket("a"), {"configurationItems": [bucket("b")]}, {"Results": [row(bucket("c"))]})


@pytest.mark.parametrize(
    "content",
    [
        lines(*MIXED),
        b"\n" + lines(*MIXED) + b"\r\n \n",
        b"\n".join(json.dumps(each, indent=2).encode() for each in MIXED),
        gzip.compress(lines(*MIXED)),
        b"".join(gzip.compress(json.dumps(each).encode()) for each in MIXED),
        lines(*MIXED).decode().encode("utf-16"),
        b"\xef\xbb\xbf" + lines(*MIXED),
    ],
)
def test_one_document_after_the_other_is_read(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "items.jsonl"
    file.write_bytes(content)
    snapshot = read(file)
    assert snapshot.problems == []
    assert [item.resource_id for item in snapshot.items[ACCOUNT, "eu-west-1"]] == ["a", "b", "c"]


def test_line_is_named(tmp_path: Path) -> None:
    file = tmp_path / "items.jsonl"
    file.write_bytes(lines(bucket()) + b"\n" + lines({"a": 1}, {"configurationItems": [7]}))
    assert [problem.split(" is ")[0].split(" has ")[0] for problem in read(file).problems] == [
        "line 3:",
        "line 4: configurationItems[0]:",
    ]
    file.write_bytes(lines(bucket()) + b"{broken\n")
    with pytest.raises(SnapshotError, match=r"invalid JSON: .*line 2 column"):
        read(file)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    deep = tmp_path / "AWSLogs" / "2026"
    deep.mkdir(parents=True)
    (tmp_path / "a.json").write_bytes(lines(bucket("a")))
    (tmp_path / "b.jsonl").write_bytes(lines(bucket("b"), bucket("b")))
    (deep / "c.json.gz").write_bytes(gzip.compress(lines({"configurationItems": [bucket("c"), instance()]})))
    (deep / "ConfigWritabilityCheckFile").write_text("")
    return tmp_path


def test_folder_is_read_with_all_below(folder: Path) -> None:
    snapshot = read(folder, folder / "a.json")
    assert [item.resource_id for item in snapshot.items[ACCOUNT, "eu-west-1"]] == ["c", "i-1", "a", "b"]
    assert snapshot.older == 1
    (problem,) = snapshot.problems
    assert problem.startswith(f"{folder / 'AWSLogs' / '2026' / 'c.json.gz'}: configurationItems[1]: ")


def test_other_file_of_a_folder_is_skipped_and_named(folder: Path) -> None:
    (folder / "package.json").write_text('{"name": "x"}')
    assert any(problem.startswith("skipped: ") and "package.json" in problem for problem in read(folder).problems)
    with pytest.raises(SnapshotError, match=r"package\.json"):
        read(folder / "a.json", folder / "package.json")


def test_folder_without_items_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SnapshotError, match=r"has no file that ends in \.json"):
        read(tmp_path)
    (tmp_path / "package.json").write_text("{}")
    with pytest.raises(SnapshotError, match="in a supported form"):
        read(tmp_path)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["a.json"], ["a.json"]),
        (["a.json b.jsonl"], ["a.json", "b.jsonl"]),
        (["a.json", "b.jsonl  a.json"], ["a.json", "b.jsonl"]),
        (["*.json*"], ["a.json", "b.jsonl"]),
        (["a**.json"], ["a**.json"]),
        (["AWSLogs none.json"], ["AWSLogs", "none.json"]),
        (["with blank.json"], ["with blank.json"]),
        (["x[1].json"], ["x[1].json"]),
    ],
)
def test_a_text_may_name_several_files(
    words: list[str], expected: list[str], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    if "*" not in words[0]:
        for name in ("with blank.json", "x[1].json", "x1.json"):
            (folder / name).write_text("[]")
    assert named(words) == list(map(Path, expected))


def test_a_home_folder_is_found(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(folder))
    assert named(["~/a.json ~/b.jsonl"]) == [folder / "a.json", folder / "b.jsonl"]


def test_no_name_is_refused() -> None:
    with pytest.raises(SnapshotError, match="no file or folder"):
        named([" "])


def test_unreadable_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = written(tmp_path, [])

    def refused(*_: Any, **__: Any) -> Any:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refused)
    with pytest.raises(SnapshotError, match="cannot read: Permission denied"):
        read(file)
