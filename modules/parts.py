"""What the functions of one deployment are wired to."""

from dataclasses import dataclass

from modules.aggregator import Aggregator
from modules.alerts import Alerts
from modules.bucket import Bucket
from modules.findings import Findings
from modules.function import Surroundings
from modules.rules import Rules
from modules.settings import Settings


@dataclass(frozen=True)
class Parts:
    """The constructs that functions read from, write to and are told by."""

    around: Surroundings
    rules: Rules
    aggregator: Aggregator
    findings: Findings
    alerts: Alerts
    reports: Bucket

    @property
    def settings(self) -> Settings:
        """The environment's settings."""
        return self.around.settings
