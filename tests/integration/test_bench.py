"""The benchmark reads every page and counts every result."""

import json
from pathlib import Path

import pytest

from bench import __main__ as bench
from handlers.common.stores.report_bucket import report_key


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, bench.Measured], Path]:
    """A small run: 900 results, 300 of each rule."""
    folder = tmp_path_factory.mktemp("bench")
    with bench._server(900, folder) as endpoint:
        return {name: bench._measure(name, 900, endpoint, folder) for name in bench.FUNCTIONS}, folder


def test_everything_is_read_and_counted(measured: tuple[dict[str, bench.Measured], Path]) -> None:
    _, folder = measured
    key = report_key(bench.Run.from_event({"time": bench.SCHEDULED}).scheduled_at)
    report = json.loads((folder / key).read_text())
    assert report["problems"] == []
    assert report["totals"] == {
        "discovered": 900,
        "undiscovered": 0,
        "evaluated": 891,
        "compliant": 621,
        "non_compliant": 180,
        "waived": 0,
        "excluded": 0,
        "not_applicable": 90,
        "unknown": 9,
    }
    assert report["reconciliation"] == {"opened": 0, "resolved": 0, "waivers": 0, "unconfirmed": 0}


def test_calls_are_pages(measured: tuple[dict[str, bench.Measured], Path]) -> None:
    results, _ = measured
    # Each rule: 267 results in 3 pages, 30 not applicable in 1. Four types: 3 pages of 3, one empty; a count of each;
    # one scan; one read of the last evaluations, one of the open cases; listing and report.
    assert results["report"].calls == 3 * (3 + 1) + (3 * 3 + 1) + 4 + 1 + 1 + 1 + 2
    assert results["report"].invocations == 1
    assert all(each.peak_mb > 10 and each.seconds > 0 for each in results.values())
