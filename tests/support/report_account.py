"""An account for the report function: AWS Config behind its API's paging, a table, a bucket and a bus."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from handlers.common.model.events import ComplianceChange
from handlers.common.model.finding import Finding
from handlers.common.runtime import clients
from handlers.common.stores.findings_table import KEY, FindingsTable
from handlers.report.app import handler
from handlers.report.environment import ReportEnvironment
from handlers.rules import RULES
from tests.support.changes import ACCOUNT, event
from tests.support.refusals import refusal
from tests.support.trails import TABLE, make_journal

REGIONS = ("eu-west-1", "eu-north-1")
EVALUATED = datetime(2026, 3, 1, 0, 20, tzinfo=UTC)
SCHEDULE = {"time": "2026-03-01T00:45:00Z"}
KEY_OF_REPORT = "reports/2026/03/01/0045.json"
KEY_OF_LISTING = "reports/2026/03/01/0045-findings.jsonl"

__all__ = ["refusal"]

S3 = "s3-bucket-default-encryption-kms"
EC2 = "ec2-instance-type-approved"
RDS = "rds-backup-retention-minimum"


@dataclass
class Config:
    """A fake of AWS Config. `before` is called before each call, and may raise an error.

    With `empty`, an empty page with a token precedes every other page.
    """

    page_size: int = 2
    empty: bool = True
    resources: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    results: dict[tuple[str, str], dict[tuple[str, str], tuple[str, datetime]]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    tags: dict[str, dict[str, str]] = field(default_factory=dict)
    miscount: int = 0
    invoked: dict[str, dict[str, datetime]] = field(default_factory=dict)
    before: Callable[[str, dict[str, Any]], None] = lambda _name, _asked: None
    calls: list[str] = field(default_factory=list)

    def evaluated(
        self,
        resource_id: str,
        compliance_type: str | None,
        rule: str = S3,
        kind: str = "AWS::S3::Bucket",
        region: str = "eu-west-1",
        at: datetime = EVALUATED,
        discovered: bool = True,
    ) -> None:
        """Adds a resource, a result, or both."""
        if discovered:
            self.resources.setdefault((region, kind), []).append(resource_id)
        if compliance_type is not None:
            self.results.setdefault((region, f"{rule}-dev-ew1"), {})[kind, resource_id] = (compliance_type, at)

    def client(self, region: str | None = None, **_: Any) -> "Client":
        """Returns a client of a region."""
        return Client(self, region or "eu-west-1")


@dataclass
class Client:
    """The reads that the report makes."""

    config: Config
    region: str

    def list_aggregate_discovered_resources(self, **asked: Any) -> dict[str, Any]:
        kind = asked["ResourceType"]
        found = self.config.resources.get((asked["Filters"]["Region"], kind), [])
        names = self.config.names
        rows = [
            {"SourceAccountId": ACCOUNT, "ResourceType": kind, "ResourceId": each, "ResourceName": names.get(each)}
            for each in found
        ]
        return self._page("list_aggregate_discovered_resources", "ResourceIdentifiers", rows, asked)

    def get_aggregate_discovered_resource_counts(self, **asked: Any) -> dict[str, Any]:
        self._called("get_aggregate_discovered_resource_counts", asked)
        count = len(self.config.resources.get((asked["Filters"]["Region"], asked["Filters"]["ResourceType"]), []))
        return {"TotalDiscoveredResources": count + (self.config.miscount if count else 0)}

    def get_aggregate_compliance_details_by_config_rule(self, **asked: Any) -> dict[str, Any]:
        rows = self._results(asked["AwsRegion"], asked["ConfigRuleName"], ("COMPLIANT", "NON_COMPLIANT"))
        name = "get_aggregate_compliance_details_by_config_rule"
        return self._page(name, "AggregateEvaluationResults", rows, asked)

    def get_compliance_details_by_config_rule(self, **asked: Any) -> dict[str, Any]:
        types = asked.get("ComplianceTypes", ("COMPLIANT", "NON_COMPLIANT", "NOT_APPLICABLE"))
        newer = self.config.invoked.get(asked["ConfigRuleName"], {})
        rows = [row | newer for row in self._results(self.region, asked["ConfigRuleName"], types)]
        return self._page("get_compliance_details_by_config_rule", "EvaluationResults", rows, asked)

    def select_aggregate_resource_config(self, **asked: Any) -> dict[str, Any]:
        """Returns every tagged resource for any query: results of AWS Config may have the value in another tag."""
        rows = [
            json.dumps(
                {
                    "resourceId": name,
                    "resourceType": kind,
                    "accountId": ACCOUNT,
                    "awsRegion": region,
                    "tags": [{"key": key, "value": value} for key, value in self.config.tags.get(name, {}).items()],
                }
            )
            for (region, kind), names in self.config.resources.items()
            for name in names
            if f"'{kind}'" in asked["Expression"]
        ]
        return self._page("select_aggregate_resource_config", "Results", rows, asked)

    def _results(self, region: str, rule: str, wanted: Any) -> list[dict[str, Any]]:
        found = self.config.results.get((region, rule), {})
        return [_result(key, *result) for key, result in found.items() if result[0] in wanted]

    def _page(self, call: str, name: str, rows: list[Any], asked: dict[str, Any]) -> dict[str, Any]:
        self._called(call, asked)
        assert asked["Limit"] == 100
        number, _, phase = asked.get("NextToken", "0/empty" if self.config.empty else "0/full").partition("/")
        start = int(number)
        if phase == "empty" and rows:
            return {name: [], "NextToken": f"{start}/full"}
        following = start + self.config.page_size
        more = {"NextToken": f"{following}/{'empty' if self.config.empty else 'full'}"} if following < len(rows) else {}
        return {name: rows[start:following], **more}

    def _called(self, call: str, asked: dict[str, Any]) -> None:
        self.config.calls.append(call)
        self.config.before(call, asked)


def _result(key: tuple[str, str], compliance_type: str, at: datetime) -> dict[str, Any]:
    return {
        "EvaluationResultIdentifier": {
            "EvaluationResultQualifier": {"ResourceType": key[0], "ResourceId": key[1]},
            "OrderingTimestamp": at,
        },
        "ComplianceType": compliance_type,
        "ResultRecordedTime": at,
        "ConfigRuleInvokedTime": at,
    }


@dataclass
class Context:
    """Remaining time: each look at it takes `step` milliseconds away."""

    remaining: int = 900_000
    step: int = 0

    def get_remaining_time_in_millis(self) -> int:
        self.remaining -= self.step
        return self.remaining


class Account:
    """The report function with its surroundings."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.monkeypatch = monkeypatch
        self.config = Config()
        self.s3 = boto3.client("s3", "eu-west-1")
        self.s3.create_bucket(Bucket="reports", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        self.dynamodb = boto3.client("dynamodb", "eu-west-1")
        schema: Any = [{"AttributeName": KEY, "KeyType": "HASH"}]
        attributes: Any = [{"AttributeName": KEY, "AttributeType": "S"}]
        self.dynamodb.create_table(
            TableName="findings", BillingMode="PAY_PER_REQUEST", AttributeDefinitions=attributes, KeySchema=schema
        )
        make_journal()
        self.put: list[Any] = []
        self.refused = 0
        monkeypatch.setattr(clients, "config_service", self.config.client)
        monkeypatch.setattr(clients, "events", lambda: self)
        self.remediate("plan")

    def remediate(self, mode: str, *scope: str, rule: str = S3) -> None:
        """Sets mode and scope of a rule's remediation; the others are off."""
        variables = ReportEnvironment(
            environment="dev",
            environment_suffix="ew1",
            account=ACCOUNT,
            home_region="eu-west-1",
            regions=REGIONS,
            aggregator="aggregator-dev-ew1",
            findings_table="findings",
            report_bucket="reports",
            journal_table=TABLE,
            event_bus="compliance-dev-ew1",
            settings_digest="0" * 64,
            deadline_days={"CRITICAL": 2, "HIGH": 7, "MEDIUM": 30, "LOW": 90},
            remediation_modes={S3: "off", EC2: "off", RDS: "off", rule: mode},
            remediation_scopes={S3: [], EC2: [], RDS: [], rule: list(scope)},
        )
        for name, value in variables.to_variables().items():
            self.monkeypatch.setenv(name, value)

    def known(
        self, resource_id: str, compliance_type: str = "NON_COMPLIANT", at: str = "2026-02-01T00:00:00Z"
    ) -> Finding:
        """Returns a change that is recorded in the findings table."""
        change = ComplianceChange.from_event(event(resource_id, compliance_type, ordering=at), ACCOUNT.__eq__)
        findings = FindingsTable(self.dynamodb, "findings")
        finding = findings.record(change, RULES[S3], timedelta(seconds=60))
        assert finding is not None
        findings.mark_alerted(finding)
        return finding

    def run(self, scheduled: Any = SCHEDULE, context: Context | None = None) -> None:
        """Runs one invocation."""
        handler(scheduled, context or Context())

    def put_events(self, Entries: list[Any]) -> dict[str, int]:
        """Returns the bus."""
        self.put += Entries
        return {"FailedEntryCount": self.refused}

    def put_details(self, detail_type: str) -> list[Any]:
        """Returns the details of what was put to the bus."""
        return [json.loads(entry["Detail"]) for entry in self.put if entry["DetailType"] == detail_type]

    def all_keys(self) -> list[str]:
        """Returns every key of the bucket."""
        return [found["Key"] for found in self.s3.list_objects_v2(Bucket="reports").get("Contents", [])]

    def text(self, key: str) -> str:
        """Returns an object."""
        return str(self.s3.get_object(Bucket="reports", Key=key)["Body"].read().decode())

    def report(self) -> dict[str, Any]:
        """Returns the report."""
        return dict(json.loads(self.text(KEY_OF_REPORT)))

    def listing(self) -> list[dict[str, Any]]:
        """Returns the report's listing."""
        return [json.loads(line) for line in self.text(KEY_OF_LISTING).splitlines()]
