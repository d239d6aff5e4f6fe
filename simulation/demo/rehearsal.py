"""A rehearsal of any environment: two simulated days on an estate for its rules, in its remediation modes."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from functools import partial
from pathlib import Path

from handlers.common.model.events import NON_COMPLIANT
from handlers.common.model.outcome import RESULTS, Outcome, Result
from handlers.common.model.remediation import Mode
from handlers.common.runtime.naming import PACKAGE
from handlers.rules import RULES
from handlers.rules.s3_bucket_default_encryption_kms.keys import ANY
from settings.model import Settings
from settings.recording import ALL
from settings.regions import CREATE
from settings.rule_cases import FILE
from simulation.aws import managed_rules as managed
from simulation.aws.account import SimulatedAccount
from simulation.demo import artefacts, case_items, estate, own_rules, samples
from simulation.demo.console import Screen
from simulation.demo.estate import Estate
from simulation.demo.scenario import destroy
from simulation.demo.session import NO_RESULT, OPERATIONS, Demo, UnexpectedError, expect, synthesized
from simulation.demo.site.words import count as amount
from simulation.terraform.context import StackError

HOURS = 48  # so that the last score covers a whole day of reports
PARTITION = "aws"
AN_HOUR = timedelta(hours=1)
AFTER_THE_SCORE = timedelta(hours=3, minutes=30)


def has_story(settings: Settings) -> bool:
    """Returns whether the eight-day demo fits an environment; it requires this repository's dev, with its settings."""
    sources = [rule.source for rule in settings.catalogue.values() if rule.name not in RULES]
    plain = settings.organization is None and not settings.exclusions and not settings.granted
    schedule = settings.schedule
    plain = plain and own_rules.keys_allowed(settings) == ANY and own_rules.minimum_days(settings) > 1
    plain = plain and settings.home_region in settings.monitored_regions and schedule.first_evaluation <= time(1)
    plain = plain and time(6, 50) <= schedule.daily_score <= time(8)
    recorded = set(settings.recorder.values()) == {CREATE}
    own = settings.catalogue.keys() >= own_rules.STORY_RULES
    known = all(getattr(source, "identifier", "") == "RDS_STORAGE_ENCRYPTED" for source in sources)
    return settings.environment == "dev" and not PACKAGE and plain and recorded and known and own


def run(settings: Settings, output: Path, screen: Screen) -> str:
    """Runs the days and returns a summary; raises UnexpectedError or StackError."""
    if (partition := settings.deployment.partition) != PARTITION:
        raise StackError(f"home_region {settings.home_region}: partition {partition} is unsupported")
    # The days begin after the score and its second attempt, so that each score has a report.
    daily, midnight = (
        settings.schedule.daily_score,
        datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0),
    )
    today = midnight + timedelta(hours=daily.hour, minutes=daily.minute) + AFTER_THE_SCORE
    inventory = partial(samples.own, settings)
    members = samples.organization(settings)
    start = today - HOURS * AN_HOUR
    with (
        managed.newer(samples.unchecked(settings)),
        SimulatedAccount(settings.account_id, settings.home_region, start, inventory, members) as cloud,
    ):
        for account in (cloud.config, *cloud.organization.accounts.values()):
            account.stand_in = samples.result
        demo = Demo(cloud, settings, screen)
        with screen.phase("Creating resources for the environment's rules in a simulated AWS account"):
            made = _create_estate(demo)
        with screen.phase(f"Synthesizing the stack of {settings.environment} and deploying it"):
            for note in settings.notes:
                screen.say(note)
            demo.deploy(synthesized(settings, "rehearsal"))
        try:
            summary = _story(demo, made)
        finally:
            site = demo.save(output)  # also after a failure
        with screen.phase("Destroying the system; the other resources remain"):
            destroy(demo)
        site.write(output, screen.phases)
    return summary


def _create_estate(demo: Demo) -> Estate:
    settings, screen = demo.settings, demo.screen
    made = estate.seed(demo.cloud, settings)
    _within_scopes(demo, made)
    _excluded(demo)
    screen.say(made.described())
    if regions := samples.record_where_existing(demo.cloud, settings):
        screen.say(f"existing recorders in {', '.join(regions)}")
    if members := demo.cloud.organization.members:
        demo.cloud.organization.record(settings.monitored_regions)
        excluded = settings.organization.excluded_accounts if settings.organization else ()
        named = (f"{name} (excluded)" if name in excluded else name for name in members)
        screen.say(f"an organization with {amount(len(members), 'other account')}: {', '.join(named)}")
    if names := samples.without_stand_in(settings):
        screen.say(f"sample results for {amount(len(names), 'AWS managed rule')}: {', '.join(names)}", "yellow")
    return made


def _within_scopes(demo: Demo, made: Estate) -> None:
    """Creates violating resources for the names in the remediations' scopes."""
    cloud, settings = demo.cloud, demo.settings
    scopes = {name: chosen.scope for name, chosen in settings.remediation.items()}
    for name in scopes.get(own_rules.S3, ()):
        if (own_rules.S3, name) not in made.expected:
            estate.make_bucket(cloud, name, estate.AES256)
            made.expect(own_rules.S3, name, NON_COMPLIANT)
    days = own_rules.minimum_days(settings) - 1
    existing = _databases(cloud)
    for kind, _, name in (each.partition(":") for each in scopes.get(own_rules.RDS, ()) if each not in existing):
        if kind == "db":
            estate.make_database(cloud, name, "postgres", BackupRetentionPeriod=days)
        else:
            estate.make_cluster(cloud, name, max(days, 1))
    if instances := scopes.get(own_rules.EC2, ()):
        demo.screen.say(f"not created, because EC2 generates instance IDs: {', '.join(instances)}", "yellow")


def _excluded(demo: Demo) -> None:
    """Creates a violating resource for each exclusion by tags from one of the system's rules."""
    cloud = demo.cloud
    by_tags = (each for each in demo.settings.exclusions if each.tags)
    for each in (each for each in by_tags if not any(key.startswith("aws:") for key in each.tags)):
        name, tags = f"{each.id}-{demo.settings.environment}", [{"Key": k, "Value": v} for k, v in each.tags.items()]
        if each.rule == own_rules.S3:
            estate.make_bucket(cloud, name, estate.AES256)
            cloud.client("s3").put_bucket_tagging(Bucket=name, Tagging={"TagSet": tags})
        if each.rule == own_rules.RDS:
            estate.make_database(cloud, name, "postgres", BackupRetentionPeriod=0, Tags=tags)


def _story(demo: Demo, made: Estate) -> str:
    screen, settings = demo.screen, demo.settings
    with screen.phase("AWS Config evaluates the resources; violations become alerts"):
        demo.record()
        is_home = settings.home_region in settings.monitored_regions
        for (rule, identity), expected in made.expected.items():
            if rule in settings.catalogue and (is_home or demo.evaluation_result(rule, identity) != NO_RESULT):
                expect(demo.evaluation_result(rule, identity), expected, f"{rule} on {identity}")
        violations = demo.count_alerts("OPENED")
        screen.say(f"{amount(violations, 'violation')} reported in {amount(demo.count_mails(), 'mail')}")
        expect(demo.cloud.mailbox.suspended, {}, "suspended subscriptions")
        demo.show_mails("OPENED")
    with screen.phase("Two days pass: evaluations, reports, remediations, scores and summaries"):
        for _ in range(HOURS):
            # AWS Config records changes by remediations some minutes later.
            demo.without_errors(demo.cloud.run_until(demo.cloud.clock.now() + AN_HOUR))
            demo.record()
        report = demo.show_report()
        expect(report["problems"], [], "problems of the report")
        expect(sorted(row["rule"] for row in report["rules"]), sorted(settings.catalogue), "rules in the report")
        expect(set(report["accounts"]), set(_accounts(demo)), "accounts in the report")
        with_results = {
            row["rule"] for row in report["rules"] if row["counts"]["evaluated"] + row["counts"]["excluded"]
        }
        without = sorted(_evaluated(settings) - with_results)
        if own := [name for name in without if name in settings.own_rules]:
            what = f"no case has a result with the settings of {settings.environment}"
            raise UnexpectedError(f"{name}: {what}: add one to its {FILE}" for name in own)
        expect(without, [], "rules without a result")
        screen.say(f"{amount(len(report['accounts']), 'account')}, {amount(len(report['regions']), 'region')}")
        for excluded in report["exclusions"]:
            screen.say(f"excluded from {excluded['rule']}: {amount(excluded['resources'], 'resource')}")
        _remediated(demo)
        if wrong := list(_not_remediated(demo)):
            raise UnexpectedError(wrong)
    with screen.phase("Score and executive summary"):
        score = artefacts.scores(demo.cloud, demo.reports_bucket)[-1]
        expect(score["completeness"]["problems"], [], "problems of the score")
        screen.say(f"score {score['total']['score']}, coverage {score['total']['coverage']} %")
        demo.show_summary()
    totals = report["totals"]
    return f"{amount(totals['non_compliant'], 'violation')} in {amount(totals['discovered'], 'result')}"


def _evaluated(settings: Settings) -> set[str]:
    """Returns the rules that can have a result: change-triggered rules require a recorder of their types."""
    records_all = ALL in settings.also_record or CREATE not in settings.recorder.values()
    rules = settings.catalogue.items()
    return {name for name, rule in rules if rule.periodic or rule.recorded_types or records_all}


def _accounts(demo: Demo) -> Iterator[str]:
    """Yields the monitored accounts."""
    yield demo.settings.account_id
    organization = demo.settings.organization
    excluded = organization.excluded_accounts if organization else ()
    yield from (name for name in demo.cloud.organization.members if name not in excluded)


def _not_remediated(demo: Demo) -> Iterator[str]:
    """Yields the resources of cases that an enforced remediation should have brought into compliance."""
    records = [each for each in demo.audit_records() if "outcome" in each["what"]]
    for rule, remediation, case in case_items.violating(demo.settings):
        chosen, name = demo.settings.remediation[rule.name], case.scope_name(remediation)
        if chosen.mode != Mode.ENFORCE or name not in chosen.scope or not remediation.resolves:
            continue
        of_rule = [each["what"] for each in records if each["why"].get("rule") == rule.name]
        own = [what for what in of_rule if what.get("name") == name]
        failed = (what for what in own if RESULTS[Outcome(what["outcome"])] == Result.FAILED)
        last = own[-1] if own else {"outcome": "no record"}
        unfinished = not own or RESULTS[Outcome(last["outcome"])] == Result.WRITTEN
        if what := next(failed, last if unfinished else None):
            yield f"{rule.name}: {name}: {what['outcome']}: {what.get('reason')} (the resource is that of `create`)"


def _remediated(demo: Demo) -> None:
    modes = ", ".join(f"{rule}: {mode}" for rule, mode in demo.settings.remediation_modes().items())
    demo.screen.say(f"remediation modes: {modes or 'none'}")
    demo.screen.table(["outcome", "times"], sorted(demo.count_outcomes().items()), always=True)
    for mail in demo.cloud.published(demo.topics[OPERATIONS])[-1:]:
        demo.screen.mail(", ".join(demo.settings.alerts.operations), mail["subject"], mail["message"])


def _databases(cloud: SimulatedAccount) -> set[str]:
    """Returns the instances and clusters of the home region, in the form of a remediation's scope."""
    rds = cloud.client("rds")
    instances = (f"db:{each['DBInstanceIdentifier']}" for each in rds.describe_db_instances()["DBInstances"])
    clusters = (f"cluster:{each['DBClusterIdentifier']}" for each in rds.describe_db_clusters()["DBClusters"])
    return {*instances, *clusters}
