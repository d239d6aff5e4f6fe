"""The demo: a made-up estate goes through the whole system for eight days, and everything is checked on the way."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from settings.model import Settings
from simulation.aws.account import SimulatedAccount
from simulation.demo import remediation_steps
from simulation.demo import scenario as story
from simulation.demo import settings_changes as changes
from simulation.demo.console import Screen
from simulation.demo.session import OPENING_HOUR, Demo, synthesized

DAYS = 8


def run(settings: Settings, output: Path, screen: Screen) -> None:
    """Runs all days; raises UnexpectedError at the first deviation."""
    # The days end in the morning of today.
    today = datetime.now(UTC).replace(hour=OPENING_HOUR, minute=0, second=0, microsecond=0)
    start = today - timedelta(days=DAYS)
    settings = changes.planning(settings, start.date())
    with SimulatedAccount(settings.account_id, settings.home_region, start) as cloud:
        demo = Demo(cloud, settings, screen)
        with screen.phase("A simulated AWS account, with an estate that violates some rules"):
            made = story.found(demo)
        with screen.phase(f"The settings of {settings.environment} become Terraform JSON, which is deployed there"):
            demo.deploy(synthesized(settings, "plan"))
        try:
            story.run(demo, made)
        finally:
            site = demo.save(output)  # what led to a failure, too
        with screen.phase("Proof: the audit trail is valid; a copy with one word changed is not"):
            remediation_steps.proved(demo, output)
        with screen.phase("Destroyed: nothing of the system is left, and all of the estate"):
            story.destroy(demo)
        site.write(output, screen.phases)
