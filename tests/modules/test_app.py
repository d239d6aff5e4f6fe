from datetime import UTC, datetime, timedelta

import pytest

from handlers.common.runtime import clock
from handlers.rules import RULES
from modules.app import overview
from settings.model import Settings
from tests.support.waivers import waiver


@pytest.mark.parametrize(
    ("count", "hours", "words"), [(0, 0, "waivers: 0"), (1, 0, "waivers: 1"), (2, 1, "waivers: 2 (2 expired)")]
)
def test_overview_counts_what_was_found_in_the_folders(
    dev: Settings, monkeypatch: pytest.MonkeyPatch, count: int, hours: int, words: str
) -> None:
    settings = dev.with_waivers([waiver(str(number)) for number in range(count)])
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 3, 31, 23, tzinfo=UTC) + timedelta(hours=hours))
    remediations = ", ".join(f"{rule} (plan)" for rule in sorted(dev.remediation))
    own = f"own rules: {len(RULES)}"
    assert overview(settings) == f"{own}, AWS managed rules: 1, {words}; remediation: {remediations}"


def test_overview_of_an_environment_without_remediation(dev: Settings) -> None:
    settings = dev.model_copy(update={"remediation": {}, "managed_rules": {}})
    assert overview(settings) == (f"own rules: {len(RULES)}, AWS managed rules: 0, waivers: 0; remediation: none")
