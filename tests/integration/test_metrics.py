"""Dashboard and alarms use exactly the metrics that the functions write."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from handlers.common.runtime.metrics import CATALOGUE, DEPLOYMENT, NAMESPACE
from operate.commands.cost import assumed, usage
from settings.model import Settings
from simulation.aws.account import SimulatedAccount
from simulation.aws.saved import Saved
from simulation.demo import estate
from simulation.demo.own_rules import minimum_days
from tests.support.resources import Document, of_type

Shown = tuple[str, frozenset[tuple[str, str]]]
"""A metric's name, and its dimensions with their values."""


@pytest.fixture(scope="module")
def account(estate_recorded: Saved, dev: Settings) -> Iterator[SimulatedAccount]:
    """A deployment in which every counted event has occurred."""
    with estate_recorded.again() as cloud:
        days = minimum_days(dev)
        for retention in (0, days, 0, days):
            estate.set_retention(cloud, "core-banking-0", retention)
            cloud.clock.advance(timedelta(minutes=1))
            cloud.record()
        for schedule in ("evaluate", "report", "score", "notify"):
            cloud.fire(f"{schedule}-on-schedule-dev-ew1")
        assert not [invocation.error for invocation in cloud.invocations if invocation.error]
        yield cloud


def emitted(cloud: SimulatedAccount) -> set[Shown]:
    """Returns every metric that was written."""
    metrics = set()
    for line in (line for invocation in cloud.invocations for line in invocation.metrics):
        for directive in line["_aws"]["CloudWatchMetrics"]:
            assert directive["Namespace"] == NAMESPACE
            for names in directive["Dimensions"]:
                dimensions = frozenset((name, line[name]) for name in names)
                metrics |= {(metric["Name"], dimensions) for metric in directive["Metrics"]}
    return metrics


def shown(document: Document) -> Iterator[Shown]:
    """Yields every metric of the system on the dashboard."""
    (dashboard,) = of_type(document, "aws_cloudwatch_dashboard").values()
    for widget in json.loads(dashboard["dashboard_body"])["widgets"]:
        for metric in widget["properties"].get("metrics", []):
            yield from _own([part for part in metric if isinstance(part, str)])


def _own(parts: list[str]) -> Iterator[Shown]:
    if parts[0] == NAMESPACE:
        yield parts[1], frozenset(zip(parts[2::2], parts[3::2], strict=True))


def test_every_metric_that_is_written_is_shown(account: SimulatedAccount, documents: dict[str, Document]) -> None:
    assert emitted(account) - set(shown(documents["dev"])) == set()


def test_every_metric_that_is_shown_is_written_by_some_function(
    account: SimulatedAccount, documents: dict[str, Document]
) -> None:
    names = {name for name, _ in emitted(account)}
    assert {name for name, _ in shown(documents["dev"])} == names == set(CATALOGUE)


def test_shown_dimensions_are_the_written_ones(account: SimulatedAccount, documents: dict[str, Document]) -> None:
    for name, dimensions in {*shown(documents["dev"]), *emitted(account)}:
        assert {key for key, _ in dimensions} == {DEPLOYMENT, *CATALOGUE[name].dimensions}


def test_alarms_watch_what_is_written(account: SimulatedAccount, documents: dict[str, Document]) -> None:
    written = emitted(account)
    alarms: list[Any] = list(of_type(documents["dev"], "aws_cloudwatch_metric_alarm").values())
    own = [alarm for alarm in alarms if alarm["namespace"] == NAMESPACE]
    assert len(own) == 9
    for alarm in own:
        assert (alarm["metric_name"], frozenset(alarm["dimensions"].items())) in written


def test_number_of_metrics_is_bounded_and_the_estimated_one(
    account: SimulatedAccount, documents: dict[str, Document], dev: Settings
) -> None:
    number = len(set(shown(documents["dev"])))
    assert number == usage(dev, assumed(dev, [])).metrics
    assert len(emitted(account)) <= number
