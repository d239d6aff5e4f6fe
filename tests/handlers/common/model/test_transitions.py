import dataclasses
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.common.model.events import ComplianceChange
from handlers.common.model.finding import VIOLATED, Finding, Status, Transition
from handlers.common.model.transitions import AlertInProgressError, Evaluation, changed
from handlers.common.runtime import clock
from tests.support.changes import ACCOUNT, event

NOW = datetime(2026, 3, 2, tzinfo=UTC)
CLAIM = timedelta(seconds=60)


def change(compliance_type: str, minute: int) -> ComplianceChange:
    moment = clock.stamp(datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=minute))
    return ComplianceChange.from_event(event(compliance_type=compliance_type, ordering=moment), ACCOUNT.__eq__)


def after(
    finding: Finding | None, compliance_type: str, minute: int, now: datetime = NOW, waiver: str = ""
) -> Finding | None:
    return changed(finding, Evaluation(change(compliance_type, minute), "rule", "HIGH", waiver), now, CLAIM)


def alerted(finding: Finding | None, compliance_type: str, minute: int, waiver: str = "") -> Finding:
    """Returns the finding after a change, its alert sent."""
    result = after(finding, compliance_type, minute, waiver=waiver)
    assert result is not None
    return result.alerted()


def test_first_violation_opens() -> None:
    finding = after(None, "NON_COMPLIANT", 1)
    assert finding is not None
    assert (finding.status, finding.alert_due) == (Status.OPEN, Transition.OPENED)
    assert finding.first_seen == finding.opened_at == "2026-03-01T00:01:00.000Z"


@pytest.mark.parametrize("compliance_type", ["COMPLIANT", "NOT_APPLICABLE"])
def test_first_compliant_result_is_stored_and_not_reported(compliance_type: str) -> None:
    finding = after(None, compliance_type, 1)
    assert finding is not None
    assert (finding.status, finding.alert_due) == (Status.CLEAR, "")


@pytest.mark.parametrize("compliance_type", ["COMPLIANT", "NOT_APPLICABLE"])
def test_compliant_result_resolves(compliance_type: str) -> None:
    finding = after(alerted(None, "NON_COMPLIANT", 1), compliance_type, 2)
    assert finding is not None
    assert (finding.status, finding.alert_due) == (Status.RESOLVED, Transition.RESOLVED)
    assert finding.resolved_at == "2026-03-01T00:02:00.000Z"


def test_new_violation_reopens_and_keeps_the_age() -> None:
    resolved = alerted(alerted(None, "NON_COMPLIANT", 1), "COMPLIANT", 2)
    finding = after(resolved, "NON_COMPLIANT", 3)
    assert finding is not None
    assert (finding.status, finding.alert_due) == (Status.OPEN, Transition.REOPENED)
    assert (finding.first_seen, finding.opened_at) == ("2026-03-01T00:01:00.000Z", "2026-03-01T00:03:00.000Z")


def test_continuing_violation_is_reported_once() -> None:
    finding = after(alerted(None, "NON_COMPLIANT", 1), "NON_COMPLIANT", 2)
    assert finding is not None
    assert (finding.status, finding.alert_due) == (Status.OPEN, "")


@pytest.mark.parametrize("minute", [1, 0])
def test_repeated_or_late_change_is_ignored(minute: int) -> None:
    assert after(alerted(None, "NON_COMPLIANT", 1), "NON_COMPLIANT", minute) is None


def test_late_violation_does_not_open_a_compliant_finding() -> None:
    assert after(alerted(None, "COMPLIANT", 5), "NON_COMPLIANT", 1) is None


def test_alert_in_progress_is_left_to_the_other_delivery() -> None:
    due = after(None, "NON_COMPLIANT", 1)
    for compliance_type, minute in (("NON_COMPLIANT", 1), ("COMPLIANT", 2)):
        with pytest.raises(AlertInProgressError):
            after(due, compliance_type, minute, NOW + timedelta(seconds=59))


def test_alert_never_sent_is_taken_over_by_the_retry() -> None:
    due = after(None, "NON_COMPLIANT", 1)
    later = NOW + timedelta(seconds=60)
    again = after(due, "NON_COMPLIANT", 1, later)
    assert again is not None
    assert again.alert_due == Transition.OPENED
    assert again.alert_claimed_at == clock.stamp(later)


def test_alert_never_sent_is_overtaken_by_the_resolution() -> None:
    finding = after(after(None, "NON_COMPLIANT", 1), "COMPLIANT", 2, NOW + timedelta(minutes=2))
    assert finding is not None
    assert finding.alert_due == Transition.RESOLVED


def test_alert_never_sent_is_kept_by_an_unchanged_result() -> None:
    finding = after(after(None, "NON_COMPLIANT", 1), "NON_COMPLIANT", 2, NOW + timedelta(minutes=2))
    assert finding is not None
    assert (finding.alert_due, finding.opened_at) == (Transition.OPENED, "2026-03-01T00:01:00.000Z")


def test_late_change_is_ignored_while_an_alert_is_being_sent() -> None:
    assert after(after(None, "NON_COMPLIANT", 2), "COMPLIANT", 1) is None


def test_a_waiver_begins_on_a_known_violation_and_keeps_its_age() -> None:
    finding = after(alerted(None, "NON_COMPLIANT", 1), "NON_COMPLIANT", 1, waiver="crane")
    assert finding is not None
    assert (finding.status, finding.alert_due, finding.waiver) == (Status.WAIVED, Transition.WAIVED, "crane")
    assert finding.opened_at == "2026-03-01T00:01:00.000Z"
    assert after(finding.alerted(), "NON_COMPLIANT", 1, waiver="crane") is None


def test_expired_waiver_reopens_the_finding_with_its_age() -> None:
    finding = after(alerted(None, "NON_COMPLIANT", 1, "crane"), "NON_COMPLIANT", 1)
    assert finding is not None
    assert (finding.status, finding.alert_due, finding.waiver) == (Status.OPEN, Transition.REOPENED, "crane")
    assert finding.first_seen == finding.opened_at == "2026-03-01T00:01:00.000Z"
    assert finding.alerted().waiver == ""


def test_a_waiver_may_replace_another() -> None:
    finding = after(alerted(None, "NON_COMPLIANT", 1, "crane"), "NON_COMPLIANT", 1, waiver="bridge")
    assert finding is not None
    assert (finding.alert_due, finding.waiver) == (Transition.WAIVED, "bridge")


def test_finding_fixed_while_waived_is_resolved() -> None:
    finding = after(alerted(None, "NON_COMPLIANT", 1, "crane"), "COMPLIANT", 2, waiver="crane")
    assert finding is not None
    assert (finding.status, finding.alert_due, finding.waiver) == (Status.RESOLVED, Transition.SETTLED, "crane")


def test_due_alert_is_reported_before_a_waiver_begins() -> None:
    due = after(None, "NON_COMPLIANT", 1)
    late = after(due, "NON_COMPLIANT", 1, NOW + timedelta(minutes=2), waiver="crane")
    assert late is not None
    assert late.alert_due == Transition.OPENED


def test_a_waiver_does_not_apply_to_a_compliant_resource() -> None:
    assert after(alerted(None, "COMPLIANT", 1), "COMPLIANT", 1, waiver="crane") is None


WAIVERS = st.sampled_from(["", "", "crane", "bridge"])


@given(st.lists(st.tuples(st.sampled_from(["COMPLIANT", "NON_COMPLIANT"]), WAIVERS), min_size=1, max_size=8))
def test_status_follows_the_last_result_and_a_violation_begins_once(history: list[tuple[str, str]]) -> None:
    finding: Finding | None = None
    for minute, (compliance_type, waiver) in enumerate(history):
        before = finding
        result = after(finding, compliance_type, minute, waiver=waiver)
        finding = result.alerted() if result else finding
        assert finding is not None
        bad = compliance_type == "NON_COMPLIANT"
        expected = (Status.WAIVED if waiver else Status.OPEN,) if bad else (Status.RESOLVED, Status.CLEAR)
        assert finding.status in expected
        assert finding.waiver == (waiver if bad else "")
        if bad and before is not None and before.status in VIOLATED:
            assert finding.opened_at == before.opened_at


HISTORY = st.lists(st.sampled_from(["COMPLIANT", "NON_COMPLIANT", "NOT_APPLICABLE"]), min_size=1, max_size=6)


@given(HISTORY, st.randoms(use_true_random=False), st.integers(1, 3))
def test_any_order_and_repetition_ends_in_the_same_state(history: list[str], random: object, times: int) -> None:
    delivered = [(compliance_type, minute) for minute, compliance_type in enumerate(history)] * times
    random.shuffle(delivered)  # type: ignore[attr-defined]
    finding: Finding | None = None
    for compliance_type, minute in delivered:
        result = after(finding, compliance_type, minute)
        finding = result.alerted() if result else finding
    assert finding is not None
    assert finding.compliance_type == history[-1]
    assert (finding.status == Status.OPEN) == (history[-1] == "NON_COMPLIANT")
    assert finding.order == change(history[-1], len(history) - 1).order


@given(HISTORY)
def test_in_order_each_transition_is_reported_exactly_once(history: list[str]) -> None:
    finding: Finding | None = None
    alerts = []
    for minute, compliance_type in enumerate(history):
        for _ in range(2):
            result = after(finding, compliance_type, minute)
            if result:
                alerts += [result.alert_due] if result.alert_due else []
                finding = result.alerted()
    bad = [compliance_type == "NON_COMPLIANT" for compliance_type in history]
    changes = sum(now != before for now, before in zip(bad, [False, *bad], strict=False))
    assert len(alerts) == changes


def test_revision_grows_with_every_write() -> None:
    finding = after(None, "NON_COMPLIANT", 1)
    assert finding is not None
    assert finding.revision == 1
    assert finding.alerted().revision == 2


def test_id_names_everything() -> None:
    finding = alerted(None, "NON_COMPLIANT", 1)
    assert finding.finding_id == "rule/111122223333/eu-west-1/AWS::S3::Bucket/ledger"
    assert dataclasses.replace(finding, region="eu-north-1").finding_id != finding.finding_id
