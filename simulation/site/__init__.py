"""demo-output/index.html: the deployed dashboard as CloudWatch would draw it, and links to all that a run leaves."""

from collections.abc import Sequence
from pathlib import Path

from modules.settings import Settings
from simulation.cloud import Cloud
from simulation.console import Phase
from simulation.site.dashboard import Figures, board
from simulation.site.documents import Documents
from simulation.site.page import Run, page

INDEX = "index.html"


def write(cloud: Cloud, settings: Settings, folder: Path, phases: Sequence[Phase] = ()) -> Path:
    """Writes the page about a run whose documents lie in the folder; returns its path."""
    now = cloud.clock.now()
    deployment = settings.deployment.label
    run = Run(deployment, cloud.account, cloud.regions, cloud.start, now)
    figures = Figures(cloud.telemetry(), cloud.alarms(now), now)
    dashboards = cloud.deployment.attributes("aws_cloudwatch_dashboard")
    boards = [board(str(each["dashboard_body"]), figures) for each in dashboards]
    path = folder / INDEX
    path.write_text(page(run, boards, Documents.of(folder, _mailed(cloud)), phases), encoding="utf-8")
    return path


def _mailed(cloud: Cloud) -> dict[str, str]:
    """The day on which each mail was sent, by its subject and message."""
    topics = cloud.deployment.attributes("aws_sns_topic")
    mails = [mail for topic in topics for mail in cloud.published(topic["arn"])]
    return {f"Subject: {mail['subject']}\n\n{mail['message']}": mail["at"].date().isoformat() for mail in mails}
