"""Writes the compliance report: evaluation results of every discovered resource, including missing ones."""

import contextlib
import json
import logging
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

from botocore.exceptions import ClientError

from handlers.common.model.cadence import EVALUATION_HOURS
from handlers.common.model.problem import ProblemKind
from handlers.common.runtime import clients, clock, metrics
from handlers.common.runtime.errors import ComplianceMonitorError
from handlers.common.stores.report_bucket import listing_key, report_key
from handlers.report import counts, document, waived
from handlers.report.environment import ReportEnvironment
from handlers.report.followups import FollowUps
from handlers.report.listing import Listing
from handlers.report.reader import Reader
from handlers.report.reads import plan
from handlers.report.run import Run, read_all
from handlers.report.workspace import Workspace
from handlers.rules import RULES

log = logging.getLogger(__name__)

LATEST = timedelta(hours=EVALUATION_HOURS)
"""Maximum delay of a report. Later it would show newer data than its time says, and the next report is due."""


class FailedReadsError(ComplianceMonitorError, RuntimeError):
    """Some reads failed. The report is written as incomplete; a retry reads again."""


def handler(event: Any, context: Any) -> None:
    """Handles the schedule after each evaluation, whose time determines the report's key, or continues a run."""
    environment = ReportEnvironment.from_env()
    run = Run.from_event(event)
    if clock.now() - run.scheduled_at > LATEST:
        log.error("report not written: too late", extra={"scheduled_at": clock.stamp(run.scheduled_at)})
        return
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "workspace.sqlite"
        is_continued = run.part > 0 and run.fetch(environment.report_bucket, file)
        scopes = waived.in_force(run.scheduled_at.date())
        with contextlib.closing(Workspace(file)) as workspace:
            if not is_continued:
                workspace.prepare(RULES, plan(RULES.values(), environment, scopes), scopes, waived.named(scopes))
            if read_all(workspace, Reader(environment, RULES, scopes), context.get_remaining_time_in_millis):
                _finish(workspace, run.scheduled_at, environment, Path(folder), waived.applied(workspace, scopes))
                return
        run.hand_on(environment.report_bucket, environment.event_bus, file)
        log.info("report continued", extra={"scheduled_at": clock.stamp(run.scheduled_at), "part": run.part + 1})


def _finish(
    workspace: Workspace,
    scheduled_at: datetime,
    environment: ReportEnvironment,
    folder: Path,
    scopes: dict[str, list[dict[str, Any]]],
) -> None:
    now = clock.now()
    follow_ups = FollowUps(workspace, environment)
    tallies = counts.tallies(workspace, RULES)
    problems = list(counts.problems(workspace, tallies, environment.account, now))
    listing = Listing(workspace, RULES, environment, now)
    rows = folder / "findings.jsonl"
    with rows.open("w", encoding="utf-8") as lines:
        for row in listing.rows():
            lines.write(json.dumps(row, sort_keys=True) + "\n")
    reconciliation = follow_ups.reconciliation(now)
    report = document.report(environment, scheduled_at, now, tallies, problems, listing, reconciliation, scopes)
    if _write(report, rows, scheduled_at, environment):
        _emit(report, environment)
    log.info("report written", extra={"key": report["key"], "totals": report["totals"], "complete": not problems})
    if effects := follow_ups.put(clients.events(), now):
        counted = {"events": effects.total(), "cases": effects["cases"]}
        log.info("events of missed changes sent", extra=counted | reconciliation)
    if failures := workspace.failures():
        raise FailedReadsError("; ".join(f"{read}: {error}" for read, error in failures))


def _write(report: dict[str, Any], rows: Path, scheduled_at: datetime, environment: ReportEnvironment) -> bool:
    """Writes the listing, then the report; an incomplete one only if none exists. Returns whether it was written."""
    keep = not report["complete"]
    text = json.dumps(report, indent=2, sort_keys=True).encode()
    with rows.open("rb") as body:
        _put(environment.report_bucket, listing_key(scheduled_at), body, "application/x-ndjson", keep)
    return _put(environment.report_bucket, report_key(scheduled_at), text, "application/json", keep)


def _put(bucket: str, key: str, body: bytes | BinaryIO, content_type: str, keep: bool) -> bool:
    condition: Any = {"IfNoneMatch": "*"} if keep else {}
    try:
        clients.s3().put_object(Bucket=bucket, Key=key, Body=body, ContentType=content_type, **condition)
    except ClientError as error:
        if error.response["Error"]["Code"] != "PreconditionFailed":
            raise
        return False
    return True


def _emit(report: dict[str, Any], environment: ReportEnvironment) -> None:
    for row in report["rules"]:
        resources = ("discovered", "compliant", "non_compliant", "waived", "not_applicable", "unknown")
        counted = {f"{name.title().replace('_', '')}Resources": row["counts"][name] for name in resources}
        metrics.emit(environment.deployment, {"Rule": row["rule"]}, counted)
    for severity in report["severities"]:
        ages, resolution = report["open"][severity], report["resolution"][severity]
        values = {"OpenFindings": ages["findings"], "OverdueFindings": ages["overdue"]}
        days = {"MeanAgeDays": ages["mean_age_seconds"], "MeanTimeToResolveDays": resolution["mean_seconds"]}
        values |= {name: round(seconds / 86_400, 2) for name, seconds in days.items() if seconds is not None}
        metrics.emit(environment.deployment, {"Severity": severity}, values)
    whole = {
        "ReportsWritten": 1,
        "ReportIncomplete": int(not report["complete"]),
        "SilentRules": sum(problem["kind"] == ProblemKind.RULE_SILENT for problem in report["problems"]),
        "LostEvents": report["reconciliation"]["opened"] + report["reconciliation"]["resolved"],
    }
    metrics.emit(environment.deployment, {}, whole)
