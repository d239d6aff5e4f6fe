"""The score's document, computed from reports and the preceding score, with the schema docs/score.schema.json."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from handlers import __version__
from handlers.common.model.cadence import REPORTS_PER_DAY
from handlers.common.model.problem import ProblemKind
from handlers.common.runtime.clock import stamp
from handlers.score.figures import FORMULA, by, figures, parts
from handlers.score.trail import TrailDay

Document = dict[str, Any]

SCHEMA_VERSION = 1

HISTORY_DAYS = 90
DELTAS = {"yesterday": 1, "seven_days": 7, "thirty_days": 30}

FROM_REPORT = (
    "environment",
    "environment_suffix",
    "account",
    "settings_digest",
    "open",
    "resolution",
    "changes",
    "worst",
    "overdue",
    "waivers",
    "exclusions",
)


def score(
    scheduled_at: datetime,
    now: datetime,
    reports: list[Document],
    before: Document | None,
    trail: TrailDay,
) -> Document:
    """Returns the document of a day, from its reports (oldest first, at least one) and the preceding score, if any.

    The figures are those of the last report; the other reports only determine the completeness of the day.
    """
    last, day = reports[-1], scheduled_at.date()
    pieces = list(parts(last))
    total = figures(pieces)
    problems = [*last["problems"], *_gaps(reports), *_breaks(trail)]
    today = {
        "day": day.isoformat(),
        "score": total["score"],
        "coverage": total["coverage"],
        "complete": not problems,
    }
    history = _history(before, today)
    return {
        "schema_version": SCHEMA_VERSION,
        "version": __version__,
        "day": day.isoformat(),
        "scheduled_at": stamp(scheduled_at),
        "generated_at": stamp(now),
        "formula": FORMULA,
        "report": {
            "key": last["key"],
            "listing_key": last["listing"]["key"],
            "scheduled_at": last["scheduled_at"],
        },
        "completeness": {
            "complete": not problems,
            "reports_expected": REPORTS_PER_DAY,
            "reports_found": len(reports),
            "problems": problems,
        },
        "total": total,
        "categories": by(pieces, lambda part: part.category),
        "severities": by(pieces, lambda part: part.severity),
        "rules": by(pieces, lambda part: part.rule),
        "accounts": by(pieces, lambda part: part.account),
        "regions": by(pieces, lambda part: part.region),
        "history": history,
        "deltas": {name: _delta(history, day, days) for name, days in DELTAS.items()},
        "remediations": {rule: dict(results) for rule, results in trail.remediations.items()},
        "audit": trail.document(),
        **{name: last[name] for name in FROM_REPORT},
    }


def _gaps(reports: list[Document]) -> Iterable[Document]:
    if len(reports) < REPORTS_PER_DAY:
        yield _problem(ProblemKind.REPORT_MISSING, f"{len(reports)} of {REPORTS_PER_DAY} reports of the day")
    for report in reports[:-1]:
        if not report["complete"]:
            yield _problem(ProblemKind.REPORT_INCOMPLETE, f"the report of {report['scheduled_at']}")


def _breaks(trail: TrailDay) -> Iterable[Document]:
    if trail.broken is not None:
        yield _problem(ProblemKind.TRAIL_BROKEN, trail.broken)
    if trail.unread is not None:
        yield _problem(ProblemKind.TRAIL_UNREAD, trail.unread)


def _problem(kind: ProblemKind, detail: str) -> Document:
    return {"kind": str(kind), "rule": None, "account": None, "region": None, "detail": detail}


def _history(before: Document | None, today: Document) -> list[Document]:
    """Returns the figures of the last HISTORY_DAYS days, oldest first, without days that have no score."""
    first = (date.fromisoformat(today["day"]) - timedelta(days=HISTORY_DAYS - 1)).isoformat()
    earlier = [] if before is None else [day for day in before["history"] if first <= day["day"] < today["day"]]
    return [*earlier, today]


def _delta(history: list[Document], day: date, days: int) -> float | None:
    """Returns the difference of the scores in points; None if a day has no score."""
    scores = {each["day"]: each["score"] for each in history}
    now, then = scores[day.isoformat()], scores.get((day - timedelta(days=days)).isoformat())
    return None if now is None or then is None else round(now - then, 1)
