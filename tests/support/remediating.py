"""An account in which every remediation has resources in its scope, in one mode, some of them waived."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

from handlers.common.model import approval, events
from handlers.common.model.remediation import Mode
from handlers.common.model.waiver import ResourceRef, Waiver
from handlers.common.runtime import clock
from handlers.common.stores import open_cases
from handlers.common.stores.audit_chain import digest
from handlers.common.stores.journal import HEAD, KEY, Journal
from handlers.common.stores.report_bucket import PLANS, approval_key, record_key
from handlers.remediate.plan import Plan
from handlers.rules.ec2_instance_type_approved.remediation import OPT_IN_TAG, OPT_IN_VALUE
from modules.app import synthesize
from settings.model import Settings
from settings.resource_names import REPORT_BUCKET, NameKind
from settings.sections import RemediationSettings
from simulation.aws.account import SimulatedAccount
from simulation.aws.lambda_runtime import Invocation
from simulation.aws.mocked import IMAGE
from simulation.demo import case_items, estate, own_rules
from simulation.demo.own_rules import minimum_days
from tests.support import further_rules

APPROVER = "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Approver_0123456789abcdef/ada@example.com"
BUCKETS = ("payments-exports", "customer-statements", "marketing-assets")
DATABASES = ("db:core-banking-5", "db:core-banking-6", "cluster:payments-2")
UNAPPROVED: Any = "p4d.24xlarge"
TAG = {"supplier": "crane"}


def settings(given: Settings, mode: Mode, instances: list[str], day: date) -> Settings:
    """Returns settings for one region, with a limit of one action per run less than needed."""
    given = given.monitoring(given.account_id, given.home_region)
    scopes = {
        own_rules.S3: tuple(f"{name}-{given.environment}" for name in BUCKETS),
        own_rules.RDS: DATABASES,
        own_rules.EC2: tuple(instances),
    }
    scopes |= further_rules.scopes(given)
    chosen = {
        rule: RemediationSettings(
            mode=mode, scope=scope, max_actions_per_run=max(len(scope) - 1, 1), max_percent_per_day=100
        )
        for rule, scope in scopes.items()
    }
    exact = ResourceRef(
        account=given.account_id,
        region=given.home_region,
        resource_type="AWS::S3::Bucket",
        resource_id=f"legacy-dumps-{given.environment}",
    )
    waivers = [
        made("exact", own_rules.S3, day, resource=exact),
        made("tagged", own_rules.S3, day, tags=TAG),
        made("stopped", own_rules.EC2, day, tags=TAG),
        made("kept", own_rules.RDS, day, tags=TAG),
    ]
    return given.model_copy(update={"remediation": {**given.remediation, **chosen}}).with_waivers(waivers)


def made(id: str, rule: str, day: date, **about: Any) -> Waiver:
    """Returns a waiver that expires within a week."""
    people = {"owner": "owner@example.com", "approver": "approver@example.com"}
    why = {"reason": "it is moved", "ticket": "RISK-1", "compensating_measure": "no one uses it"}
    return Waiver(
        id=id, rule=rule, **people, **why, start=day.isoformat(), end=(day + timedelta(days=5)).isoformat(), **about
    )


def deploy(cloud: SimulatedAccount, given: Settings, mode: Mode, folder: Path) -> Settings:
    """Deploys the environment in a mode, and creates the estate; returns the deployed settings."""
    instances = [_opted_in(cloud) for _ in range(3)]
    placed = settings(given, mode, instances, cloud.clock.now().date())
    synthesize([placed], folder)
    cloud.deploy(folder / "stacks" / placed.stack_name)
    estate.seed(cloud, placed)
    case_items.create(cloud, placed, live=True)
    further_rules.delete_one_of_each(cloud, placed, deleted=False)
    cloud.client("s3").put_bucket_tagging(
        Bucket=f"mortgage-uploads-{given.environment}",
        Tagging={"TagSet": [{"Key": key, "Value": value} for key, value in TAG.items()]},
    )
    return placed


def approve_all(cloud: SimulatedAccount, placed: Settings) -> int:
    """Approves every plan as `operate approve` does; returns their number."""
    bucket, s3 = placed.name(REPORT_BUCKET, NameKind.S3_BUCKET), cloud.client("s3")
    keys = [found["Key"] for found in s3.list_objects_v2(Bucket=bucket, Prefix=PLANS).get("Contents", [])]
    for key in keys:
        plan = Plan.from_json(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
        signed = approval.Approval(plan.plan_id, plan.sha256, APPROVER, clock.stamp(cloud.clock.now()))
        s3.put_object(
            Bucket=bucket, Key=approval_key(plan.document["rule"], plan.plan_id, APPROVER), Body=signed.to_json()
        )
    return len(keys)


def forget_head(cloud: SimulatedAccount) -> None:
    """Sets the trail's head back, as after a writer that ended before writing it."""
    journal, s3 = Journal(cloud.client("dynamodb"), "journal-dev-ew1"), cloud.client("s3")
    if (head := journal.get(HEAD)) is not None and head["sequence"] > 1:
        key = record_key(head["sequence"] - 1)
        body = s3.get_object(Bucket="compliance-reports-dev-ew1", Key=key)["Body"].read()
        journal.replace(HEAD, {"sequence": head["sequence"] - 1, "sha256": digest(body)}, head)


def forgetting(cloud: SimulatedAccount) -> None:
    """Sets the head back before every later invocation."""
    take = cloud.polling.next

    def forgetful() -> Invocation | None:
        forget_head(cloud)
        return take()

    cloud.polling.next = forgetful  # type: ignore[method-assign]


def leave_open(cloud: SimulatedAccount) -> None:
    """Lists the planned cases as open, as after functions that ended before writing an intent."""
    client = cloud.client("dynamodb")
    journal = Journal(client, "journal-dev-ew1")
    planned = [item for item in client.scan(TableName=journal.table)["Items"] if "last_plan_id" in item]
    for item in planned:
        open_cases.enter(journal, item[KEY]["S"], int(item["revision"]["N"]) + 1)


def send_closing_events_again(cloud: SimulatedAccount) -> None:
    """Delivers the events that closed a case again: EventBridge delivers at least once."""
    for each in [each for each in cloud.invocations if each.function.startswith("remediate-")]:
        result = each.event.get("detail", {}).get("newEvaluationResult", {}).get("complianceType")
        if result not in (None, events.NON_COMPLIANT):
            cloud.delivery.put(each.event)
    cloud.settle()


def change_one_of_each(cloud: SimulatedAccount, placed: Settings, *, fixed: bool) -> None:
    """Fixes one resource in each scope manually, so that the others are within the limit; or breaks it again.

    Resources of further rules are deleted and created again.
    """
    further_rules.delete_one_of_each(cloud, placed, deleted=fixed)
    ec2, instance = cloud.client("ec2"), placed.remediation[own_rules.EC2].scope[0]
    ec2.stop_instances(InstanceIds=[instance])
    kind = {"Value": "t3.large" if fixed else UNAPPROVED}
    ec2.modify_instance_attribute(InstanceId=instance, InstanceType=kind)
    ec2.start_instances(InstanceIds=[instance])
    days = minimum_days(placed)
    estate.set_retention(cloud, "core-banking-6", days if fixed else days - 1)
    default = {"SSEAlgorithm": "aws:kms" if fixed else "AES256"}
    cloud.client("s3").put_bucket_encryption(
        Bucket=placed.remediation[own_rules.S3].scope[2],
        ServerSideEncryptionConfiguration={"Rules": [{"ApplyServerSideEncryptionByDefault": default}]},
    )


def _opted_in(cloud: SimulatedAccount) -> str:
    tags = [{"ResourceType": "instance", "Tags": [{"Key": OPT_IN_TAG, "Value": OPT_IN_VALUE}]}]
    answer = cloud.client("ec2").run_instances(
        ImageId=IMAGE, MinCount=1, MaxCount=1, InstanceType=UNAPPROVED, TagSpecifications=tags
    )
    return str(answer["Instances"][0]["InstanceId"])
