"""What AWS refuses for good is said once, counts for no limit, and is not tried again while nothing has changed."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from handlers.common import clients, clock
from handlers.remediate import refusals
from tests.handlers.conftest import StandingClock
from tests.handlers.remediate.bank import EC2, Bank
from tests.handlers.trails import records

DONE = ["PLAN WOULD_REMEDIATE", "INTENT APPLIED", "OUTCOME APPLIED"]
REFUSED = [*DONE[:2], "OUTCOME REFUSED"]


def error(code: str, status: int = 403, message: str = "with an explicit deny in a service control policy") -> Any:
    answer: Any = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, "PutBucketEncryption")


class Denying:
    """AWS with a service control policy for some buckets; counts the calls."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *denied: str) -> None:
        self.denied, self.calls = set(denied), 0
        self._original = clients.carry_out
        monkeypatch.setattr(clients, "carry_out", self)

    def __call__(self, service: str, operation: str, region: str, parameters: Any) -> None:
        self.calls += 1
        if parameters.get("Bucket") in self.denied or parameters.get("InstanceIds"):
            raise error("AccessDenied")
        self._original(service, operation, region, parameters)


def test_a_denied_write_is_said_once_and_tried_once(
    bank: Bank, time: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank.bucket()
    aws = Denying(monkeypatch, "ledger")
    bank.change()
    for _ in range(8):
        time.pass_by(6 * 3600)
        bank.sweep()
    assert aws.calls == 1
    assert bank.outcomes() == REFUSED
    assert "explicit deny" in records()[-1]["what"]["reason"]
    [mail] = bank.mails()
    assert mail.startswith("[REMEDIATION] REFUSED dev-ew1: ledger")


def test_refused_actions_use_up_no_limit(bank: Bank, time: StandingClock, monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("able", "baker", "charlie")
    for name in names:
        bank.bucket(name)
    bank.configure(scope=names, most_per_run=3, most_per_day=1)
    Denying(monkeypatch, "able", "baker")
    for _ in range(3):
        bank.sweep()
        time.pass_by(60)
    assert bank.algorithm("charlie") == "aws:kms"
    assert "LIMIT_REACHED" not in str(bank.outcomes())
    day = bank.journal.entered(f"{bank.rule}/day/{clock.now():%Y-%m-%d}")
    assert day == {records()[-1]["ids"]["plan_id"]}


def test_a_refused_resource_does_not_fill_the_run_of_the_others(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("able", "baker", "charlie")
    for name in names[:2]:
        bank.bucket(name)
    bank.configure(scope=names, most_per_run=2)
    aws = Denying(monkeypatch, *names)
    bank.sweep()
    aws.denied.clear()
    bank.bucket("charlie")
    bank.sweep()
    assert bank.algorithm("charlie") == "aws:kms"


def test_a_changed_resource_is_tried_again(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    bank.bucket()
    aws = Denying(monkeypatch, "ledger")
    bank.change()
    aws.denied.clear()
    other: Any = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": False}
    bank.s3.put_bucket_encryption(Bucket="ledger", ServerSideEncryptionConfiguration={"Rules": [other]})
    bank.change()
    assert bank.algorithm() == "aws:kms"
    assert bank.outcomes() == [*REFUSED, *DONE]


def test_a_finding_that_was_closed_in_between_is_tried_again(
    bank: Bank, time: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank.bucket()
    aws = Denying(monkeypatch, "ledger")
    bank.change()
    aws.denied.clear()
    time.pass_by(60)
    bank.change(compliance="COMPLIANT")
    time.pass_by(60)
    bank.change()
    assert bank.algorithm() == "aws:kms"


def test_a_protected_instance_is_refused_once(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    identity = bank.instance()
    bank.configure(EC2, scope=(identity,))
    aws = Denying(monkeypatch)
    for _ in range(3):
        bank.sweep()
    assert (aws.calls, bank.outcomes()) == (1, REFUSED)


@pytest.mark.parametrize(
    ("found", "nothing", "final"),
    [
        (error("AccessDenied"), True, True),
        (error("OperationNotPermitted", 400), True, True),
        (error("UnsupportedOperation", 400), True, True),
        (error("Throttling", 400), True, False),
        (error("InvalidDBInstanceState", 400), True, False),
        (error("InternalError", 500), False, False),
        (TimeoutError(), False, False),
    ],
)
def test_what_an_error_says_of_the_write(found: Exception, nothing: bool, final: bool) -> None:
    assert (refusals.wrote_nothing(found), refusals.is_final(found)) == (nothing, final)


def test_a_long_denial_is_cut(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    bank.bucket()

    def denied(*_: Any) -> None:
        raise error("UnauthorizedOperation", message=f"Encoded authorization failure message: {'x' * 5_000}")

    monkeypatch.setattr(clients, "carry_out", denied)
    bank.change()
    assert len(records()[-1]["what"]["reason"]) < 600
