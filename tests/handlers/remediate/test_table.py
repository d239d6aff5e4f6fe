"""The decision table of docs/remediation.md, row by row: mode, scope, waiver, approval, switch, window, limit."""

from pathlib import Path
from typing import Any

import pytest

from handlers.common.model import exclusion, waiver
from handlers.common.model.exclusion import Exclusion
from handlers.common.model.outcome import Outcome
from tests.handlers.conftest import StandingClock
from tests.support.remediation_account import APPROVER, ROLE, RemediationAccount
from tests.support.trails import records
from tests.support.waivers import waiver as made


def written(bank: RemediationAccount) -> bool:
    return bank.algorithm() == "aws:kms"


@pytest.mark.parametrize("mode", ["plan", "approve", "enforce"])
def test_waived(bank: RemediationAccount, monkeypatch: pytest.MonkeyPatch, mode: str) -> None:
    bank.configure(mode=mode)
    bank.bucket()
    monkeypatch.setattr(waiver, "load", lambda: (made(),))
    for _ in range(2):
        bank.change()
    assert (bank.outcomes(), written(bank)) == (["REFUSAL WAIVED"], False)
    assert records()[0]["what"]["reason"] == "waiver crane is valid until 2026-03-31 (RISK-7)"


@pytest.mark.parametrize("mode", ["plan", "approve", "enforce"])
def test_excluded(bank: RemediationAccount, monkeypatch: pytest.MonkeyPatch, mode: str) -> None:
    bank.configure(mode=mode)
    bank.bucket()
    excluded = Exclusion(id="excluded-1ed9", rule=made().rule, reason="moves next year", resource=made().resource)
    monkeypatch.setattr(exclusion, "load", lambda: (excluded,))
    for _ in range(2):
        bank.change()
    assert (bank.outcomes(), written(bank)) == (["REFUSAL WAIVED"], False)
    assert records()[0]["what"]["reason"] == "excluded from the rule: moves next year"


@pytest.mark.parametrize("mode", ["plan", "approve", "enforce"])
def test_out_of_scope(bank: RemediationAccount, mode: str, capsys: pytest.CaptureFixture[str]) -> None:
    bank.configure(mode=mode, scope=("another",))
    bank.bucket()
    for _ in range(2):
        bank.change()
    assert (bank.outcomes(), written(bank)) == ([], False), "counted, and not recorded one by one"
    assert capsys.readouterr().out.count('"Result": "BLOCKED"') == 2


@pytest.mark.parametrize("mode", ["plan", "approve", "enforce"])
def test_already_compliant(bank: RemediationAccount, mode: str) -> None:
    bank.bucket()
    bank.change()
    bank.configure(mode=mode, scope=("vault",))
    bank.bucket("vault")
    rule: Any = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}
    bank.s3.put_bucket_encryption(Bucket="vault", ServerSideEncryptionConfiguration={"Rules": [rule]})
    bank.change("vault")
    assert bank.outcomes()[3:] == ["REFUSAL ALREADY_COMPLIANT"]


@pytest.mark.parametrize("mode", ["plan", "approve", "enforce"])
def test_not_remediable(bank: RemediationAccount, mode: str) -> None:
    bank.configure(mode=mode, s3_keys=["arn:aws:kms:eu-central-1:111122223333:alias/bank"])
    bank.bucket()
    bank.change()
    assert (bank.outcomes(), written(bank)) == (["REFUSAL NOT_REMEDIABLE"], False)
    assert "the rule's keys have none in eu-west-1" in records()[0]["what"]["reason"]


def test_plan(bank: RemediationAccount) -> None:
    bank.configure(mode="plan")
    bank.bucket()
    for _ in range(2):
        bank.change()
    assert (bank.outcomes(), written(bank)) == (["PLAN WOULD_REMEDIATE"], False)
    assert bank.mails() == []


def test_plan_reads_no_switch_no_limit_and_no_approval(bank: RemediationAccount) -> None:
    bank.configure(mode="plan", max_per_run=0, change_windows=("sat 02:00-03:00",))
    bank.turn("stopped")
    bank.bucket()
    bank.change()
    assert bank.outcomes() == ["PLAN WOULD_REMEDIATE"]


def test_enforce(bank: RemediationAccount) -> None:
    bank.bucket()
    bank.change()
    assert (bank.outcomes()[-1], written(bank)) == ("OUTCOME APPLIED", True)


def test_approve_waits_for_an_approval(bank: RemediationAccount) -> None:
    bank.configure(mode="approve")
    bank.bucket()
    for _ in range(2):
        bank.change()
    assert (bank.outcomes(), written(bank)) == (["PLAN WOULD_REMEDIATE", "REFUSAL AWAITING_APPROVAL"], False)
    assert [each.split()[1] for each in bank.mails()] == ["AWAITING_APPROVAL"]


def test_approved(bank: RemediationAccount) -> None:
    bank.configure(mode="approve")
    bank.bucket()
    bank.change()
    bank.approve(bank.plan_id())
    assert bank.outcomes()[2:] == ["APPROVAL_USED APPLIED", "INTENT APPLIED", "OUTCOME APPLIED"]
    assert written(bank)
    assert records()[-1]["who"] == {"role": ROLE, "approver": APPROVER}


def test_an_approval_whose_event_was_lost_is_found_by_the_next_run(
    bank: RemediationAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank.configure(mode="approve")
    bank.bucket()
    bank.change()
    with monkeypatch.context() as patched:
        patched.setattr("tests.support.remediation_account.handler", lambda *_: None)
        bank.approve(bank.plan_id())
    bank.sweep()
    assert written(bank)


def test_an_approval_is_used_once(bank: RemediationAccount, time: StandingClock) -> None:
    bank.configure(mode="approve")
    bank.bucket()
    bank.change()
    approved = bank.plan_id()
    for _ in range(2):
        bank.approve(approved)
    assert bank.outcomes().count("APPROVAL_USED APPLIED") == 1
    bank.s3.delete_bucket_encryption(Bucket="ledger")
    time.pass_by(60)
    bank.change()
    assert not written(bank)
    bank.approve(approved)
    assert not written(bank)
    assert bank.outcomes()[-3:] == ["PLAN WOULD_REMEDIATE", "REFUSAL AWAITING_APPROVAL", "REFUSAL APPROVAL_REFUSED"]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"approver": ROLE}, "is the plan's requester"),
        ({"approver": "arn:aws:sts::111122223333:assumed-role/remediate-dev-ew1/session"}, "is the plan's requester"),
        ({"plan_sha256": "0" * 64}, "with the hash 000"),
        ({"plan_id": "dev-ew1-0000000000000000"}, "it is for plan dev-ew1-0000000000000000"),
        ({"approved_at": "2026-02-27T23:59:00.000Z"}, "expired after 24 hours"),
        ({"approved_at": "2026-03-01T00:02:00.000Z"}, "is in the future"),
        ({"approved_at": "yesterday"}, "not an ISO 8601 time"),
        ({"approver": ""}, "a non-empty string is required"),
    ],
)
def test_an_approval_that_is_not_valid(bank: RemediationAccount, changes: dict[str, str], why: str) -> None:
    bank.configure(mode="approve")
    bank.bucket()
    bank.change()
    bank.approve(bank.plan_id(), changes=changes)
    bank.change()
    assert (bank.outcomes()[2:], written(bank)) == (["REFUSAL APPROVAL_REFUSED"], False)
    assert why in records()[-1]["what"]["reason"]
    assert bank.mails()[-1].split()[1] == "APPROVAL_REFUSED"


OTHER = "arn:aws:iam::111122223333:user/grace"


def test_two_principals_approve_where_two_are_needed(bank: RemediationAccount) -> None:
    bank.configure(mode="approve", approvals_needed=2)
    bank.bucket()
    bank.change()
    bank.approve(bank.plan_id())
    assert (bank.outcomes()[-1], written(bank)) == ("REFUSAL AWAITING_APPROVAL", False)
    bank.approve(bank.plan_id(), OTHER)
    assert written(bank)
    assert records()[-1]["who"]["approver"] == ", ".join(sorted([APPROVER, OTHER]))


@pytest.mark.parametrize(
    "second",
    [
        APPROVER,
        APPROVER.replace("Approvers", "Others"),
        ROLE,
    ],
)
def test_one_principal_and_the_requester_are_not_two_approvers(bank: RemediationAccount, second: str) -> None:
    bank.configure(mode="approve", approvals_needed=2)
    bank.bucket()
    bank.change()
    bank.approve(bank.plan_id())
    bank.approve(bank.plan_id(), second)
    assert not written(bank)


def test_an_invalid_approval_does_not_block_the_valid_ones(bank: RemediationAccount) -> None:
    bank.configure(mode="approve")
    bank.bucket()
    bank.change()
    bank.put_approval(bank.plan_id(), b"yes", OTHER)
    assert not written(bank)
    bank.approve(bank.plan_id())
    assert written(bank)


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b'{"plan_id": 1}'])
def test_an_object_that_is_not_an_approval(bank: RemediationAccount, body: bytes) -> None:
    bank.configure(mode="approve")
    bank.bucket()
    bank.change()
    bank.put_approval(bank.plan_id(), body)
    assert (bank.outcomes()[-1], written(bank)) == ("REFUSAL APPROVAL_REFUSED", False)
    assert "cannot be read" in records()[-1]["what"]["reason"]


def test_a_plan_whose_resource_has_changed_is_rejected(bank: RemediationAccount) -> None:
    bank.configure(mode="approve")
    bank.bucket()
    bank.change()
    approved = bank.plan_id()
    rule: Any = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    bank.s3.put_bucket_encryption(Bucket="ledger", ServerSideEncryptionConfiguration={"Rules": [rule]})
    bank.approve(approved)
    assert bank.algorithm() == "AES256"
    assert bank.outcomes()[2:] == [
        "PLAN WOULD_REMEDIATE",
        "REFUSAL AWAITING_APPROVAL",
        "REFUSAL APPROVAL_REFUSED",
    ]
    assert "the resource has changed since" in records()[-1]["what"]["reason"]


def test_every_outcome_has_a_row() -> None:
    """Excludes outcomes tested elsewhere: of writes in test_app and test_rules, of rollbacks with the command."""
    elsewhere = {"FAILED", "NOT_VERIFIED", "SUPERSEDED", "AWAITING_CONFIG", "CONTAINED", "NOT_FIXED", "REMEDIATED"}
    elsewhere |= {"GONE", "ROLLED_BACK", "SUSPENDED", "REFUSED"}
    here = {"WAIVED", "OUT_OF_SCOPE", "ALREADY_COMPLIANT", "NOT_REMEDIABLE", "WOULD_REMEDIATE", "AWAITING_APPROVAL"}
    here |= {"APPROVAL_REFUSED", "KILL_SWITCH_ENGAGED", "OUTSIDE_WINDOW", "LIMIT_REACHED", "APPLIED"}
    assert elsewhere | here == set(Outcome)
    document = (Path(__file__).parents[3] / "docs" / "remediation.md").read_text()
    assert [outcome for outcome in Outcome if f"`{outcome}`" not in document] == []
