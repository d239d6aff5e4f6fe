"""A report over several invocations, some of them killed, equals the report of one invocation."""

from typing import Any

import pytest

from handlers.report.app import FailedReadsError
from handlers.report.run import NoProgressError
from handlers.rules import RULES
from tests.support.report_account import EC2, KEY_OF_REPORT, SCHEDULE, Account, Context, refusal


class KilledError(BaseException):
    """Ends the invocation as Lambda does at the timeout, without notice to the function."""


def fill(account: Account) -> None:
    for number in range(9):
        account.config.evaluated(f"b{number}", ["COMPLIANT", "NON_COMPLIANT", None][number % 3])
    for number in range(5):
        account.config.evaluated(
            f"i-{number}", ["NON_COMPLIANT", "NOT_APPLICABLE"][number % 2], EC2, "AWS::EC2::Instance"
        )
    account.known("b1", at="2026-02-01T00:00:00Z")
    account.known("b0", at="2026-02-01T00:00:00Z")


def next_event(account: Account, known: list[Any]) -> Any:
    """Returns the continuation that the last invocation put to the bus, as EventBridge delivers it; None if none."""
    found = account.put_details("Report Continuation")
    if len(found) == len(known):
        return None
    known.append(found[-1])
    return {"detail-type": "Report Continuation", "time": "2026-03-01T01:00:00Z", "detail": found[-1]}


def follow(account: Account, pages: int, first: Any = SCHEDULE) -> int:
    """Runs invocations of a limited number of pages until the last; returns their number."""
    known: list[Any] = []
    scheduled, count = first, 0
    while scheduled is not None:
        account.run(scheduled, Context(240_000 + pages * 10_000 + 1, step=10_000))
        scheduled, count = next_event(account, known), count + 1
    return count


def test_all_events_are_sent_to_the_custom_bus(account: Account) -> None:
    fill(account)
    follow(account, 7)
    assert {entry["DetailType"] for entry in account.put} == {"Report Continuation", "Missed Compliance Change"}
    assert {entry["EventBusName"] for entry in account.put} == {"compliance-dev-ew1"}


@pytest.mark.parametrize("pages", [1, 2, 3, 7, 1000])
def test_report_does_not_depend_on_how_many_invocations_it_took(account: Account, pages: int) -> None:
    fill(account)
    account.run()
    whole, listing, put = account.report(), account.listing(), list(account.put)
    account.s3.delete_object(Bucket="reports", Key=KEY_OF_REPORT)
    account.put.clear()
    count = follow(account, pages)
    assert (count > 1) is (pages < 1000)
    assert (account.report(), account.listing()) == (whole, listing)
    assert [entry for entry in account.put if entry["DetailType"] != "Report Continuation"] == put


def test_killed_invocation_loses_and_duplicates_nothing(account: Account) -> None:
    fill(account)
    account.config.empty = False
    account.run()
    whole, calls = account.report(), len(account.config.calls)
    for deadly in range(1, calls + 1):
        account.put.clear()
        account.s3.delete_object(Bucket="reports", Key=KEY_OF_REPORT)
        _follow_with_one_death(account, deadly)
        assert account.report() == whole, f"killed at call {deadly}"
        missed = [entry["Detail"] for entry in account.put if entry["DetailType"] == "Missed Compliance Change"]
        assert len(missed) == len(set(missed)), f"killed at call {deadly}"


def _follow_with_one_death(account: Account, deadly: int) -> None:
    """Kills the invocation of the n-th call, whose event Lambda retries; each invocation reads four pages."""
    made = 0

    def before(_name: str, _asked: dict[str, Any]) -> None:
        nonlocal made
        made += 1
        if made == deadly:
            raise KilledError

    account.config.before = before
    known: list[Any] = []
    scheduled: Any = SCHEDULE
    while scheduled is not None:
        try:
            account.run(scheduled, Context(240_000 + 40_001, step=10_000))
        except KilledError:
            continue
        scheduled = next_event(account, known)


def test_retried_report_is_complete_after_a_failed_read(account: Account) -> None:
    """Checks that all results of the rule are read again."""
    fill(account)
    account.config.empty = False
    account.run()
    whole, calls = account.report(), len(account.config.calls)
    for failing in range(1, calls + 1):
        account.put.clear()
        account.s3.delete_object(Bucket="reports", Key=KEY_OF_REPORT)
        made = 0

        def before(_name: str, _asked: dict[str, Any], failing: int = failing) -> None:
            nonlocal made
            made += 1
            if made == failing:
                raise refusal()

        account.config.before = before
        _follow_with_retries(account)
        assert account.report() == whole, f"failed at call {failing}"


def _follow_with_retries(account: Account) -> None:
    known: list[Any] = []
    event: Any = SCHEDULE
    while event is not None:
        try:
            account.run(event, Context(240_000 + 40_001, step=10_000))
        except FailedReadsError:
            account.config.before = lambda _name, _asked: None
            continue
        event = next_event(account, known)


def test_an_expired_token_restarts_the_read(account: Account) -> None:
    fill(account)
    account.run()
    whole = account.report()
    known: list[Any] = []
    account.put.clear()
    account.run(SCHEDULE, Context(240_000 + 40_001, step=10_000))
    scheduled = next_event(account, known)
    forgotten = False

    def before(_name: str, asked: dict[str, Any]) -> None:
        nonlocal forgotten
        if asked.get("NextToken") and not forgotten:
            forgotten = True
            raise refusal("InvalidNextTokenException")

    account.config.before = before
    follow(account, 1000, scheduled)
    assert forgotten
    assert account.report() == whole


def test_an_invocation_without_time_for_a_page_fails(account: Account) -> None:
    with pytest.raises(NoProgressError, match="timeout"):
        account.run(SCHEDULE, Context(remaining=1000))
    assert (account.put, account.all_keys()) == ([], [])


def test_a_continuation_without_its_workspace_fails(account: Account) -> None:
    detail = {"part": 1, "scheduled_at": "2026-03-01T00:45:00.000Z"}
    with pytest.raises(Exception, match="NoSuchKey"):
        account.run({"detail-type": "Report Continuation", "detail": detail})


def test_earlier_failures_are_reported_by_the_last_invocation(account: Account) -> None:
    fill(account)

    def before(name: str, asked: dict[str, Any]) -> None:
        if name == "get_aggregate_compliance_details_by_config_rule" and asked["AwsRegion"] == "eu-north-1":
            raise refusal()

    account.config.before = before
    with pytest.raises(Exception, match="RESULTS"):
        follow(account, 6)
    assert {problem["kind"] for problem in account.report()["problems"]} == {"READ_FAILED"}
    assert len(account.report()["problems"]) == len(RULES)
