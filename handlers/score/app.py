"""Writes the day's compliance score, with its coverage, its history and its completeness."""

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
# The bucket retains scores for a month; the latest one has the history.
SEARCHED_DAYS = 31


class NoReportError(ComplianceMonitorError, LookupError):
    """The day has no report, and so no score: a gap in the trend, and not a zero."""


def handler(event: Any, context: Any) -> None:
    """Handles the daily schedule. The day is the event's; its reports are those of the 24 hours before the event.

    The second schedule of the day retries if there is no score, or an incomplete one.
    """
    environment = ScoreEnvironment.from_env()
    scheduled_at, bucket = time_of(event, "time"), environment.report_bucket
    is_second = _is_second(event, environment)
    if is_second:
        scheduled_at -= SCORE_AGAIN
    before = _score_before(bucket, scheduled_at)
    if is_second and before is not None and before["day"] == scheduled_at.date().isoformat():
        if before["completeness"]["complete"]:
            log.info("score exists", extra={"day": before["day"]})
            return
        # Schedules are not exact, and the reading of the trail continues only for an equal time.
        scheduled_at = clock.parse(before["scheduled_at"])
    reports = list(_known(documents.read(bucket, key) for key in _reports_of_the_day(bucket, scheduled_at)))
    if not reports:
        raise NoReportError(f"no report in {bucket} in the 24 hours before {clock.stamp(scheduled_at)}")
    trail = Chain(bucket, Journal(clients.dynamodb(), environment.journal_table))
    read = day_of(trail, before, scheduled_at, context.get_remaining_time_in_millis)
    score = document.score(scheduled_at, clock.now(), reports, before, read)
    key = score_key(scheduled_at.date())
    body = json.dumps(score, indent=2, sort_keys=True).encode()
    clients.s3().put_object(Bucket=bucket, Key=key, Body=body, ContentType="application/json")
    _emit(score, environment)
    log.info("score written", extra={"key": key, "total": score["total"], "complete": score["completeness"]})


def _is_second(event: Any, environment: ScoreEnvironment) -> bool:
    """Returns whether the event is that of the second schedule, by the ARN of the event's rule."""
    rules = event.get("resources") or []
    return any(str(arn).endswith(f":rule/{AGAIN}-{environment.deployment}") for arn in rules)


def _known(reports: Iterable[Any]) -> Iterator[Any]:
    """Yields the reports with the present schema. Others count as missing, so that the day is incomplete."""
    for report in reports:
        if report.get("schema_version") == REPORT_SCHEMA:
            yield report
        else:
            log.warning("report of another schema ignored", extra={"schema": report.get("schema_version")})


def _reports_of_the_day(bucket: str, end: datetime) -> list[str]:
    times = {key: report_time(key) for key in _keys_of_two_days(bucket, REPORTS, end)}
    return sorted(key for key, moment in times.items() if moment is not None and end - A_DAY < moment <= end)


def _score_before(bucket: str, moment: datetime) -> Any:
    start = score_key(moment.date() - timedelta(days=SEARCHED_DAYS))
    # This includes the score of an earlier run of the same day, which has the history too.
    known = [key for key in documents.keys(bucket, SCORES, after=start) if key <= score_key(moment.date())]
    return documents.read(bucket, max(known)) if known else None


def _keys_of_two_days(bucket: str, prefix: str, end: datetime) -> Iterator[str]:
    for day in (end - A_DAY, end):
        yield from documents.keys(bucket, f"{prefix}{day:%Y/%m/%d}/")


def _emit(score: dict[str, Any], environment: ScoreEnvironment) -> None:
    def scores(name: str, dimension: str, groups: dict[str, Any]) -> None:
        for group, figures in groups.items():
            if figures["score"] is not None:
                metrics.emit(environment.deployment, {dimension: group}, {name: figures["score"]})

    total = {"Score": score["total"]["score"], "Coverage": score["total"]["coverage"]}
    whole = {name: value for name, value in total.items() if value is not None}
    whole["ScoreIncomplete"] = int(not score["completeness"]["complete"])
    metrics.emit(environment.deployment, {}, whole)
    scores("CategoryScore", "Category", score["categories"])
    scores("SeverityScore", "Severity", score["severities"])
    scores("RuleScore", "Rule", score["rules"])
    scores("RegionScore", "Region", score["regions"])
