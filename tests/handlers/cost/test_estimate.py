import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.cost import estimate as cost
from handlers.cost import prices
from handlers.cost.estimate import Usage, estimate, evaluations_usd, total

USAGE = Usage(
    results=1100,
    periodic_results={"eu-west-1": 1000, "eu-central-1": 100},
    changed_results={"eu-west-1": 1000, "eu-central-1": 100},
    resources=1100,
    regions=2,
    rules=3,
    severities=2,
    categories=3,
    remediations=1,
)


def line(usage: Usage, name: str) -> cost.Line:
    [found] = [each for each in estimate(usage) if each.name == name]
    return found


def test_six_hourly_evaluations_are_the_main_part() -> None:
    clock = line(USAGE, "Config: six-hourly evaluations")
    assert clock.quantity == pytest.approx(1100 * 4 * 365 / 12)
    # 121,667 in one region: 100,000 at the first price, the rest at the second; 12,167 in the other at the first.
    assert clock.usd == pytest.approx(100 + 21_666.67 * 0.0008 + 12.16667)
    assert clock.usd > total(estimate(USAGE)) / 2


def test_change_triggered_evaluations_use_the_remaining_tier() -> None:
    changes = line(USAGE, "Config: change-triggered evaluations")
    assert changes.quantity == 4400
    assert changes.usd == pytest.approx(4000 * 0.0008 + 400 * 0.001)


@pytest.mark.parametrize(
    ("evaluations", "usd"), [(0, 0), (100_000, 100), (500_000, 100 + 320), (600_000, 100 + 320 + 50)]
)
def test_tiers(evaluations: int, usd: float) -> None:
    assert evaluations_usd(evaluations) == pytest.approx(usd)


def test_nothing_monitored_has_the_fixed_cost() -> None:
    nothing = dataclasses.replace(USAGE, results=0, periodic_results={}, changed_results={}, resources=0)
    fixed = {each.name: each.usd for each in estimate(nothing) if each.usd > 0.005}
    assert set(fixed) == {"CloudWatch: metrics", "CloudWatch: alarms", "CloudWatch: dashboard", "KMS: key"}


COUNTS = st.integers(0, 10**7)
BY_REGION = st.dictionaries(st.sampled_from(["a", "b", "c"]), COUNTS)
USAGES = st.builds(
    Usage,
    results=COUNTS,
    periodic_results=BY_REGION,
    changed_results=BY_REGION,
    resources=COUNTS,
    changes=st.floats(0, 1000),
    regions=st.integers(0, 40),
    rules=st.integers(0, 500),
    severities=st.integers(0, 4),
    categories=st.integers(0, 6),
    remediations=st.integers(0, 20),
)


@given(usage=USAGES, name=st.sampled_from([field.name for field in dataclasses.fields(Usage)]), more=COUNTS)
def test_more_of_anything_never_costs_less(usage: Usage, name: str, more: int) -> None:
    held = getattr(usage, name)
    larger = held | {"a": held.get("a", 0) + more} if isinstance(held, dict) else held + more
    assert total(estimate(dataclasses.replace(usage, **{name: larger}))) >= total(estimate(usage)) * (1 - 1e-9)


@pytest.mark.parametrize("name", ["periodic_results", "changed_results"])
def test_every_region_has_its_own_tiers(name: str) -> None:
    one = dataclasses.replace(USAGE, **{"periodic_results": {}, "changed_results": {}, name: {"a": 400_000}})
    two = dataclasses.replace(one, **{name: {"a": 200_000, "b": 200_000}})
    assert total(estimate(two)) > total(estimate(one)) + 10


def test_every_price_has_a_source_and_a_date() -> None:
    tiers = [price for _, price in prices.EVALUATION_TIERS]
    found = [each for each in vars(prices).values() if isinstance(each, prices.Price)]
    assert len(found) > 8
    assert all(each.usd > 0 and each.source and each.unit for each in [*found, *tiers])
    assert prices.DATED.count("-") == 2
