"""Command line `python -m bench [SIZE...]`, which prints a table of measurements."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.service import ACCOUNT, BUCKET, REGION
from bench.worker import MILLISECONDS_A_CALL
from handlers.common.runtime.environment import FunctionEnvironment
from handlers.common.stores.report_bucket import working_key
from handlers.report.environment import ReportEnvironment
from handlers.report.run import Run
from handlers.rules import RULES
from handlers.score.environment import ScoreEnvironment
from handlers.summarize.environment import SummarizeEnvironment

SIZES = (1_000, 10_000, 100_000)
TIMEOUT_MILLISECONDS = 900_000

NAMED: dict[str, Any] = {"environment": "dev", "environment_suffix": "ew1"}
SCHEDULED = "2026-03-01T00:45:00.000Z"
REMEDIATED = [name for name, rule in RULES.items() if rule.remediation is not None]

FUNCTIONS: dict[str, tuple[FunctionEnvironment, dict[str, Any]]] = {
    "report": (
        ReportEnvironment(
            **NAMED,
            account=ACCOUNT,
            home_region="eu-west-1",
            regions=(REGION,),
            aggregator="aggregator-dev-ew1",
            findings_table="findings-dev-ew1",
            report_bucket=BUCKET,
            journal_table="journal-dev-ew1",
            event_bus="compliance-dev-ew1",
            settings_digest="0" * 64,
            deadline_days={"CRITICAL": 2, "HIGH": 7, "MEDIUM": 30, "LOW": 90},
            remediation_modes=dict.fromkeys(REMEDIATED, "plan"),
            remediation_scopes={rule: [] for rule in REMEDIATED},
        ),
        {"time": SCHEDULED},
    ),
    "score": (
        ScoreEnvironment(**NAMED, report_bucket=BUCKET, journal_table="journal-dev-ew1"),
        {"time": "2026-03-01T07:00:00Z"},
    ),
    "summarize": (
        SummarizeEnvironment(
            **NAMED,
            report_bucket=BUCKET,
            mail_queue=f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/mails-routine-dev-ew1",
            language="en",
        ),
        {
            "source": "aws.s3",
            "detail-type": "Object Created",
            "account": ACCOUNT,
            "detail": {"bucket": {"name": BUCKET}, "object": {"key": "scores/2026/03/01.json"}},
        },
    ),
}


@dataclass
class Measured:
    """The measurement of a function for a size, over all its invocations."""

    function: str
    size: int
    invocations: int
    seconds: float
    peak_mb: float
    calls: int
    written_mb: float

    @property
    def lambda_seconds(self) -> float:
        """The duration in seconds at ten calls per second without concurrency."""
        return self.seconds + self.calls * MILLISECONDS_A_CALL / 1000


@contextmanager
def _server(size: int, folder: Path) -> Iterator[str]:
    command = [sys.executable, "-m", "bench.server", str(size), str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        finally:
            process.terminate()


def _measure(function: str, size: int, endpoint: str, folder: Path) -> Measured:
    environment, event = FUNCTIONS[function]
    before = _megabytes(folder)
    seconds, peak, invocations = 0.0, 0.0, 0
    while True:
        run = _invoke(function, environment, event, endpoint)
        seconds, peak, invocations = seconds + run["seconds"], max(peak, run["peak_mb"]), invocations + 1
        if function != "report" or not _is_continued(folder, invocations):
            break
        detail = {"scheduled_at": SCHEDULED, "part": invocations}
        event = {"detail-type": "Report Continuation", "detail": detail}
    with urllib.request.urlopen(f"{endpoint}/calls") as answer:
        calls = sum(json.load(answer).values())
    return Measured(function, size, invocations, seconds, peak, calls, _megabytes(folder) - before)


def _invoke(function: str, environment: FunctionEnvironment, event: dict[str, Any], endpoint: str) -> dict[str, float]:
    place = {"AWS_ENDPOINT_URL": endpoint, "AWS_REGION": REGION, "AWS_DEFAULT_REGION": REGION}
    secret = {"AWS_ACCESS_KEY_ID": "simulated", "AWS_SECRET_ACCESS_KEY": "simulated"}
    run = subprocess.run(
        [sys.executable, "-m", "bench.worker", function, json.dumps(event), str(TIMEOUT_MILLISECONDS)],
        env={**os.environ, **place, **secret, **environment.to_variables()},
        stdout=subprocess.PIPE,
        check=True,
    )
    measured: dict[str, float] = json.loads(run.stdout)
    return measured


def _is_continued(folder: Path, part: int) -> bool:
    return (folder / working_key(Run.from_event({"time": SCHEDULED}).scheduled_at, part)).exists()


def _megabytes(folder: Path) -> float:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 2**20


def main() -> None:
    """Measures each size and prints each line of the table when it is available."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measures report, score and summary.")
    default = ", ".join(f"{size:,}" for size in SIZES)
    parser.add_argument("sizes", nargs="*", type=int, metavar="SIZE", help=f"evaluation results (default: {default})")
    sizes = parser.parse_args().sizes or SIZES
    print("| function | results | wall time | peak memory | API calls | invocations | at 10 calls a second | written |")
    print("|---|---|---|---|---|---|---|---|")
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder, _server(size, Path(folder)) as endpoint:
            for function in FUNCTIONS:
                found = _measure(function, size, endpoint, Path(folder))
                print(
                    f"| {found.function} | {found.size:,} | {found.seconds:.1f} s | {found.peak_mb:.0f} MB "
                    f"| {found.calls:,} | {found.invocations} | {found.lambda_seconds:.0f} s "
                    f"| {found.written_mb:.1f} MB |",
                    flush=True,
                )


if __name__ == "__main__":
    main()
