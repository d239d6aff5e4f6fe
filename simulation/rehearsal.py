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
from simulation.demo import REMEDIATED, Demo, synthesized, with_mode
from simulation.snapshot import Snapshot, SnapshotError, read

SHOWN = 20  # problems and findings on the screen; the files have all


def run(settings: Settings, file: Path, stack: Path | None, output: Path, screen: Screen) -> None:
    """Evaluates the file's items under the environment's settings; raises SnapshotError or UnexpectedError."""
    with screen.phase(f"Reading {file}"):
        snapshot = read(file)
        settings = _placed(settings, snapshot, file)
        items = _own(snapshot, settings)
        _tell(snapshot, items, settings, screen)
    scope = settings.remediation[REMEDIATED].scope
    with Cloud(settings.account_id, settings.home_region, datetime.now(UTC), inventory=lambda _region: items) as cloud:
        demo = Demo(cloud, settings, screen)
        with screen.phase("Synthesis and deployment into the simulated AWS"):
            demo.deploy(stack or synthesized(with_mode(settings, Mode.PLAN, scope), "snapshot"))
            _seed(cloud, items, scope)
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


def _seed(cloud: Cloud, items: list[Item], scope: tuple[str, ...]) -> None:
    """A planning remediation looks at the buckets in its scope: those must exist, encrypted as recorded."""
    for item in items:
        if item.readable and item.resource_type == "AWS::S3::Bucket" and item.resource_id in scope:
            estate.make_bucket(cloud, item.resource_id, _default_encryption(item.document))


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
        screen.say(f"{demo.count_alerts('OPENED')} alerts; the newest of each severity:")
        demo.show_mails("OPENED")
    with screen.phase("Findings and report"):
        demo.fire("report")
        report = demo.show_report()
        columns = ("resource_id", "rule", "severity")
        listing = artefacts.listing(demo.cloud, demo.reports_bucket, report)
        rows = [[row[column] for column in columns] for row in listing if row["compliance_type"]]
        screen.table(["resource", "rule", "severity"], rows[:SHOWN])
        if len(rows) > SHOWN:
            screen.say(f"… and {len(rows) - SHOWN} more in {report['listing']['key']}")
    with screen.phase("Remediation, mode plan: what it would do"):
        records = artefacts.audit_records(demo.cloud, demo.reports_bucket)
        counted = Counter(str(record["what"]["outcome"]) for record in records)
        screen.table(["outcome", "resources"], sorted(counted.items()))
    with screen.phase("What management would read"):
        demo.fire("score")
        demo.show_summary()
    demo.save(output)
