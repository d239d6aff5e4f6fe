"""The documents in a run's folder, found by name and ordered by day."""

import json
import os
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from handlers.common.runtime import clock
from handlers.common.stores.report_bucket import REPORTS, SCORES, SUMMARIES, record_sequence

DAY = r"(\d{4})/(\d{2})/(\d{2})"
ALERTS = "alerts/"
FORMS = {"html": "page", "json": "JSON", "txt": "text"}


@dataclass(frozen=True)
class Link:
    """A link to a file: its relative address, and its text on the page."""

    href: str
    words: str


@dataclass
class Day:
    """The documents of a day, by kind, each kind newest first."""

    summary: list[Link] = field(default_factory=list)
    score: list[Link] = field(default_factory=list)
    reports: list[Link] = field(default_factory=list)
    alerts: list[Link] = field(default_factory=list)
    audit: list[Link] = field(default_factory=list)


@dataclass
class Documents:
    """All documents: by day, newest first, and those without a day."""

    days: dict[str, Day]
    others: list[Link]

    @classmethod
    def of(cls, folder: Path, mailed: Mapping[str, str]) -> "Documents":
        """Returns the documents of a folder; `mailed` has the day of a mail by the text of its file."""
        days: dict[str, Day] = defaultdict(Day)
        others: list[Link] = []
        # The latest files sort last; within summaries, the HTML page comes first.
        for path in sorted((path for path in folder.rglob("*") if path.is_file()), reverse=True):
            key = path.relative_to(folder).as_posix()
            if key.startswith(ALERTS):
                _mail(path, key, mailed, days, others)
            elif record_sequence(key):
                _record(path, key, days)
            elif key != "index.html" and not path.name.startswith("."):
                _document(key, days, others)
        for day in days.values():
            day.summary.reverse()
        return cls(dict(sorted(days.items(), reverse=True)), others)


def _mail(path: Path, key: str, mailed: Mapping[str, str], days: dict[str, Day], others: list[Link]) -> None:
    content = path.read_bytes().decode("utf-8", "replace")
    subject = content.partition("\n")[0].removeprefix("Subject: ")
    day = mailed.get(content)
    (others if day is None else days[day].alerts).append(_link(key, subject or key))


def _record(path: Path, key: str, days: dict[str, Day]) -> None:
    record = json.loads(path.read_bytes())
    moment, what = clock.parse(record["at"]), record["what"]
    words = " ".join(filter(None, (record["kind"], what.get("outcome"), what.get("resource_id"))))
    days[moment.date().isoformat()].audit.append(_link(key, f"{moment:%H:%M:%S} {words}"))


def _document(key: str, days: dict[str, Day], others: list[Link]) -> None:
    if found := re.fullmatch(f"{SUMMARIES}{DAY}\\.(html|json|txt)", key):
        days[_day(found)].summary.append(_link(key, FORMS[found[4]]))
    elif found := re.fullmatch(f"{SCORES}{DAY}\\.json", key):
        days[_day(found)].score.append(_link(key, "JSON"))
    elif found := re.fullmatch(f"{REPORTS}{DAY}/(\\d\\d)(\\d\\d)(-findings)?\\.jsonl?", key):
        words = "its findings" if found[6] else f"{found[4]}:{found[5]} UTC"
        days[_day(found)].reports.append(_link(key, words))
    else:
        others.append(_link(key, key))


def _day(found: re.Match[str]) -> str:
    return f"{found[1]}-{found[2]}-{found[3]}"


def _link(key: str, words: str) -> Link:
    return Link(quote(os.fsencode(key)), words)
