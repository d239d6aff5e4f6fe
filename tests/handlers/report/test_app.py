import json
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from handlers.common import clients
from handlers.common.events import ComplianceChange, MalformedEventError
from handlers.common.register import KEY, Register
from handlers.report.app import handler
from handlers.report.environment import ReportEnvironment
from handlers.report.reminders import NotRemindedError
from handlers.rules import RULES
from tests.handlers.changes import ACCOUNT, S3_RULE, event
from tests.handlers.conftest import StandingClock

S3 = RULES["s3-bucket-default-encryption-kms"]
SCHEDULE = {"time": "2026-03-01T00:45:00Z"}
REGIONS = ("eu-west-1", "eu-north-1")


class Config:
    """AWS Config with one open bucket in eu-west-1, one volatile instance in eu-north-1, and nothing else."""

    def __init__(self, region: str | None) -> None:
        self.region = region

    def list_aggregate_discovered_resources(self, **asked: Any) -> dict[str, Any]:
        there = {("eu-west-1", "AWS::S3::Bucket"): "ledger", ("eu-north-1", "AWS::EC2::Instance"): "i-0abc"}
        found = there.get((asked["Filters"]["Region"], asked["ResourceType"]))
        identifier = {"ResourceType": asked["ResourceType"], "ResourceId": found}
        return {"ResourceIdentifiers": [identifier] if found else []}

    def get_aggregate_compliance_details_by_config_rule(self, **asked: Any) -> dict[str, Any]:
        here = (asked["AwsRegion"], asked["ConfigRuleName"]) == ("eu-west-1", S3_RULE)
        return {"AggregateEvaluationResults": [result("AWS::S3::Bucket", "ledger", "NON_COMPLIANT")] if here else []}

    def get_compliance_details_by_config_rule(self, **asked: Any) -> dict[str, Any]:
        here = self.region == "eu-north-1" and asked["ConfigRuleName"].startswith("ec2-")
        return {"EvaluationResults": [result("AWS::EC2::Instance", "i-0abc", "NOT_APPLICABLE")] if here else []}


def result(resource_type: str, resource_id: str, compliance_type: str) -> dict[str, Any]:
    qualifier = {"ResourceType": resource_type, "ResourceId": resource_id}
    return {
        "EvaluationResultIdentifier": {"EvaluationResultQualifier": qualifier},
        "ComplianceType": compliance_type,
        "ResultRecordedTime": datetime(2026, 3, 1, 0, 30, tzinfo=UTC),
    }


class Reports:
    """The report function with its table, bucket and bus."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.monkeypatch = monkeypatch
        self.s3 = boto3.client("s3", "eu-west-1")
        self.s3.create_bucket(Bucket="reports", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        boto3.client("dynamodb", "eu-west-1").create_table(
            TableName="findings",
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": KEY, "AttributeType": "S"}],
            KeySchema=[{"AttributeName": KEY, "KeyType": "HASH"}],
        )
        self.reminded: list[Any] = []
        self.refused = 0
        monkeypatch.setattr(clients, "config_service", lambda region=None: Config(region))
        monkeypatch.setattr(clients, "events", lambda: self)
        self.enforce()

    def enforce(self, **scopes: list[str]) -> None:
        told = ReportEnvironment(
            environment="dev",
            environment_suffix="ew1",
            account=ACCOUNT,
            regions=REGIONS,
            aggregator="aggregator-dev-ew1",
            findings_table="findings",
            report_bucket="reports",
            settings_digest="digest",
            enforced_scopes={name.replace("_", "-"): scope for name, scope in scopes.items()},
        )
        for name, value in told.to_variables().items():
            self.monkeypatch.setenv(name, value)

    def put_events(self, Entries: list[Any]) -> dict[str, int]:
        self.reminded += Entries
        return {"FailedEntryCount": self.refused}

    def written(self) -> dict[str, dict[str, Any]]:
        """Every report in the bucket, by key."""
        keys = [found["Key"] for found in self.s3.list_objects_v2(Bucket="reports").get("Contents", [])]
        return {key: json.loads(self.s3.get_object(Bucket="reports", Key=key)["Body"].read()) for key in keys}


@pytest.fixture
def reports(aws: None, monkeypatch: pytest.MonkeyPatch) -> Reports:
    return Reports(monkeypatch)


def test_every_rule_is_reported_in_every_region(reports: Reports) -> None:
    handler(SCHEDULE, None)
    (report,) = reports.written().values()
    assert [row["rule"] for row in report["rules"]] == list(RULES)
    assert all(sorted(row["regions"]) == sorted(REGIONS) for row in report["rules"])
    assert report["regions"]["eu-west-1"]["non_compliant"] == 1
    assert report["regions"]["eu-north-1"]["not_applicable"] == 1
    assert report["totals"]["compliant"] == 0


def test_header_says_whose_report_it_is_and_of_when(reports: Reports) -> None:
    handler(SCHEDULE, None)
    (report,) = reports.written().values()
    assert (report["account"], report["environment"], report["settings_digest"]) == (ACCOUNT, "dev", "digest")
    assert report["scheduled_at"] == "2026-03-01T00:45:00.000Z"
    assert report["generated_at"] == "2026-03-01T00:01:00.000Z"


def test_retry_writes_the_same_report_again(reports: Reports, time: StandingClock) -> None:
    handler(SCHEDULE, None)
    time.pass_by(3600)
    handler(SCHEDULE, None)
    assert list(reports.written()) == ["reports/2026/03/01/0045.json"]


def test_first_seen_is_the_register_s(reports: Reports) -> None:
    change = ComplianceChange.from_event(event(ordering="2026-02-01T00:00:00Z"), ACCOUNT)
    Register(boto3.client("dynamodb", "eu-west-1"), "findings").record(change, S3, timedelta(seconds=60))
    handler(SCHEDULE, None)
    (row,) = reports.written()["reports/2026/03/01/0045.json"]["non_compliant"]
    assert (row["first_seen"], row["first_seen_source"]) == ("2026-02-01T00:00:00.000Z", "register")


def test_counts_are_metrics_of_each_rule(reports: Reports, capsys: pytest.CaptureFixture[str]) -> None:
    handler(SCHEDULE, None)
    lines = {line["Rule"]: line for line in map(json.loads, capsys.readouterr().out.splitlines())}
    assert list(lines) == list(RULES)
    assert lines[S3.name]["NonCompliantResources"] == 1
    assert lines[S3.name]["UnknownResources"] == 0


def test_open_finding_is_put_to_the_remediation_that_enforces(reports: Reports) -> None:
    reports.enforce(s3_bucket_default_encryption_kms=["ledger"])
    handler(SCHEDULE, None)
    assert [entry["DetailType"] for entry in reports.reminded] == ["Open Finding"]


def test_without_an_enforcing_remediation_nobody_is_reminded(reports: Reports) -> None:
    handler(SCHEDULE, None)
    assert reports.reminded == []


def test_report_stands_when_the_bus_refuses_a_reminder(reports: Reports) -> None:
    reports.enforce(s3_bucket_default_encryption_kms=["ledger"])
    reports.refused = 1
    with pytest.raises(NotRemindedError):
        handler(SCHEDULE, None)
    assert len(reports.written()) == 1


@pytest.mark.parametrize("told", [{}, {"time": "soon"}, [], None])
def test_schedule_without_a_time_writes_nothing(reports: Reports, told: Any) -> None:
    with pytest.raises(MalformedEventError, match="time"):
        handler(told, None)
    assert reports.written() == {}
