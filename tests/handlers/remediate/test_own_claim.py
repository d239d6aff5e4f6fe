"""A retry takes over the claim of a killed invocation of the same event."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.common.runtime import clients
from handlers.remediate.progress import CLAIM, OWN_CLAIM, InProgressError, Progress
from tests.handlers.conftest import StandingClock
from tests.support.killed import kill_while_writing
from tests.support.remediation_account import RemediationAccount

NOW = datetime(2026, 3, 1, tzinfo=UTC)
DONE = ["PLAN WOULD_REMEDIATE", "INTENT APPLIED", "OUTCOME APPLIED"]


def test_the_retry_of_an_event_takes_over_at_once(
    bank: RemediationAccount, time: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank.bucket()
    kill_while_writing(monkeypatch, bank.change)
    time.pass_by(60)
    written = []
    monkeypatch.setattr(clients, "call", lambda *given: written.append(given))
    bank.change()
    assert (bank.outcomes(), written) == (DONE, [])


@pytest.mark.parametrize(("event_id", "seconds"), [("change-1", 44), ("change-2", 60), ("change-2", 299)])
@pytest.mark.parametrize("compliance", ["NON_COMPLIANT", "COMPLIANT"])
def test_a_doubled_delivery_and_other_events_wait(
    bank: RemediationAccount,
    time: StandingClock,
    monkeypatch: pytest.MonkeyPatch,
    event_id: str,
    seconds: int,
    compliance: str,
) -> None:
    bank.bucket()
    kill_while_writing(monkeypatch, bank.change)
    time.pass_by(seconds)
    bank.event_id = event_id
    with pytest.raises(InProgressError):
        bank.change(compliance=compliance)
    assert bank.outcomes() == DONE[:2]


def test_a_redelivered_result_takes_over_its_claim(
    bank: RemediationAccount, time: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank.bucket()
    kill_while_writing(monkeypatch, bank.change)
    time.pass_by(60)
    bank.change(compliance="COMPLIANT")
    assert bank.outcomes() == [*DONE, "VERIFICATION REMEDIATED"]


@given(st.sampled_from(["", "one", "other"]), st.integers(0, 400))
def test_a_claim_is_as_old_as_its_event_allows(event_id: str, seconds: int) -> None:
    case = Progress("finding").claimed_for("plan", "", "one", NOW)
    longest = OWN_CLAIM if event_id == "one" else CLAIM
    age = timedelta(seconds=seconds)
    assert case.is_claimed(NOW + age, event_id) == (age < longest)
    for free in (case.finished(), case.in_state(case.state)):
        assert not free.is_claimed(NOW, event_id)
        assert free.claimed_by == "", "what claims it next is not that event"


def test_a_claim_without_an_owner_lasts_for_all_events() -> None:
    case = Progress("finding").claimed_for("plan", "", "", NOW)
    assert case.is_claimed(NOW + timedelta(seconds=60), "")
