"""Any mails, delivered any number of times: each is sent once, in few messages within the limits of SNS."""

import json
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict
from types import SimpleNamespace
from typing import Any
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.common.runtime.email import subject
from handlers.common.stores.mail_queue import Mail
from handlers.notify import app
from handlers.notify.app import SINGLE_MAILS, WINDOW, Batch
from handlers.notify.digest import MOST_HEADINGS, Letter, digests, single
from handlers.notify.environment import NotifyEnvironment
from handlers.notify.topics import Readers
from tests.handlers.conftest import StandingClock

MOST_BYTES = 256 * 1024
TOPICS = ("alerts-high", "waiver-owners")
OWNERS = ("", "a@example.com", "b@example.com")


class Memory:
    """A journal and a findings table that contain only the entries of notify."""

    def __init__(self) -> None:
        self.marks: set[str] = set()
        self.counts: Counter[str] = Counter()

    def marked(self, keys: Sequence[str]) -> set[str]:
        return self.marks & set(keys)

    def mark(self, keys: Sequence[str], _expires: int) -> None:
        self.marks |= set(keys)

    def add(self, key: str, count: int, limit: int, _expires: int) -> bool:
        is_room = self.counts[key] + count <= limit
        self.counts[key] += count if is_room else 0
        return is_room

    def get_many(self, _ids: Sequence[str]) -> dict[str, Any]:
        return {}


class World:
    """notify without AWS, and the messages that it published in each invocation."""

    def __init__(self) -> None:
        self.memory = Memory()
        self.environment = NotifyEnvironment(
            environment="dev",
            environment_suffix="ew1",
            topics={name: f"arn:{name}" for name in TOPICS},
            findings_table="findings",
            journal_table="journal",
        )
        self.published: list[list[Letter]] = []

    def run(self, mails: Sequence[Mail]) -> None:
        self.published.append([])
        batch = Batch(self.environment, lambda: 120_000)
        batch.take([{"messageId": str(at), "body": json.dumps(asdict(mail))} for at, mail in enumerate(mails)])
        everybody = Readers(frozenset(OWNERS), 0)
        original, letters = Batch._publish, self.published[-1]

        def publish(one: Batch, letter: Letter) -> None:
            letters.append(letter)
            original(one, letter)

        with ExitStack() as stack:
            for target, name, new in (
                (app, "Journal", lambda *_: self.memory),
                (app, "FindingsTable", lambda *_: self.memory),
                (app, "clients", mock.MagicMock()),
                (app, "time", SimpleNamespace(sleep=lambda _seconds: None)),
                (Readers, "of", lambda _topic: everybody),
                (Batch, "_publish", publish),
            ):
                stack.enter_context(mock.patch.object(target, name, new))
            batch.send()
        assert batch.left == []


texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)


@st.composite
def written(draw: st.DrawFn, number: int) -> Mail:
    heading = draw(st.sampled_from(["S3", "RDS", "EC2", *(f"rule {each}" for each in range(60))]) | texts)
    line = draw(texts) * draw(st.sampled_from([1, 50]))
    owner = draw(st.sampled_from(OWNERS))
    return Mail(
        mail_id=f"m{number}",
        topic=draw(st.sampled_from(TOPICS)),
        subject=subject(f"{heading}: {line}"),
        body=line * draw(st.sampled_from([1, 200])),
        heading=heading,
        line=line,
        attributes={"owner": owner} if owner else {},
        more=["The next report lists all."],
    )


@st.composite
def days(draw: st.DrawFn) -> list[tuple[int, list[Mail]]]:
    """Batches with the seconds before each; a mail may come in several, and several times in one."""
    count = draw(st.integers(1, 60))
    mails = [draw(written(number)) for number in range(count)]
    order = draw(st.permutations(mails))
    again = draw(st.lists(st.sampled_from(mails), max_size=20))
    size = draw(st.integers(1, 60))
    whole = [*order, *again]
    return [(draw(st.sampled_from([0, 20, 300])), whole[begin : begin + size]) for begin in range(0, len(whole), size)]


# Each example is many mails.
@settings(deadline=None, max_examples=25)
@given(days())
def test_each_mail_is_sent_once_in_few_messages(batches: list[tuple[int, list[Mail]]]) -> None:
    time = StandingClock()
    world = World()
    invocations: Counter[int] = Counter()
    letters: Counter[Any] = Counter()
    with mock.patch.object(app.clock, "_source", lambda: time.moment):
        for seconds, mails in batches:
            time.pass_by(seconds)
            world.run(mails)
            window = int(time.moment.timestamp() // WINDOW.total_seconds())
            invocations[window] += 1
            letters.update((window, letter.mails[0].readers) for letter in world.published[-1])
    sent = Counter(mail.mail_id for letters in world.published for letter in letters for mail in letter.mails)
    assert sent == dict.fromkeys({mail.mail_id for _, mails in batches for mail in mails}, 1)
    for (window, _), number in letters.items():
        assert number <= SINGLE_MAILS + MOST_HEADINGS * invocations[window]
    for letter in (each for letters in world.published for each in letters):
        assert len({mail.readers for mail in letter.mails}) == 1
        check(letter)


def check(letter: Letter) -> None:
    """Checks the limits of SNS (SNS API Reference, Publish)."""
    assert 0 < len(letter.subject) < 100
    assert letter.subject.isascii() and letter.subject.isprintable()
    assert 0 < len(letter.body.encode()) < MOST_BYTES


@pytest.mark.parametrize("headings", [1, 5, 500])
def test_the_largest_mails_are_truncated_to_the_limit_of_sns(headings: int) -> None:
    mails = [
        Mail(
            mail_id=str(number),
            topic="alerts-high",
            subject="S",
            body="ü" * MOST_BYTES,
            heading=f"{number % headings} " + "ü" * 5_000,
            line="ü" * 5_000,
            more=["The next report lists all."],
        )
        for number in range(500)
    ]
    for letter in (*digests(mails), single(mails[0])):
        check(letter)
