"""Events in any order, repeated or concurrent, and invocations that are killed at any call.

The result is always the same: the bucket is encrypted, each attempt is one write, every write has an intent and an
outcome, and the trail is complete.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from botocore.client import BaseClient
from hypothesis import example, given, settings
from hypothesis import strategies as st

from handlers.common.runtime import clients, clock
from handlers.common.stores.audit_chain import BEGINNING, digest
from handlers.remediate.app import FailedSweepError
from handlers.remediate.progress import InProgressError
from simulation.aws.mocked import mocked
from tests.support.changes import ACCOUNT
from tests.support.remediation_account import RemediationAccount
from tests.support.trails import bodies, records

START = datetime(2026, 3, 1, 0, 1, tzinfo=UTC)


class Crash(BaseException):
    """The function's process was killed."""


@dataclass(frozen=True)
class Disturbance:
    """A disturbance at a call: the process is killed before or after it, or another event is processed first."""

    kind: str
    at: int


@dataclass(frozen=True)
class Step:
    """An event, and its disturbance."""

    what: str
    disturbance: Disturbance | None = None


@st.composite
def steps(draw: st.DrawFn) -> Step:
    what = draw(st.sampled_from(["violation", "sweep", "compliant", "changed back", "minutes", "late news"]))
    kinds = st.sampled_from(["dies before", "dies after", "meanwhile"])
    disturbances = st.builds(Disturbance, kinds, st.integers(0, 30))
    return Step(what, draw(st.one_of(st.none(), disturbances)))


class World:
    """An account with a clock, in which calls can be disturbed."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = START
        clock.use(lambda: self.now)
        clients._client.cache_clear()
        self.bank = RemediationAccount(monkeypatch)
        self.bank.bucket()
        self.writes = self.changed_back = self._calls = 0
        self._disturb: Callable[[int, bool], None] = lambda _call, _after: None
        original = BaseClient._make_api_call  # type: ignore[attr-defined]

        def call(client: Any, operation: str, parameters: Any) -> Any:
            number = self._calls
            self._calls += 1
            self._disturb(number, False)
            answer = original(client, operation, parameters)
            self.writes += operation == "PutBucketEncryption"
            self.changed_back += operation == "DeleteBucketEncryption"
            self._disturb(number, True)
            return answer

        monkeypatch.setattr(BaseClient, "_make_api_call", call)

    def do(self, step: Step) -> None:
        """Runs one step with its disturbance."""
        self.now += timedelta(seconds=1)
        with self._disturbed(step.disturbance), suppress(Crash, InProgressError, FailedSweepError):
            self._happen(step.what)

    def settle(self) -> None:
        """Runs retries and schedules without disturbances, until nothing is left to do."""
        for _ in range(2):
            self.now += timedelta(seconds=301)
            self._happen("sweep")
        self.now += timedelta(seconds=60)
        self._happen("compliant")

    def _happen(self, what: str) -> None:
        encrypted = self.bank.algorithm() == "aws:kms"
        if what == "violation" and not encrypted:
            self.bank.change()
        elif what == "late news":  # from before, and outdated
            self.bank.change(at=clock.stamp(START))
        elif what == "sweep":
            self.bank.sweep()
        elif what == "compliant" and encrypted:
            self.bank.change(compliance="COMPLIANT")
        elif what == "changed back" and encrypted:
            self.bank.s3.delete_bucket_encryption(Bucket="ledger")
        elif what == "minutes":
            self.now += timedelta(seconds=301)

    @contextmanager
    def _disturbed(self, disturbance: Disturbance | None) -> Iterator[None]:
        self._calls, before = 0, self._disturb
        if disturbance is not None:
            self._disturb = lambda call, after: self._strike(disturbance, call, after)
        yield
        self._disturb = before

    def _strike(self, disturbance: Disturbance, call: int, after: bool) -> None:
        if call != disturbance.at or after != (disturbance.kind == "dies after"):
            return
        self._disturb = lambda _call, _after: None
        if disturbance.kind != "meanwhile":
            raise Crash
        with suppress(InProgressError):
            self.bank.change()


@contextmanager
def world() -> Iterator[World]:
    with pytest.MonkeyPatch.context() as monkeypatch, mocked(ACCOUNT, "eu-west-1"):
        source = clock._source
        yield World(monkeypatch)
        clock.use(source)
    clients._client.cache_clear()


@given(st.lists(steps(), max_size=6))
@example([Step("violation", Disturbance("dies after", number)) for number in range(8, 16)])
@example([Step("violation"), Step("changed back", Disturbance("dies after", 1))])
@example([Step("sweep", Disturbance("meanwhile", number)) for number in range(4, 20, 2)])
@settings(deadline=None, max_examples=15)
def test_result_is_the_same_in_any_order(happened: list[Step]) -> None:
    with world() as bank:
        for step in happened:
            bank.do(step)
        bank.settle()
        assert bank.bank.algorithm() == "aws:kms"
        assert bank.writes <= 1 + bank.changed_back
        _check_trail()


@pytest.mark.parametrize("every", [3, pytest.param(1, marks=pytest.mark.thorough)])
@pytest.mark.parametrize("kind", ["dies before", "dies after", "meanwhile"])
def test_invocation_may_end_at_any_call(kind: str, every: int) -> None:
    """Disturbs each call in turn, or every third, during the remediation of one violation."""
    number = 0
    while True:
        with world() as bank:
            bank.do(Step("violation", Disturbance(kind, number)))
            reached = bank._calls > number
            bank.settle()
            assert (bank.bank.algorithm(), bank.writes) == ("aws:kms", 1), f"{kind} call {number}"
            _check_trail()
        if not reached:
            break
        number += every
    assert number > 15


def _check_trail() -> None:
    """Checks that the trail is complete, every write has an intent and an outcome, and Config confirmed the last."""
    listed = records()
    held = [body for _, body in sorted(bodies().items())]
    assert [each["sequence"] for each in listed] == list(range(1, len(listed) + 1))
    assert listed[0]["previous_sha256"] == BEGINNING
    assert all(digest(before) == after["previous_sha256"] for before, after in pairwise_of(held, listed))
    kinds = [(each["kind"], each["ids"].get("plan_id")) for each in listed]
    for number, (kind, plan) in enumerate(kinds):
        if kind == "INTENT":
            assert ("PLAN", plan) in kinds[:number]
            assert ("OUTCOME", plan) in kinds[number:]
    outcomes = [each["what"]["outcome"] for each in listed]
    assert "REMEDIATED" in outcomes[max(number for number, (kind, _) in enumerate(kinds) if kind == "INTENT") :]


def pairwise_of(held: list[bytes], listed: list[Any]) -> Iterator[tuple[bytes, Any]]:
    return zip(held, (later for _, later in pairwise(listed)), strict=False)
