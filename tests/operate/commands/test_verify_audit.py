"""A copy of the trail is whole, or it is said which record is not."""

import json
from pathlib import Path

import boto3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.audit.writer import written
from handlers.common.stores.audit_chain import Head, digest
from handlers.common.stores.audit_trail import Kind
from handlers.common.stores.report_bucket import record_key
from operate import audit_verification as audit
from operate.__main__ import main
from tests.support.trails import BUCKET, SENDER, bodies, entry, make_trail, record_now

Files = dict[str, bytes]


def trail(length: int) -> tuple[Files, Head]:
    """Returns a trail without its AWS: records as functions write them."""
    files, head = {}, Head()
    for number in range(1, length + 1):
        body = written(entry(f"bucket-{number}", Kind.PLAN), head, SENDER)
        files[record_key(number)] = body
        head = Head(number, digest(body))
    return files, head


def verified(files: Files, head: Head) -> audit.Verification:
    return audit.verify(files, [audit.Anchor(head, "the summary")])


@given(st.integers(0, 12), st.integers(0, 12))
def test_a_whole_trail_is_whole_even_if_its_beginning_has_expired(length: int, expired: int) -> None:
    files, head = trail(length)
    for number in range(1, min(expired, length) + 1):
        del files[record_key(number)]
    if files or not length:
        found = verified(files, head)
        assert found.broken == ()
        assert found.records == len(files)


@given(st.data())
@settings(deadline=None)
def test_any_changed_record_is_named(data: st.DataObject) -> None:
    length = data.draw(st.integers(1, 9))
    files, head = trail(length)
    number = data.draw(st.integers(1, length))
    body = bytearray(files[record_key(number)])
    position = data.draw(st.integers(0, len(body) - 1))
    body[position] ^= data.draw(st.integers(1, 255))
    files[record_key(number)] = bytes(body)
    assert any(f"record {number} was changed" in each for each in verified(files, head).broken)


@given(st.data())
def test_any_removed_record_is_named(data: st.DataObject) -> None:
    length = data.draw(st.integers(3, 9))
    files, head = trail(length)
    number = data.draw(st.integers(2, length - 1))
    del files[record_key(number)]
    assert f"record {number} was removed" in verified(files, head).broken


@given(st.data())
def test_any_two_exchanged_records_are_named(data: st.DataObject) -> None:
    length = data.draw(st.integers(2, 9))
    files, head = trail(length)
    one, two = data.draw(st.permutations(range(1, length + 1)))[:2]
    files[record_key(one)], files[record_key(two)] = files[record_key(two)], files[record_key(one)]
    broken = verified(files, head).broken
    assert f"record {one} was changed: its number is {two}" in broken
    assert f"record {two} was changed: its number is {one}" in broken


@given(st.integers(1, 9), st.integers(1, 9))
def test_a_trail_that_was_cut_off_says_behind_which_record(length: int, cut: int) -> None:
    files, head = trail(length)
    left = max(0, length - cut)
    for number in range(left + 1, length + 1):
        del files[record_key(number)]
    removed = f"all records after {left}" if left else "all records"
    assert f"{removed} were removed: the summary refers to record {length}" in verified(files, head).broken


def test_a_forged_trail_does_not_fit_the_anchor() -> None:
    _, head = trail(3)
    forged, _ = trail(2)
    body = written(entry("another", Kind.PLAN), Head(2, digest(forged[record_key(2)])), SENDER)
    assert verified(forged | {record_key(3): body}, head).broken == (
        "record 3 was changed: the summary has a different hash of it",
    )


def test_what_came_before_an_expired_beginning_is_held_to_its_anchor() -> None:
    files, _ = trail(4)
    early = Head(2, digest(files[record_key(2)]))
    kept = {key: body for key, body in files.items() if key > record_key(2)}
    assert verified(kept, early).broken == ()
    assert "a different hash of the previous record" in verified(kept, Head(2, "0" * 64)).broken[0]


def test_without_an_anchor_the_end_is_said_to_be_open() -> None:
    files, _ = trail(2)
    found = audit.verify(files, [])
    assert (found.broken, len(found.notes)) == ((), 1)
    assert "a change of the last one" in found.notes[0]


def copied(folder: Path, length: int = 3) -> tuple[Path, Head]:
    files, head = trail(length)
    for key, body in files.items():
        (folder / key).parent.mkdir(parents=True, exist_ok=True)
        (folder / key).write_bytes(body)
    score = folder / "scores" / "2026" / "03" / "01.json"
    score.parent.mkdir(parents=True)
    score.write_text(json.dumps({"audit": {"sequence": head.sequence, "sha256": head.sha256, "records": length}}))
    return folder, head


def test_a_copy_needs_nothing_of_aws(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(boto3, "client", lambda *_: pytest.fail("AWS was asked"))
    folder, head = copied(tmp_path)
    for place in (folder, folder / "audit"):
        assert main(["verify-audit", str(place)]) == 0
        assert f"the trail is intact; 3 records, the last is {head.mark}" in capsys.readouterr().out
    (folder / "audit" / "000000000002.json").write_bytes(b"{}")
    (folder / "audit" / "notes.txt").write_text("mine")
    assert main(["verify-audit", str(folder)]) == 1
    said = capsys.readouterr().out
    assert "BROKEN  record 2 was changed: it is not a valid record" in said
    assert "BROKEN  audit/notes.txt is not a record of the trail" in said


def test_a_tampered_end_is_found_by_the_day_s_score(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, head = copied(tmp_path)
    (folder / "audit" / "000000000003.json").unlink()
    assert main(["verify-audit", str(folder)]) == 1
    assert "scores/2026/03/01.json refers to record 3" in capsys.readouterr().out
    (folder / "scores" / "2026" / "03" / "01.json").unlink()
    assert main(["verify-audit", str(folder)]) == 0
    assert main(["verify-audit", str(folder), "--head", head.mark]) == 1


def test_in_its_bucket(aws: None, capsys: pytest.CaptureFixture[str]) -> None:
    make_trail()
    for _ in range(3):
        head = record_now(entry())
    for place in (BUCKET, f"s3://{BUCKET}"):
        assert main(["verify-audit", place, "--head", head.mark]) == 0
    assert len(bodies()) == 3
    assert f"3 records, the last is {head.mark}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["nowhere/at/all"], "no such folder; allowed: a folder, or the name of a bucket"),
        (["no-such-bucket-here"], "is not a folder, and cannot be read as a bucket"),
        (["tests", "--head", "41"], "is not a head: allowed: number:hash"),
        (["tests"], "has no folder audit/"),
    ],
)
def test_what_is_no_trail_is_refused_by_name(
    aws: None, arguments: list[str], why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify-audit", *arguments]) == 2
    assert why in capsys.readouterr().err
