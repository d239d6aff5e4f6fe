"""demo-output/index.html: the deployed dashboard as CloudWatch shows it, and links to all documents."""

from collections.abc import Sequence
from pathlib import Path

from settings.model import Settings
from simulation.aws.account import SimulatedAccount
from simulation.demo.console import Phase
from simulation.demo.site.dashboard import Figures, board
from simulation.demo.site.documents import Documents
from simulation.demo.site.page import Run, page

INDEX = "index.html"


class Site:
    """The page of an account's current state, which can be written after the system is destroyed."""

    def __init__(self, cloud: SimulatedAccount, settings: Settings) -> None:
        now = cloud.clock.now()
        self._run = Run(settings.deployment.label, cloud.account, cloud.regions, cloud.start, now)
        figures = Figures(cloud.telemetry(), cloud.alarms(now), now)
        dashboards = cloud.deployment.attributes("aws_cloudwatch_dashboard")
        self._boards = [board(str(each["dashboard_body"]), figures) for each in dashboards]
        self._mailed = _mailed(cloud)

    def write(self, folder: Path, phases: Sequence[Phase] = ()) -> Path:
        """Writes the page of a run whose documents are in the folder; returns its path."""
        path = folder / INDEX
        path.write_text(page(self._run, self._boards, Documents.of(folder, self._mailed), phases), encoding="utf-8")
        return path


def _mailed(cloud: SimulatedAccount) -> dict[str, str]:
    """Returns the day of each mail, by its subject and message."""
    topics = cloud.deployment.attributes("aws_sns_topic")
    mails = [mail for topic in topics for mail in cloud.published(topic["arn"])]
    return {f"Subject: {mail['subject']}\n\n{mail['message']}": mail["at"].date().isoformat() for mail in mails}
