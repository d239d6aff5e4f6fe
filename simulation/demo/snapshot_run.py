"""The demo on recorded configuration items: results for an account before deployment."""

import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from handlers.common.model.remediation import Mode
from settings.model import Settings
from settings.regions import CREATE
from simulation.aws.account import SimulatedAccount
from simulation.aws.config.item import Item, Key
from simulation.aws.recorded import PART, RecordedAccount
from simulation.demo import artefacts, estate, own_rules
from simulation.demo.console import Screen
from simulation.demo.session import Demo, synthesized
from simulation.demo.site.words import count as amount
from simulation.demo.snapshot import Snapshot, SnapshotError, read

NAMED = 3  # files in messages
SHOWN = 20  # problems and findings on the terminal; the files have all


def run(settings: Settings, paths: Sequence[Path], stack: Path | None, output: Path, screen: Screen) -> str:
    """Evaluates the items under the settings and returns a summary; raises SnapshotError or UnexpectedError."""
    with screen.phase(f"Reading {_names(paths)}"):
        snapshot = read(*paths)
        settings = _placed(settings, snapshot, paths)
        items = _monitored(snapshot, settings)
        _describe(snapshot, items, settings, screen)
    organization = settings.organization.id if settings.organization else ""
    now = datetime.now(UTC)
    with RecordedAccount(settings.account_id, settings.home_region, now, items, organization) as cloud:
        cloud.organization.record(settings.monitored_regions)
        demo = Demo(cloud, settings, screen)
        with screen.phase("Synthesis and deployment into the simulated AWS"):
            demo.deploy(stack or synthesized(_planning(settings), "snapshot"))
            for region, there in items[settings.account_id].items():
                for item in there:
                    _seed(cloud, item, region, settings)
        return _story(demo, cloud, output)


def _placed(settings: Settings, snapshot: Snapshot, paths: Sequence[Path]) -> Settings:
    """Returns the settings, adapted to the snapshot's account and region if they differ."""
    files = _names(paths)
    if not snapshot.items:
        raise SnapshotError(f"{files}: {_nothing(snapshot)}")
    if settings.organization is not None:
        return _of_organization(settings, snapshot, files)
    account = _account(files, settings, snapshot.accounts())
    regions = sorted(region for region in snapshot.regions(account) if region)
    monitored = settings.monitored_regions
    if not regions or not set(regions).isdisjoint(monitored):
        new: dict[str, Any] = {"account_id": account, "recorder": dict.fromkeys(monitored, CREATE)}
        return settings.model_copy(update=new)
    if len(regions) == 1:
        return settings.monitoring(account, regions[0])
    raise _elsewhere(files, regions, monitored)


def _of_organization(settings: Settings, snapshot: Snapshot, files: str) -> Settings:
    """Returns an organization's settings with recorders in all regions; raises SnapshotError."""
    regions = sorted(region for region in snapshot.regions() if region)
    if regions and set(regions).isdisjoint(settings.monitored_regions):
        raise _elsewhere(files, regions, settings.monitored_regions)
    return settings.model_copy(update={"recorder": dict.fromkeys(settings.monitored_regions, CREATE)})


def _elsewhere(files: str, regions: Sequence[str], monitored: Sequence[str]) -> SnapshotError:
    return SnapshotError(
        f"{files}: has items of {', '.join(regions)}: set home_region and monitored_regions to the regions to evaluate "
        f"(now {', '.join(monitored)})"
    )


def _names(paths: Sequence[Path]) -> str:
    more = f" and {len(paths) - NAMED} more" if len(paths) > NAMED else ""
    return ", ".join(map(str, paths[:NAMED])) + more


def _nothing(snapshot: Snapshot) -> str:
    """Returns the error message for a snapshot without items to evaluate."""
    skipped = _listed({"of other types": snapshot.of_other_types, "deleted": snapshot.deleted})
    lines = [f"has no configuration item of a type that a rule evaluates{skipped and f' ({skipped})'}"]
    return "\n".join([*lines, *snapshot.problems[:SHOWN]])


def _account(files: str, settings: Settings, found: Counter[str]) -> str:
    own, named = settings.account_id, sorted(account for account in found if account)
    if own in named or not named:
        return own
    if len(named) == 1:
        return named[0]
    raise SnapshotError(
        f"{files}: has items of {', '.join(named)}: set account_id to the account to evaluate (now {own})"
    )


def _monitored(snapshot: Snapshot, settings: Settings) -> dict[str, dict[str, list[Item]]]:
    """Returns the items by monitored account and region; defaults are the settings' account and home region."""
    own, regions = settings.account_id, settings.monitored_regions
    found: dict[str, dict[str, dict[Key, Item]]] = {own: {region: {} for region in regions}}
    for (named, region), items in sorted(snapshot.items.items()):
        account = named or own
        if region in ("", *regions) and (account == own or _is_member(account, settings)):
            places = found.setdefault(account, {each: {} for each in regions})
            places[region or settings.home_region] |= {item.key: item for item in items}
    return {
        account: {region: list(there.values()) for region, there in places.items()} for account, places in found.items()
    }


def _is_member(account: str, settings: Settings) -> bool:
    organization = settings.organization
    return organization is not None and account not in organization.excluded_accounts


def _describe(snapshot: Snapshot, items: dict[str, dict[str, list[Item]]], settings: Settings, screen: Screen) -> None:
    accounts = snapshot.accounts()
    regions = snapshot.regions(None if settings.organization else settings.account_id)
    for account, places in items.items():
        total = amount(sum(map(len, places.values())), "resource")
        counted = _listed({f"in {region}": len(there) for region, there in places.items()})
        screen.say(f"account {account}: {total} of types that rules evaluate{counted and f': {counted}'}")
    skipped = {
        "of other types": snapshot.of_other_types,
        "deleted": snapshot.deleted,
        "superseded by a newer state": snapshot.older,
    }
    monitored = settings.monitored_regions
    foreign = {f"in {region}": regions[region] for region in sorted(regions) if region not in ("", *monitored)}
    others = {f"of {name}": accounts[name] for name in sorted(accounts) if name not in ("", *items)}
    if any(skipped.values()):
        screen.say(f"skipped: {_listed(skipped)}")
    if foreign:
        screen.say(f"skipped, not in monitored_regions: {_listed(foreign)}", "yellow")
    if others:
        reason = "excluded accounts" if settings.organization else "not account_id"
        screen.say(f"skipped, {reason}: {_listed(others)}", "yellow")
    if accounts[""] or regions[""]:
        unnamed = _listed({"without an account": accounts[""], "without a region": regions[""]})
        screen.say(f"assigned to this account and its home region: {unnamed}", "yellow")
    for problem in snapshot.problems[:SHOWN]:
        screen.say(problem, "yellow")
    if len(snapshot.problems) > SHOWN:
        screen.say(f"… and {amount(len(snapshot.problems) - SHOWN, 'more problem')}", "yellow")


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {what}" for what, count in counts.items() if count)


def _planning(settings: Settings) -> Settings:
    """Returns the settings with every writing remediation in mode plan."""
    planned = {
        rule: chosen.model_copy(update={"mode": Mode.PLAN}) if chosen.mode.writes else chosen
        for rule, chosen in settings.remediation.items()
    }
    return settings.model_copy(update={"remediation": planned})


def _seed(cloud: SimulatedAccount, item: Item, region: str, settings: Settings) -> None:
    """Creates the recorded buckets and databases of the scopes, which plans read."""
    name = str(item.document.get("resourceName") or item.resource_id)
    if not item.readable:
        return
    if item.resource_type == "AWS::S3::Bucket" and name in settings.remediation[own_rules.S3].scope:
        estate.make_bucket(cloud, name, _default_encryption(item.document), region)
    if item.resource_type == "AWS::RDS::DBInstance" and f"db:{name}" in settings.remediation[own_rules.RDS].scope:
        days = item.document["configuration"]["backupRetentionPeriod"]
        estate.make_database(cloud, name, "postgres", region, BackupRetentionPeriod=days)
    if item.resource_type == "AWS::RDS::DBCluster" and f"cluster:{name}" in settings.remediation[own_rules.RDS].scope:
        estate.make_cluster(cloud, name, item.document["configuration"]["backupRetentionPeriod"], region)


def _default_encryption(document: dict[str, Any]) -> dict[str, Any]:
    try:
        rules = document["supplementaryConfiguration"]["ServerSideEncryptionConfiguration"]["rules"]
        default = rules[0]["applyServerSideEncryptionByDefault"]
        encryption = {"SSEAlgorithm": str(default["sseAlgorithm"])}
        key = default.get("kmsMasterKeyID")
    except (KeyError, IndexError, TypeError, AttributeError):
        return estate.AES256
    return encryption | ({"KMSMasterKeyID": str(key)} if key else {})


def _story(demo: Demo, cloud: RecordedAccount, output: Path) -> str:
    screen = demo.screen
    with screen.phase("AWS Config evaluates the items; violations become alerts"):
        _record(demo, cloud)
        undecided = cloud.config.undecided
        for problem in undecided[:SHOWN]:
            screen.say(f"{problem}: counted as unknown", "yellow")
        if len(undecided) > SHOWN:
            screen.say(f"… and {len(undecided) - SHOWN:,} more", "yellow")
        mails = amount(demo.count_mails(), "mail")
        screen.say(f"{amount(demo.count_alerts('OPENED'), 'violation')} reported in {mails}")
        demo.show_mails("OPENED")
    with screen.phase("Findings and report"):
        demo.fire("report")
        report = demo.show_report()
        columns = ("resource_id", "rule", "severity")
        listing = artefacts.listing(cloud, demo.reports_bucket, report)
        rows = [[row[column] for column in columns] for row in listing if row.get("waiver", True) is None]
        screen.table(["resource", "rule", "severity"], rows[:SHOWN], always=True)
        if len(rows) > SHOWN:
            screen.say(f"… and {len(rows) - SHOWN:,} more in {report['listing']['key']}")
    with screen.phase("Planned remediations"):
        screen.table(["outcome", "resources"], sorted(demo.count_outcomes().items()), always=True)
    with screen.phase("Score and executive summary"):
        demo.fire("score")
        total = artefacts.scores(cloud, demo.reports_bucket)[-1]["total"]
        screen.say(f"score {total['score']}, coverage {total['coverage']} %")
        demo.show_summary()
    demo.save(output)
    return _summary(report, cloud.total)


def _record(demo: Demo, cloud: RecordedAccount) -> None:
    """Records all items, and prints the progress on the terminal only."""
    is_progress_shown = demo.screen.verbose or sys.stdout.isatty()
    for shown in cloud.appear():
        demo.record()
        if is_progress_shown and cloud.total > PART:
            print(f"  {shown:,} of {amount(cloud.total, 'resource')} evaluated", flush=True)


def _summary(report: dict[str, Any], resources: int) -> str:
    violated = sum(1 for row in report["rules"] if row["counts"]["non_compliant"])
    totals = report["totals"]
    violations = amount(totals["non_compliant"], "violation")
    rules = f" of {amount(violated, 'rule')}" if violated else ""
    unknown = f", {totals['unknown']:,} unknown" if totals["unknown"] else ""
    return f"{violations}{rules} in {amount(resources, 'resource')}{unknown}"
