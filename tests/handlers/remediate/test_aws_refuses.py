"""A final denial is reported once, does not count for limits, and is not retried without a change."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from handlers.common.runtime import clients, clock
from handlers.remediate import refusals
from tests.handlers.conftest import StandingClock
from tests.support.remediation_account import EC2, RemediationAccount
from tests.support.trails import records

DONE = ["PLAN WOULD_REMEDIATE", "INTENT APPLIED", "OUTCOME APPLIED"]
REFUSED = [*DONE[:2], "OUTCOME REFUSED"]


def error(code: str, status: int = 403, message: str = "with an explicit deny in a service control policy") -> Any:
    answer: Any = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, "PutBucketEncryption")


class Refusing:
    """A fake of AWS that denies changes of some buckets and all instances, and counts the calls."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *denied: str, code: str = "UnsupportedOperation") -> None:
        self.denied, self.calls, self._code = set(denied), 0, code
        self._original = clients.call
        monkeypatch.setattr(clients, "call", self)

    def __call__(self, service: str, operation: str, region: str, parameters: Any) -> None:
        self.calls += 1
        if parameters.get("Bucket") in self.denied or parameters.get("InstanceIds"):
            raise error(self._code)
        self._original(service, operation, region, parameters)


def test_a_denied_write_is_reported_once_and_tried_once(
    bank: RemediationAccount, time: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank.bucket()
    aws = Refusing(monkeypatch, "ledger")
    bank.change()
    for _ in range(8):
        time.pass_by(6 * 3600)
        bank.sweep()
    assert aws.calls == 1
    assert bank.outcomes() == REFUSED
    assert "explicit deny" in records()[-1]["what"]["reason"]
    [mail] = bank.mails()
    assert mail.startswith("[REMEDIATION] REFUSED dev-ew1: ledger")


def test_a_denial_is_retried_once_for_delayed_permissions(
    bank: RemediationAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank.bucket()
    aws = Refusing(monkeypatch, "ledger", code="AccessDenied")
    with pytest.raises(ClientError):
        bank.change()
    aws.denied.clear()
    bank.change()
    assert bank.algorithm() == "aws:kms"
    assert bank.outcomes() == [*DONE[:2], "OUTCOME FAILED", *DONE[1:]]


def test_a_denial_that_recurs_is_final(bank: RemediationAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    bank.bucket()
    aws = Refusing(monkeypatch, "ledger", code="AccessDenied")
    with pytest.raises(ClientError):
        bank.change()
    for _ in range(3):
        bank.change()
    assert aws.calls == 2
    assert bank.outcomes() == [*DONE[:2], "OUTCOME FAILED", *REFUSED[1:]]


def test_a_mail_that_could_not_be_sent_is_sent_by_the_next_event(
    bank: RemediationAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank.bucket()
    Refusing(monkeypatch, "ledger")
    with monkeypatch.context() as patched:
        patched.setattr(clients, "sqs", lambda: (_ for _ in ()).throw(error("Throttling")))
        with pytest.raises(ClientError):
            bank.change()
    assert bank.mails() == []
    for _ in range(3):
        bank.change()
    assert len(bank.mails()) == 1


def test_an_unreadable_kill_switch_is_not_a_denial(bank: RemediationAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    bank.bucket()
    original, reads = clients.ssm, []

    def failing() -> Any:
        reads.append(1)
        if len(reads) == 2:
            raise error("AccessDeniedException")
        return original()

    monkeypatch.setattr(clients, "ssm", failing)
    with pytest.raises(ClientError):
        bank.change()
    assert "REFUSED" not in str(bank.outcomes())


def test_a_run_counts_denied_resources_that_have_changed(
    bank: RemediationAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = tuple(f"bucket-{number}" for number in range(4))
    for name in names:
        bank.bucket(name)
    bank.configure(scope=names, max_per_run=4)
    aws = Refusing(monkeypatch, *names)
    bank.sweep()
    aws.denied.clear()
    for name in names:
        bank.encrypt_otherwise(name)
    bank.configure(scope=names, max_per_run=2)
    bank.sweep()
    assert {bank.algorithm(name) for name in names} == {"AES256"}
    assert bank.outcomes()[-1] == "REFUSAL LIMIT_REACHED"


def test_denied_actions_do_not_count_for_limits(
    bank: RemediationAccount, time: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("able", "baker", "charlie")
    for name in names:
        bank.bucket(name)
    bank.configure(scope=names, max_per_run=3, max_per_day=1)
    Refusing(monkeypatch, "able", "baker")
    for _ in range(3):
        bank.sweep()
        time.pass_by(60)
    assert bank.algorithm("charlie") == "aws:kms"
    assert "LIMIT_REACHED" not in str(bank.outcomes())
    day = bank.journal.entered(f"{bank.rule}/day/{clock.now():%Y-%m-%d}")
    assert day == {records()[-1]["ids"]["plan_id"]}


def test_a_denied_resource_does_not_use_the_limit_of_others(
    bank: RemediationAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("able", "baker", "charlie")
    for name in names[:2]:
        bank.bucket(name)
    bank.configure(scope=names, max_per_run=2)
    aws = Refusing(monkeypatch, *names)
    bank.sweep()
    aws.denied.clear()
    bank.bucket("charlie")
    bank.sweep()
    assert bank.algorithm("charlie") == "aws:kms"


def test_a_changed_resource_is_tried_again(bank: RemediationAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    bank.bucket()
    aws = Refusing(monkeypatch, "ledger")
    bank.change()
    aws.denied.clear()
    bank.encrypt_otherwise()
    bank.change()
    assert bank.algorithm() == "aws:kms"
    assert bank.outcomes() == [*REFUSED, *DONE]


def test_a_finding_resolved_in_between_is_tried_again(
    bank: RemediationAccount, time: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank.bucket()
    aws = Refusing(monkeypatch, "ledger")
    bank.change()
    aws.denied.clear()
    time.pass_by(60)
    bank.change(compliance="COMPLIANT")
    time.pass_by(60)
    bank.change()
    assert bank.algorithm() == "aws:kms"


def test_a_protected_instance_is_refused_once(bank: RemediationAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    identity = bank.instance()
    bank.configure(EC2, scope=(identity,))
    aws = Refusing(monkeypatch)
    for _ in range(3):
        bank.sweep()
    assert (aws.calls, bank.outcomes()) == (1, REFUSED)


@pytest.mark.parametrize(
    ("found", "nothing", "final"),
    [
        (error("AccessDenied"), True, False),
        (error("UnauthorizedOperation"), True, False),
        (error("AuthorizationError"), True, False),
        (error("KMSAccessDeniedException", 400), True, False),
        (error("OperationNotPermitted", 400), True, True),
        (error("UnsupportedOperation", 400), True, True),
        (error("Throttling", 400), True, False),
        (error("InvalidDBInstanceState", 400), True, False),
        (error("InternalError", 500), False, False),
        (TimeoutError(), False, False),
    ],
)
def test_errors_that_leave_a_write_undone_or_unknown(found: Exception, nothing: bool, final: bool) -> None:
    assert (refusals.wrote_nothing(found), refusals.is_final(found, again=False)) == (nothing, final)


def test_a_long_denial_is_truncated(bank: RemediationAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    bank.bucket()

    def denied(*_: Any) -> None:
        raise error("UnsupportedOperation", message=f"Encoded authorization failure message: {'x' * 5_000}")

    monkeypatch.setattr(clients, "call", denied)
    bank.change()
    assert len(records()[-1]["what"]["reason"]) < 600
