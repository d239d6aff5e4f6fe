"""Reports while AWS Config throttles, returns empty pages, or fails, with the function's own role."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from moto.core.exceptions import JsonRESTError

from handlers.common.stores.report_bucket import report_time
from simulation.aws.account import SimulatedAccount
from simulation.aws.saved import Saved
from simulation.demo import artefacts

BUCKET = "compliance-reports-dev-ew1"


@pytest.fixture
def seeded(estate_recorded: Saved) -> Iterator[SimulatedAccount]:
    """The sample estate, evaluated."""
    with estate_recorded.again() as cloud:
        yield cloud


def report(cloud: SimulatedAccount) -> tuple[dict[str, Any], list[BaseException | None]]:
    """Returns the report of one run of the schedule, and the errors of its invocations."""
    cloud.clock.advance(timedelta(hours=1))
    ran = cloud.fire("report-on-schedule-dev-ew1")
    errors = [each.error for each in ran if each.function == "report-dev-ew1"]
    return artefacts.reports(cloud, BUCKET)[-1], errors


def figures(document: dict[str, Any]) -> Any:
    return {name: document[name] for name in ("totals", "rules", "regions", "complete", "problems")}


def test_throttling_does_not_change_the_report(seeded: SimulatedAccount) -> None:
    untroubled, _ = report(seeded)
    calls: Counter[str] = Counter()

    def throttle(action: str) -> None:
        calls[action] += 1
        if calls[action] % 3:
            raise JsonRESTError("ThrottlingException", "Rate exceeded")

    seeded.config.gate = throttle
    throttled, errors = report(seeded)
    assert errors == [None]
    assert figures(throttled) == figures(untroubled)
    assert throttled["complete"]


def test_results_of_a_failed_read_are_unknown_reported_and_retried(seeded: SimulatedAccount) -> None:
    untroubled, _ = report(seeded)
    action = "get_aggregate_compliance_details_by_config_rule"
    calls: Counter[str] = Counter()

    def fail(called: str) -> None:
        calls[called] += 1
        if called == action and calls[called] >= 4:
            raise JsonRESTError("InvalidLimitException", "simulated")

    seeded.config.gate = fail
    before = len(seeded.published(topic(seeded)))
    document, errors = report(seeded)
    assert "InvalidLimitException" in str(errors[0])
    assert not document["complete"]
    assert {problem["kind"] for problem in document["problems"]} == {"READ_FAILED"}
    failed = {(problem["rule"], problem["region"]) for problem in document["problems"]}
    for row, usual in zip(document["rules"], untroubled["rules"], strict=True):
        for place, expected in zip(row["places"], usual["places"], strict=True):
            if (row["rule"], place["region"]) in failed:
                assert (place["compliant"], place["unknown"]) == (0, expected["discovered"])
            else:
                assert place["compliant"] == expected["compliant"]
    assert len(seeded.published(topic(seeded))) == before, "no finding was closed, and no mail was sent"
    waiting = seeded.client("sqs").receive_message(QueueUrl=queue(seeded))["Messages"]
    assert json.loads(waiting[0]["Body"])["requestPayload"]["detail-type"] == "Scheduled Event"


def test_a_read_repeated_successfully_completes_the_report(seeded: SimulatedAccount) -> None:
    failing = True

    def once(called: str) -> None:
        nonlocal failing
        if failing and called == "list_aggregate_discovered_resources":
            failing = False
            raise JsonRESTError("InvalidLimitException", "simulated")

    seeded.config.gate = once
    ran = seeded.fire("report-on-schedule-dev-ew1")
    (invocation,) = [each for each in ran if each.function == "report-dev-ew1"]
    assert (len(invocation.failures), invocation.error) == (0, None), "the failed read is repeated after the others"
    documents = artefacts.reports(seeded, BUCKET)
    assert [document["complete"] for document in documents] == [True]
    assert report_time(documents[0]["key"]) is not None


def topic(cloud: SimulatedAccount) -> str:
    found = cloud.deployment.attributes("aws_sns_topic")
    return next(str(each["arn"]) for each in found if "high" in each["name"])


def queue(cloud: SimulatedAccount) -> str:
    (found,) = [
        each for each in cloud.deployment.attributes("aws_sqs_queue") if each["name"].startswith("compliance-failures")
    ]
    return str(found["url"])
