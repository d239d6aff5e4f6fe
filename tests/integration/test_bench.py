"""The benchmark reads every page and counts every result."""

import json
import math
from pathlib import Path

import pytest

from bench import __main__ as bench
from bench.service import FINDINGS_PER_PAGE
from handlers.common.stores.report_bucket import report_key
from handlers.rules import RULES


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, bench.Measured], Path]:
    """A small run: 300 results of each rule."""
    folder, size = tmp_path_factory.mktemp("bench"), 300 * len(RULES)
    with bench._server(size, folder) as endpoint:
        return {name: bench._measure(name, size, endpoint, folder) for name in bench.FUNCTIONS}, folder


def test_everything_is_read_and_counted(measured: tuple[dict[str, bench.Measured], Path]) -> None:
    _, folder = measured
    key = report_key(bench.Run.from_event({"time": bench.SCHEDULED}).scheduled_at)
    report = json.loads((folder / key).read_text())
    assert report["problems"] == []
    of_each_rule = {
        "discovered": 300,
        "undiscovered": 0,
        "evaluated": 297,
        "compliant": 207,
        "non_compliant": 60,
        "waived": 0,
        "excluded": 0,
        "not_applicable": 30,
        "unknown": 3,
    }
    assert report["totals"] == {name: number * len(RULES) for name, number in of_each_rule.items()}
    assert report["reconciliation"] == {"opened": 0, "resolved": 0, "waivers": 0, "unconfirmed": 0}


def test_calls_are_pages(measured: tuple[dict[str, bench.Measured], Path]) -> None:
    results, _ = measured
    types = {kind for rule in RULES.values() for kind in rule.resource_types}
    full = {rule.resource_types[0] for rule in RULES.values()}
    scans = math.ceil(300 * len(RULES) / FINDINGS_PER_PAGE)
    # Each rule: 267 results in 3 pages, 30 not applicable in 1. The first type of each rule: 3 pages; any other type:
    # an empty one. A count of each type; one read of the last evaluations, one of the open cases; listing and report.
    assert results["report"].calls == len(RULES) * (3 + 1) + 3 * len(full) + len(types - full) + len(types) + scans + 4
    assert results["report"].invocations == 1
    assert all(each.peak_mb > 10 and each.seconds > 0 for each in results.values())
