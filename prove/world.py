"""Small account and sequence of stages that involve every function."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from handlers.common.model import approval
from handlers.common.model.remediation import Mode
from handlers.common.model.waiver import ResourceRef, Waiver
from handlers.common.runtime import clock
from handlers.common.stores.report_bucket import PLANS, approval_key
from handlers.remediate.plan import Plan
from handlers.rules.ec2_instance_type_approved.remediation import OPT_IN_TAG, OPT_IN_VALUE
from modules.app import synthesize
from modules.resources.lambda_archive import ROOT
from settings.load import load
from settings.model import Settings
from settings.resource_names import REPORT_BUCKET, NameKind
from settings.sections import RemediationSettings
from simulation.aws.account import SimulatedAccount
from simulation.aws.config.service import open_gate
from simulation.aws.mocked import IMAGE
from simulation.demo import artefacts, estate, own_rules

START = datetime(2026, 3, 2, 0, 10, tzinfo=UTC)
APPROVER = "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Approver_0123456789abcdef/ada@example.com"

FIXED, WAIVED, MISSED, SWEPT = (f"{name}-dev" for name in ("ledger", "legacy", "missed", "swept"))
DATABASE = "core-banking-6"
UNAPPROVED: Any = "p4d.24xlarge"


@dataclass
class World:
    """The account and its deployed settings."""

    cloud: SimulatedAccount
    settings: Settings

    @property
    def bucket(self) -> str:
        """The report bucket."""
        return self.settings.name(REPORT_BUCKET, NameKind.S3_BUCKET)

    def fire(self, function: str, planned: datetime) -> None:
        """Fires a schedule at its time, or now if that has passed."""
        self.cloud.clock.advance(max(timedelta(), planned - self.cloud.clock.now()))
        self.cloud.delivery.fire(self.settings.name(f"{function}-on-schedule", NameKind.EVENT_RULE), planned)
        self.cloud.settle()


def deployed(cloud: SimulatedAccount, folder: Path) -> World:
    """Deploys the monitor with every remediation enabled, before the violations are created."""
    tags = [{"ResourceType": "instance", "Tags": [{"Key": OPT_IN_TAG, "Value": OPT_IN_VALUE}]}]
    made = cloud.client("ec2").run_instances(
        ImageId=IMAGE, MinCount=1, MaxCount=1, InstanceType="t3.micro", TagSpecifications=tags
    )
    settings = _settings(str(made["Instances"][0]["InstanceId"]))
    synthesize([settings], folder)
    cloud.deploy(folder / "stacks" / settings.stack_name)
    return World(cloud, settings)


def _settings(instance: str) -> Settings:
    given = load(ROOT / "environments" / "dev.toml")
    given = given.monitoring(given.account_id, given.home_region)
    free: dict[str, Any] = {"max_actions_per_run": 9, "max_actions_per_day": 9, "max_percent_per_day": 100}
    chosen = {
        **given.remediation,
        own_rules.S3: RemediationSettings(mode=Mode.ENFORCE, scope=(FIXED, SWEPT), **free),
        own_rules.RDS: RemediationSettings(mode=Mode.APPROVE, scope=(f"db:{DATABASE}",), **free),
        own_rules.EC2: RemediationSettings(mode=Mode.ENFORCE, scope=(instance,), **free),
    }
    return given.model_copy(update={"remediation": chosen}).with_waivers([_waiver(given, START.date())])


def _waiver(given: Settings, day: date) -> Waiver:
    resource = ResourceRef(
        account=given.account_id, region=given.home_region, resource_type="AWS::S3::Bucket", resource_id=WAIVED
    )
    return Waiver(
        id="legacy",
        rule=own_rules.S3,
        owner="owner@example.com",
        approver="approver@example.com",
        reason="it is moved",
        ticket="RISK-1",
        compensating_measure="it is not in use",
        start=day.isoformat(),
        end=(day + timedelta(days=5)).isoformat(),
        resource=resource,
    )


def _record(world: World) -> None:
    """Records changes; the aggregator is updated within 20 minutes."""
    world.cloud.record()
    world.cloud.clock.advance(timedelta(minutes=20))


def _violate(name: str) -> Callable[[World], None]:
    def act(world: World) -> None:
        estate.make_bucket(world.cloud, name, estate.AES256)
        _record(world)

    return act


def _weak_database(world: World) -> None:
    days = own_rules.minimum_days(world.settings)
    estate.make_database(world.cloud, DATABASE, "postgres", BackupRetentionPeriod=days - 1)
    _record(world)


def _approve(world: World) -> None:
    s3 = world.cloud.client("s3")
    for key in artefacts.keys(world.cloud, world.bucket, PLANS):
        plan = Plan.from_json(artefacts.body(world.cloud, world.bucket, key))
        if plan.document["rule"] == own_rules.RDS:
            said = approval.Approval(plan.plan_id, plan.sha256, APPROVER, clock.stamp(world.cloud.clock.now()))
            place = approval_key(plan.document["rule"], plan.plan_id, APPROVER)
            s3.put_object(Bucket=world.bucket, Key=place, Body=said.to_json())
    world.cloud.settle()
    _record(world)


def _unapproved_type(world: World) -> None:
    ec2, [instance] = world.cloud.client("ec2"), world.settings.remediation[own_rules.EC2].scope
    ec2.stop_instances(InstanceIds=[instance])
    ec2.modify_instance_attribute(InstanceId=instance, InstanceType={"Value": UNAPPROVED})
    ec2.start_instances(InstanceIds=[instance])
    _record(world)


def _lose_change(world: World, name: str) -> None:
    """Creates a bucket that is evaluated while no rule forwards the event."""
    events = world.cloud.client("events")
    forwarding = [rule["Name"] for rule in events.list_rules()["Rules"] if "EventPattern" in rule]
    for rule in forwarding:
        events.disable_rule(Name=rule)
    estate.make_bucket(world.cloud, name, estate.AES256)
    _record(world)
    for rule in forwarding:
        events.enable_rule(Name=rule)


def _sweep(world: World) -> None:
    _lose_change(world, SWEPT)
    world.fire("remediate-s3-encryption", START.replace(hour=1))


def _at(function: str, hour: int, minute: int = 0) -> Callable[[World], None]:
    return lambda world: world.fire(function, START.replace(hour=hour, minute=minute))


def _long_report(world: World) -> None:
    """Runs a report after a lost change, slowly enough to need two invocations."""
    _lose_change(world, MISSED)
    world.cloud.config.gate = lambda _action: world.cloud.clock.advance(timedelta(seconds=60))
    world.fire("report", START.replace(hour=6, minute=45))
    world.cloud.config.gate = open_gate


@dataclass(frozen=True)
class Stage:
    """A named step of the sequence."""

    name: str
    act: Callable[[World], None]


STAGES = (
    Stage("evaluation", _at("evaluate", 0, 15)),
    Stage("violation found and remediated", _violate(FIXED)),
    Stage("AWS Config confirms it", _record),
    Stage("violation that awaits approval", _weak_database),
    Stage("approval", _approve),
    Stage("instance stopped", _unapproved_type),
    Stage("violation that is waived", _violate(WAIVED)),
    Stage("sweep that finds what was lost", _sweep),
    Stage("reminder of a waiver", _at("remind", 6)),
    Stage("report that finds what was lost", _long_report),
    Stage("score and summary", _at("score", 7)),
)
