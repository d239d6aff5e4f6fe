"""A simulated AWS for one function at a time, and a clock that only tests advance."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from handlers.common.runtime import clients, clock
from simulation.aws.mocked import mocked
from tests.support.changes import ACCOUNT


class StandingClock:
    """The time that handlers see."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 3, 1, 0, 1, tzinfo=UTC)

    def pass_by(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


@pytest.fixture
def time() -> Iterator[StandingClock]:
    standing = StandingClock()
    before = clock._source
    clock.use(lambda: standing.moment)
    yield standing
    clock.use(before)


@pytest.fixture
def aws(time: StandingClock) -> Iterator[None]:
    with mocked(ACCOUNT, "eu-west-1"):
        clients._client.cache_clear()
        yield
    clients._client.cache_clear()
