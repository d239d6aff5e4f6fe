"""Final state of the monitor, which must not depend on faults; without times, as faults cause delays."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from handlers.common.stores.report_bucket import AUDIT, SCORES, WORKING, report_time
from operate import audit_verification as audit
from prove.world import DATABASE, World
from settings.resource_names import FAILURE_QUEUE, NameKind
from simulation.demo import artefacts, own_rules

FACTS = ("status", "compliance_type", "waiver", "alert_due", "severity")


@dataclass(frozen=True)
class State:
    """Findings, mails, records, resources and reports, without fields that depend on time."""

    findings: dict[str, tuple[str, ...]]
    mails: Counter[str]
    records: Counter[str]
    resources: dict[str, str]
    reports: dict[str, str]
    waiting: int
    broken: tuple[str, ...]


def state(world: World) -> State:
    """Returns the current state."""
    cloud, bucket = world.cloud, world.bucket
    bodies = {key: artefacts.body(cloud, bucket, key) for key in artefacts.keys(cloud, bucket, "")}
    trail = {key: body for key, body in bodies.items() if key.startswith(AUDIT)}
    verified = audit.verify(trail, [])
    return State(
        findings=dict(_findings(world)),
        mails=Counter(_mails(world)),
        records=Counter(_described(json.loads(body)) for body in trail.values()),
        resources=dict(_resources(world)),
        reports=dict(_reports(bodies)),
        waiting=_waiting(world),
        broken=verified.broken,
    )


def _findings(world: World) -> Iterator[tuple[str, tuple[str, ...]]]:
    table = world.settings.name("findings", NameKind.DYNAMODB_TABLE)
    for item in world.cloud.client("dynamodb").scan(TableName=table)["Items"]:
        yield item["finding_id"]["S"], tuple(item[name]["S"] for name in FACTS)


def _mails(world: World) -> Iterator[str]:
    for topic in world.cloud.client("sns").list_topics()["Topics"]:
        name = topic["TopicArn"].rpartition(":")[2]
        yield from (f"{name}: {mail['subject']}" for mail in world.cloud.published(topic["TopicArn"]))


def _described(record: dict[str, Any]) -> str:
    what = record["what"]
    about = what.get("resource_id") or record["why"].get("waiver") or what.get("parameter")
    return " ".join(str(each) for each in (record["kind"], what.get("outcome", ""), about) if each)


def _resources(world: World) -> Iterator[tuple[str, str]]:
    s3, ec2 = world.cloud.client("s3"), world.cloud.client("ec2")
    for name in (found["Name"] for found in s3.list_buckets()["Buckets"]):
        rules = s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"]
        yield name, rules[0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"]
    for found in world.cloud.client("rds").describe_db_instances()["DBInstances"]:
        yield DATABASE, str(found["BackupRetentionPeriod"])
    [instance] = world.settings.remediation[own_rules.EC2].scope
    yield instance, ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"][0]["State"]["Name"]


def _reports(bodies: dict[str, bytes]) -> Iterator[tuple[str, str]]:
    """Yields the figures of reports and scores, and the existence of other documents."""
    for key, body in bodies.items():
        if report_time(key):
            report = json.loads(body)
            yield key, json.dumps([report["totals"], report["complete"], report["open"]["HIGH"]["findings"]])
        elif key.startswith(SCORES):
            score = json.loads(body)
            yield key, json.dumps([score["total"]["score"], score["completeness"]["complete"]])
        elif not key.startswith((AUDIT, WORKING)):
            yield key.partition("/")[0], "there"


def _waiting(world: World) -> int:
    sqs = world.cloud.client("sqs")
    name = world.settings.name(FAILURE_QUEUE, NameKind.SQS_QUEUE)
    url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    return int(found["ApproximateNumberOfMessages"]) + int(found["ApproximateNumberOfMessagesNotVisible"])
