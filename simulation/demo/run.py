"""The demo: a sample estate in the whole system for eight days, with checks of every result."""

from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from settings.model import Settings
from simulation.aws.account import SimulatedAccount
from simulation.demo import own_rules, remediation_steps
from simulation.demo import scenario as story
from simulation.demo import settings_changes as changes
from simulation.demo.case_items import inventory
from simulation.demo.console import Screen
from simulation.demo.session import OPENING_HOUR, Demo, synthesized

DAYS = 8


def run(settings: Settings, output: Path, screen: Screen) -> None:
    """Runs all days; raises UnexpectedError at the first deviation."""
    # The days end this morning.
    today = datetime.now(UTC).replace(hour=OPENING_HOUR, minute=0, second=0, microsecond=0)
    start = today - timedelta(days=DAYS)
    left_out = own_rules.further_on_same_types(settings)
    settings = changes.planning(own_rules.without(settings, left_out), start.date())
    with SimulatedAccount(settings.account_id, settings.home_region, start, partial(inventory, settings)) as cloud:
        demo = Demo(cloud, settings, screen)
        with screen.phase("Creating resources, some of which violate rules, in a simulated AWS account"):
            made = story.create_estate(demo)
            if left_out:
                screen.say(
                    f"left out, because they evaluate the story's own resources: {', '.join(left_out)}", "yellow"
                )
        with screen.phase(f"Synthesizing the stack of {settings.environment} and deploying it"):
            demo.deploy(synthesized(settings, "plan"))
        try:
            story.run(demo, made)
        finally:
            site = demo.save(output)  # also after a failure
        with screen.phase("Verification: the audit trail is valid; a copy with one changed record is not"):
            remediation_steps.proved(demo, output)
        with screen.phase("Destroying the system; the other resources remain"):
            story.destroy(demo)
        site.write(output, screen.phases)
