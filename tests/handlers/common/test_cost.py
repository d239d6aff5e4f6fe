import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.common import cost, prices
from handlers.common.cost import Usage, estimate, evaluations_usd, total

USAGE = Usage(
    results={"eu-west-1": 1000, "eu-central-1": 100},
    resources=1100,
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


def test_evaluations_at_changes_pay_the_tier_that_is_left() -> None:
    changes = line(USAGE, "Config: evaluations at changes")
    assert changes.quantity == 4400
    assert changes.usd == pytest.approx(4000 * 0.0008 + 400 * 0.001)


@pytest.mark.parametrize(
    ("evaluations", "usd"), [(0, 0), (100_000, 100), (500_000, 100 + 320), (600_000, 100 + 320 + 50)]
)
def test_tiers(evaluations: int, usd: float) -> None:
    assert evaluations_usd(evaluations) == pytest.approx(usd)


def test_nothing_monitored_costs_what_is_always_there() -> None:
    nothing = dataclasses.replace(USAGE, results={}, resources=0)
    fixed = {each.name: each.usd for each in estimate(nothing) if each.usd > 0.005}
    assert set(fixed) == {"CloudWatch: metrics", "CloudWatch: alarms", "CloudWatch: dashboard", "KMS: key"}


NUMBERS = st.integers(0, 10**7)


@given(
    results=st.dictionaries(st.sampled_from(["a", "b", "c"]), NUMBERS),
    resources=NUMBERS,
    changes=st.floats(0, 1000),
    more=NUMBERS,
)
def test_more_never_costs_less(results: dict[str, int], resources: int, changes: float, more: int) -> None:
    usage = dataclasses.replace(USAGE, results=results, resources=resources, changes=changes)
    before = total(estimate(usage))
    for larger in (
        dataclasses.replace(usage, resources=resources + more),
        dataclasses.replace(usage, changes=changes + more / 10**6),
        dataclasses.replace(usage, rules=4),
        dataclasses.replace(usage, results=results | {"a": results.get("a", 0) + more}),
    ):
        assert total(estimate(larger)) >= before - 1e-6


def test_every_price_has_a_source_and_a_date() -> None:
    tiers = [price for _, price in prices.EVALUATION_TIERS]
    found = [each for each in vars(prices).values() if isinstance(each, prices.Price)]
    assert len(found) > 8
    assert all(each.usd > 0 and each.source and each.unit for each in [*found, *tiers])
    assert prices.DATED.count("-") == 2
