"""The demo on somebody's own configuration items: what the system would say about their account, before it is there."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from handlers.common.remediation import Mode
from modules.settings import Settings
from simulation import artefacts, estate
from simulation.cloud import Cloud
from simulation.config.item import Item
from simulation.console import Screen
from simulation.demo import Demo, synthesized
from simulation.site.words import count as amount
from simulation.snapshot import Snapshot, SnapshotError, read

SHOWN = 20  # problems and findings on the screen; the files have all


def run(settings: Settings, file: Path, stack: Path | None, output: Path, screen: Screen) -> None:
    """Evaluates the file's items under the environment's settings; raises SnapshotError or UnexpectedError."""
    with screen.phase(f"Reading {file}"):
        snapshot = read(file)
        settings = _placed(settings, snapshot, file)
        items = _own(snapshot, settings)
        _tell(snapshot, items, settings, screen)
    with Cloud(settings.account_id, settings.home_region, datetime.now(UTC), inventory=lambda _region: items) as cloud:
        demo = Demo(cloud, settings, screen)
        with screen.phase("Synthesis and deployment into the simulated AWS"):
            demo.deploy(stack or synthesized(_planning(settings), "snapshot"))
            for item in items:
                _seed(cloud, item, settings)
        _story(demo, output)


def _placed(settings: Settings, snapshot: Snapshot, file: Path) -> Settings:
    """The settings moved to the snapshot's account and region, where those are not the environment's."""
    if not snapshot.items:
        raise SnapshotError(f"{file}: has no configuration item of a type that a rule judges")
    account = _choose(file, "account_id", settings.account_id, snapshot.accounts())
    region = _choose(file, "home_region", settings.home_region, snapshot.regions())
    return settings.monitoring(account, region)


def _choose(file: Path, setting: str, own: str, found: Counter[str]) -> str:
    named = [value for value in found if value]
    if own in named or not named:
        return own
    if len(named) == 1:
        return named[0]
    raise SnapshotError(
        f"{file}: has items of {', '.join(sorted(named))}: set {setting} to the one to look at (now {own})"
    )


def _own(snapshot: Snapshot, settings: Settings) -> list[Item]:
    accounts, regions = ("", settings.account_id), ("", settings.home_region)
    return [
        item
        for (account, region), items in sorted(snapshot.items.items())
        if account in accounts and region in regions
        for item in items
    ]


def _tell(snapshot: Snapshot, items: list[Item], settings: Settings, screen: Screen) -> None:
    screen.say(
        f"account {settings.account_id}, {settings.home_region}: {len(items)} resources of types that rules judge"
    )
    elsewhere = sum(map(len, snapshot.items.values())) - len(items)
    aside = {"of other types": snapshot.of_other_types, "deleted": snapshot.deleted, "elsewhere": elsewhere}
    if any(aside.values()):
        screen.say("left aside: " + ", ".join(f"{count} {why}" for why, count in aside.items() if count))
    for problem in snapshot.problems[:SHOWN]:
        screen.say(problem, "yellow")
    if len(snapshot.problems) > SHOWN:
        screen.say(f"… and {len(snapshot.problems) - SHOWN} more problems", "yellow")


def _planning(settings: Settings) -> Settings:
    """The settings with no remediation that would write."""
    planned = {
        rule: chosen.model_copy(update={"mode": Mode.PLAN}) if chosen.mode.writes else chosen
        for rule, chosen in settings.remediation.items()
    }
    return settings.model_copy(update={"remediation": planned})


def _seed(cloud: Cloud, item: Item, settings: Settings) -> None:
    """A planning remediation looks at what is in its scope: buckets and databases must exist, as they were recorded."""
    name = str(item.document.get("resourceName") or item.resource_id)
    if not item.readable:
        return
    if item.resource_type == "AWS::S3::Bucket" and name in settings.remediation[estate.S3].scope:
        estate.make_bucket(cloud, name, _default_encryption(item.document))
    if item.resource_type == "AWS::RDS::DBInstance" and f"db:{name}" in settings.remediation[estate.RDS].scope:
        days = item.document["configuration"]["backupRetentionPeriod"]
        estate.make_database(cloud, name, "postgres", BackupRetentionPeriod=days)
    if item.resource_type == "AWS::RDS::DBCluster" and f"cluster:{name}" in settings.remediation[estate.RDS].scope:
        estate.make_cluster(cloud, name, item.document["configuration"]["backupRetentionPeriod"])


def _default_encryption(document: dict[str, Any]) -> dict[str, Any]:
    try:
        rules = document["supplementaryConfiguration"]["ServerSideEncryptionConfiguration"]["rules"]
        default = rules[0]["applyServerSideEncryptionByDefault"]
        sealing = {"SSEAlgorithm": str(default["sseAlgorithm"])}
        key = default.get("kmsMasterKeyID")
    except (KeyError, IndexError, TypeError, AttributeError):
        return estate.AES256
    return sealing | ({"KMSMasterKeyID": str(key)} if key else {})


def _story(demo: Demo, output: Path) -> None:
    screen = demo.screen
    with screen.phase("AWS Config judges the items; violations become alerts"):
        demo.record()
        for problem in demo.cloud.config.undecided[:SHOWN]:
            screen.say(f"{problem}: counted as unknown", "yellow")
        mails = amount(demo.count_mails(), "mail")
        screen.say(f"{amount(demo.count_alerts('OPENED'), 'violation')} in {mails}; the newest of each severity:")
        demo.show_mails("OPENED")
    with screen.phase("Findings and report"):
        demo.fire("report")
        report = demo.show_report()
        columns = ("resource_id", "rule", "severity")
        listing = artefacts.listing(demo.cloud, demo.reports_bucket, report)
        rows = [[row[column] for column in columns] for row in listing if row["compliance_type"]]
        screen.table(["resource", "rule", "severity"], rows[:SHOWN], always=True)
        if len(rows) > SHOWN:
            screen.say(f"… and {len(rows) - SHOWN} more in {report['listing']['key']}")
    with screen.phase("Remediation, mode plan: what it would do"):
        lines = (line for invocation in demo.cloud.invocations for line in invocation.logs)
        counted = Counter(str(line["outcome"]) for line in lines if line["message"] == "treated")
        screen.table(["outcome", "resources"], sorted(counted.items()), always=True)
    with screen.phase("What management would read"):
        demo.fire("score")
        demo.show_summary()
    demo.save(output)
