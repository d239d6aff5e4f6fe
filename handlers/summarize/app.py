"""Writes the executive summary of each day's score as a page and as data, and mails it once."""

import json
import logging
from datetime import date
from typing import Any

from handlers.common.model.cadence import SUMMARY_AGAIN
from handlers.common.model.events import MalformedEventError, text_of, time_of
from handlers.common.runtime import clients, metrics
from handlers.common.runtime.errors import ComplianceMonitorError
from handlers.common.runtime.naming import SUMMARY_TOPIC
from handlers.common.stores import documents
from handlers.common.stores.mail_queue import Mail
from handlers.common.stores.report_bucket import SCORES, score_key, summary_key
from handlers.rules import RULES
from handlers.summarize.environment import SummarizeEnvironment
from handlers.summarize.mail import Letter, mail
from handlers.summarize.model import Summary
from handlers.summarize.page import page
from handlers.summarize.texts import texts

log = logging.getLogger(__name__)


class MalformedScoreError(ComplianceMonitorError, ValueError):
    """A score without a valid day."""


def handler(event: Any, _context: object) -> None:
    """Handles "Object Created" of a score in the report bucket, and a schedule that is three hours later.

    The schedule sends the summary if the event of the score failed in all retries.

    The mail is stored beside page and data as the mark that it was sent, so that neither a retry nor a rewritten score
    sends it again. If a function fails between sending and marking, the retry sends the mail a second time.
    """
    environment = SummarizeEnvironment.from_env()
    bucket, words = environment.report_bucket, texts(environment.language)
    key = _unsent(event, bucket) if _is_scheduled(event) else _score_of(event, bucket)
    if key is None:
        return
    summary = Summary.of(_read(bucket, key), {rule.name: rule.title_in(words.language) for rule in RULES.values()})
    data = json.dumps(summary.to_document(), indent=2, sort_keys=True)
    _write(bucket, summary_key(summary.date, "json"), data, "application/json")
    _write(bucket, summary_key(summary.date, "html"), page(summary, words), "text/html; charset=utf-8")
    sent = summary_key(summary.date, "txt")
    if _exists(bucket, sent):
        log.info("summary written; mail already sent", extra={"score": key})
        return
    letter = mail(summary, words)
    _post(summary, letter, environment)
    _write(bucket, sent, f"{letter.subject}\n\n{letter.body}", "text/plain; charset=utf-8")
    metrics.emit(environment.deployment, {}, {"SummariesSent": 1})
    log.info("summary written and sent", extra={"score": key, "standing": summary.standing})


def _is_scheduled(event: Any) -> bool:
    return isinstance(event, dict) and event.get("detail-type") == "Scheduled Event"


def _unsent(event: Any, bucket: str) -> str | None:
    """Returns the key of the day's score if its mail was not sent; None if it was, or if there is no score."""
    day = (time_of(event, "time") - SUMMARY_AGAIN).date()
    key = score_key(day)
    if not _exists(bucket, key):
        log.warning("no summary: the day has no score", extra={"score": key})
        return None
    return None if _exists(bucket, summary_key(day, "txt")) else key


def _score_of(event: Any, bucket: str) -> str:
    """Returns the key of the written score; raises MalformedEventError for any other object."""
    name, key = text_of(event, "detail", "bucket", "name"), text_of(event, "detail", "object", "key")
    if name != bucket or not key.startswith(SCORES):
        raise MalformedEventError(f"{key!r} in {name!r} is not a score: scores are under {SCORES} in {bucket}")
    return key


def _read(bucket: str, key: str) -> dict[str, Any]:
    score = documents.read(bucket, key)
    day = score.get("day") if isinstance(score, dict) else None
    if not _is_day(day):
        raise MalformedScoreError(f"the day of {key} is {day!r}: YYYY-MM-DD is required")
    return dict(score)


def _is_day(text: Any) -> bool:
    try:
        return bool(date.fromisoformat(text).isoformat() == text)
    except (TypeError, ValueError):
        return False


def _exists(bucket: str, key: str) -> bool:
    listed = clients.s3().list_objects_v2(Bucket=bucket, Prefix=key, MaxKeys=1).get("Contents", [])
    return any(item.get("Key") == key for item in listed)


def _write(bucket: str, key: str, content: str, kind: str) -> None:
    clients.s3().put_object(Bucket=bucket, Key=key, Body=content.encode(), ContentType=kind)


def _post(summary: Summary, letter: Letter, environment: SummarizeEnvironment) -> None:
    Mail(
        mail_id=f"summary/{environment.deployment}/{summary.date}",
        topic=SUMMARY_TOPIC,
        subject=letter.subject,
        body=letter.body,
        heading=f"Executive summaries of {environment.deployment}",
        line=letter.subject,
    ).put(environment.mail_queue)
