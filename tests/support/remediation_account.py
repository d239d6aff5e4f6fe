"""Resources under remediation: buckets, databases and instances in moto, and their AWS Config results."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from handlers.common.model import parameters
from handlers.common.model.approval import Approval
from handlers.common.runtime import clients, clock
from handlers.common.stores.audit_trail import Trail
from handlers.common.stores.journal import Journal
from handlers.common.stores.report_bucket import approval_key
from handlers.remediate import action
from handlers.remediate.app import handler
from handlers.remediate.environment import RemediateEnvironment
from handlers.remediate.plan import Plan
from simulation.aws.mocked import IMAGE
from tests.support.changes import ACCOUNT, event
from tests.support.mailing import MailQueue
from tests.support.trails import BUCKET, TABLE, journal, make_trail, records

S3, RDS, EC2 = "s3-bucket-default-encryption-kms", "rds-backup-retention-minimum", "ec2-instance-type-approved"
TYPES = {S3: "AWS::S3::Bucket", RDS: "AWS::RDS::DBInstance", EC2: "AWS::EC2::Instance"}
SWITCH, REGION = "remediation-switch-dev-ew1", "eu-west-1"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/remediate-dev-ew1"
APPROVER = f"arn:aws:sts::{ACCOUNT}:assumed-role/AWSReservedSSO_Approvers_0123456789abcdef/ada@example.com"


@dataclass
class Config:
    """A fake of AWS Config for remediations: items, violations, and started evaluations."""

    items: dict[str, dict[str, Any]] = field(default_factory=dict)
    violating: list[tuple[str, str]] = field(default_factory=list)
    discovered: int = 100
    started: list[str] = field(default_factory=list)

    def get_aggregate_resource_config(self, **asked: Any) -> dict[str, Any]:
        identity = asked["ResourceIdentifier"]["ResourceId"]
        if identity not in self.items:
            code = {"Code": "ResourceNotDiscoveredException", "Message": "not discovered"}
            raise ClientError({"Error": code}, "GetAggregateResourceConfig")
        item = self.items[identity]
        opened = {"configuration": json.dumps(item["configuration"])} if "configuration" in item else {}
        return {"ConfigurationItem": {name: value for name, value in (item | opened).items() if value is not None}}

    def get_aggregate_compliance_details_by_config_rule(self, **asked: Any) -> dict[str, Any]:
        """Returns one result per page after an empty first page, which AWS allows."""
        start = int(asked.get("NextToken", -1))
        found = [] if start < 0 else self.violating[start : start + 1]
        qualifiers = [{"ResourceType": kind, "ResourceId": identity} for kind, identity in found]
        results = [{"EvaluationResultIdentifier": {"EvaluationResultQualifier": each}} for each in qualifiers]
        more = {"NextToken": str(start + 1)} if start + 1 < len(self.violating) else {}
        return {"AggregateEvaluationResults": results} | more

    def get_aggregate_discovered_resource_counts(self, **_: Any) -> dict[str, Any]:
        return {"TotalDiscoveredResources": self.discovered}

    def start_config_rules_evaluation(self, **asked: Any) -> dict[str, Any]:
        self.started += asked["ConfigRuleNames"]
        return {}


class RemediationAccount:
    """The account, and one remediation function in it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch
        self.trail: Trail = make_trail()
        self.config = Config()
        self.slept: list[float] = []
        monkeypatch.setattr(action, "time", SimpleNamespace(sleep=self.slept.append))
        monkeypatch.setattr(clients, "config_service", lambda _region=None: self.config)
        self.s3 = boto3.client("s3", REGION)
        self.ssm: Any = boto3.client("ssm", REGION)
        self.ssm.put_parameter(Name=SWITCH, Type="String", Value="running")
        self.queue = MailQueue()
        self.rule, self.event_id = S3, "change-1"
        self.configure()

    @cached_property
    def rds(self) -> Any:
        """An administrator's client of RDS."""
        return boto3.client("rds", REGION)

    @cached_property
    def ec2(self) -> Any:
        """An administrator's client of EC2."""
        return boto3.client("ec2", REGION)

    def configure(
        self,
        rule: str = S3,
        mode: str = "enforce",
        scope: tuple[str, ...] = ("ledger",),
        s3_keys: Any = "any",
        **more: Any,
    ) -> None:
        """Sets the function's environment variables, and its remediation's parameters."""
        self.rule = rule
        self._monkeypatch.setattr(parameters, "deployed", lambda: {"keys": s3_keys, "minimum_days": 7})
        given: dict[str, Any] = {
            "max_per_run": 5,
            "max_per_day": 20,
            "max_percent": 100,
            "change_windows": (),
            "approval_hours": 24,
        }
        environment = RemediateEnvironment(
            environment="dev",
            environment_suffix="ew1",
            account=ACCOUNT,
            regions=(REGION,),
            role=ROLE,
            rule=rule,
            mode=mode,
            scope=scope,
            aggregator="aggregator-dev-ew1",
            report_bucket=BUCKET,
            journal_table=TABLE,
            mail_queue=self.queue.url,
            audit_queue=self.trail.queue_url,
            switch_parameter=SWITCH,
            first_evaluation="00:15",
            **{**given, **more},
        )
        for name, value in environment.to_variables().items():
            self._monkeypatch.setenv(name, value)

    def bucket(self, name: str = "ledger") -> str:
        """Creates a bucket without KMS encryption, which violates the rule; returns its name."""
        place: Any = {"LocationConstraint": REGION}
        self.s3.create_bucket(Bucket=name, CreateBucketConfiguration=place)
        self.config.violating.append((TYPES[S3], name))
        return name

    def let_logs_in(self, service: str, name: str = "ledger") -> None:
        """Allows a service to deliver logs to a bucket."""
        allowed = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "s3:PutObject"}
        statement = allowed | {"Resource": f"arn:aws:s3:::{name}/*"}
        self.s3.put_bucket_policy(Bucket=name, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))

    def encrypt_otherwise(self, name: str = "ledger") -> None:
        """Sets another default encryption than KMS."""
        other: Any = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": False}
        self.s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": [other]})

    def algorithm(self, name: str = "ledger") -> str | None:
        """Returns the algorithm of a bucket's default encryption."""
        try:
            rules = self.s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"]
        except ClientError:
            return None
        return str(rules[0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"])

    def item(self, identity: str, name: str | None, captured: datetime | None = None, **item: Any) -> None:
        """Adds a configuration item."""
        moment = captured or clock.now()
        held = {"resourceName": name, "configurationItemCaptureTime": moment, "configuration": {}, "tags": {}}
        self.config.items[identity] = held | item

    def database(self, name: str = "orders", days: int = 1) -> str:
        """Creates a violating database with a backup retention period; returns Config's ID of it."""
        answer: Any = self.rds.create_db_instance(
            DBInstanceIdentifier=name, Engine="postgres", DBInstanceClass="db.m7g.large", BackupRetentionPeriod=days
        )
        identity = str(answer["DBInstance"]["DbiResourceId"])
        self.item(identity, name)
        self.config.violating.append((TYPES[RDS], identity))
        return identity

    def instance(self, opted_in: bool = True, **tags: str) -> str:
        """Creates a running, recorded and violating instance; returns its ID."""
        answer = self.ec2.run_instances(ImageId=IMAGE, MinCount=1, MaxCount=1)
        identity = str(answer["Instances"][0]["InstanceId"])
        opt_in = {"compliance-monitor-remediation": "stop"} if opted_in else {}
        self.config.violating.append((TYPES[EC2], identity))
        self.record_instance(identity, "running", **opt_in, **tags)
        return identity

    def record_instance(self, identity: str, state: str, **tags: str) -> None:
        """Records an instance's state."""
        held = self.config.items.get(identity, {"tags": {}})
        configuration = {"instanceType": "x1e.32xlarge", "state": {"name": state}}
        self.item(identity, None, configuration=configuration, tags=held["tags"] | tags)

    def instance_state(self, identity: str) -> str:
        """Returns the instance's state."""
        (found,) = self.ec2.describe_instances(InstanceIds=[identity])["Reservations"]
        return str(found["Instances"][0]["State"]["Name"])

    def change(self, identity: str = "ledger", compliance: str = "NON_COMPLIANT", at: str | None = None) -> None:
        """Delivers Config's event."""
        moment = at or clock.stamp(clock.now())
        rule, kind = f"{self.rule}-dev-ew1", TYPES[self.rule]
        change = event(identity, compliance, ordering=moment, rule=rule, resource_type=kind)
        handler(change | {"id": self.event_id}, None)

    def sweep(self) -> None:
        """Runs the schedule."""
        handler({"id": "scheduled-1", "detail-type": "Scheduled Event", "source": "aws.events"}, None)

    def approve(self, plan_id: str, approver: str = APPROVER, changes: dict[str, str] | None = None) -> None:
        """Puts an approval into the bucket, and delivers S3's event."""
        plan = Plan.fetch(BUCKET, plan_id)
        given = {"plan_id": plan_id, "plan_sha256": plan.sha256, "approver": approver}
        approval = Approval(**{**given, "approved_at": clock.stamp(clock.now()), **(changes or {})})
        self.put_approval(plan_id, approval.to_json(), approver)

    def put_approval(self, plan_id: str, body: bytes, approver: str = APPROVER) -> None:
        """Puts anything under an approval's key."""
        key = approval_key(self.rule, plan_id, approver)
        self.s3.put_object(Bucket=BUCKET, Key=key, Body=body)
        handler(created(key), None)

    def turn(self, value: str) -> None:
        """Sets the kill switch, as an operator does in the console."""
        self.ssm.put_parameter(Name=SWITCH, Type="String", Value=value, Overwrite=True)

    def outcomes(self) -> list[str]:
        """Returns the kind and the outcome, if any, of each record, in order."""
        return [f"{each['kind']} {each['what'].get('outcome', '')}".strip() for each in records()]

    def plan_id(self) -> str:
        """Returns the ID of the last plan in the trail."""
        return str([each["ids"]["plan_id"] for each in records() if each["kind"] == "PLAN"][-1])

    def mails(self) -> list[str]:
        """Returns the subjects of the mails to operations."""
        return self.queue.subjects()

    @property
    def journal(self) -> Journal:
        """The function's journal."""
        return journal()


def created(key: str) -> dict[str, Any]:
    """Returns S3's event for a new object in the report bucket."""
    detail = {"bucket": {"name": BUCKET}, "object": {"key": key}}
    return {"id": "created-1", "detail-type": "Object Created", "source": "aws.s3", "detail": detail}
