"""Writes the day's score: how far what was evaluated meets the rules, how it moves, and how far it can be believed."""

import json
import logging
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from handlers.common.model.cadence import SCORE_AGAIN
from handlers.common.model.events import time_of
from handlers.common.runtime import clients, clock, metrics
from handlers.common.runtime.errors import ComplianceMonitorError
from handlers.common.stores import documents
from handlers.common.stores.audit_chain import Chain
from handlers.common.stores.journal import Journal
from handlers.common.stores.report_bucket import REPORT_SCHEMA, REPORTS, SCORES, report_time, score_key
from handlers.score import document
from handlers.score.environment import AGAIN, ScoreEnvironment
from handlers.score.trail import day_of

log = logging.getLogger(__name__)

A_DAY = timedelta(days=1)
# A month is how long the bucket keeps a score; the latest of that time carries the history on.
SEARCHED_DAYS = 31


class NoReportError(ComplianceMonitorError, LookupError):
    """The day has no report: it gets no score, which is a gap in the trend and not a zero."""


def handler(event: Any, context: Any) -> None:
    """Answers the daily schedule; the day is the event's, and its reports those of the 24 hours up to the event.

    The second schedule of the day tries again where there is no score yet, or one that is incomplete.
    """
    environment = ScoreEnvironment.from_env()
    scheduled_at, bucket = time_of(event, "time"), environment.report_bucket
    is_second = _is_second(event, environment)
    if is_second:
        scheduled_at -= SCORE_AGAIN
    before = _score_before(bucket, scheduled_at)
    if is_second and before is not None and before["day"] == scheduled_at.date().isoformat():
        if before["completeness"]["complete"]:
            log.info("the day has its score", extra={"day": before["day"]})
            return
        # A schedule's event need not have the very second; the trail is read on only for the same moment.
        scheduled_at = clock.parse(before["scheduled_at"])
    reports = list(_known(documents.read(bucket, key) for key in _reports_of_the_day(bucket, scheduled_at)))
    if not reports:
        raise NoReportError(f"no report in {bucket} within the day up to {clock.stamp(scheduled_at)}")
    trail = Chain(bucket, Journal(clients.dynamodb(), environment.journal_table))
    read = day_of(trail, before, scheduled_at, context.get_remaining_time_in_millis)
    score = document.score(scheduled_at, clock.now(), reports, before, read)
    key = score_key(scheduled_at.date())
    body = json.dumps(score, indent=2, sort_keys=True).encode()
    clients.s3().put_object(Bucket=bucket, Key=key, Body=body, ContentType="application/json")
    _emit(score, environment)
    log.info("score written", extra={"key": key, "total": score["total"], "complete": score["completeness"]})


def _is_second(event: Any, environment: ScoreEnvironment) -> bool:
    """Returns whether the event is of the schedule that tries again; it has the ARN of its rule."""
    rules = event.get("resources") or []
    return any(str(arn).endswith(f":rule/{AGAIN}-{environment.deployment}") for arn in rules)


def _known(reports: Iterable[Any]) -> Iterator[Any]:
    """Yields those in a known form: another is as good as missing, so that the day is incomplete, and says so."""
    for report in reports:
        if report.get("schema_version") == REPORT_SCHEMA:
            yield report
        else:
            log.warning("report of another schema left out", extra={"schema": report.get("schema_version")})


def _reports_of_the_day(bucket: str, end: datetime) -> list[str]:
    found = {key: report_time(key) for key in _keys_of_two_days(bucket, REPORTS, end)}
    return sorted(key for key, moment in found.items() if moment is not None and end - A_DAY < moment <= end)


def _score_before(bucket: str, moment: datetime) -> Any:
    start = score_key(moment.date() - timedelta(days=SEARCHED_DAYS))
    # The day's own, of an earlier run, knows the history as well as any before it.
    known = [key for key in documents.keys(bucket, SCORES, after=start) if key <= score_key(moment.date())]
    return documents.read(bucket, max(known)) if known else None


def _keys_of_two_days(bucket: str, prefix: str, end: datetime) -> Iterator[str]:
    for day in (end - A_DAY, end):
        yield from documents.keys(bucket, f"{prefix}{day:%Y/%m/%d}/")


def _emit(score: dict[str, Any], environment: ScoreEnvironment) -> None:
    def scores(name: str, dimension: str, groups: dict[str, Any]) -> None:
        for group, found in groups.items():
            if found["score"] is not None:
                metrics.emit(environment.deployment, {dimension: group}, {name: found["score"]})

    total = {"Score": score["total"]["score"], "Coverage": score["total"]["coverage"]}
    whole = {name: value for name, value in total.items() if value is not None}
    whole["ScoreIncomplete"] = int(not score["completeness"]["complete"])
    metrics.emit(environment.deployment, {}, whole)
    scores("CategoryScore", "Category", score["categories"])
    scores("SeverityScore", "Severity", score["severities"])
    scores("RuleScore", "Rule", score["rules"])
    scores("RegionScore", "Region", score["regions"])
