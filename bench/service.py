"""Simulated AWS with any number of evaluation results, generated page by page; only S3 objects are stored."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from handlers.common.model.events import COMPLIANT, NON_COMPLIANT, NOT_APPLICABLE
from handlers.common.model.finding import Finding, Status
from handlers.common.stores.findings_table import KEY
from handlers.rules import RULES

ACCOUNT, REGION, BUCKET = "111122223333", "eu-west-1", "bench"

# Of ten results, seven are compliant, two are non-compliant and one is not applicable; 1% of resources have no result.
COMPLIANCE_TYPES = (COMPLIANT,) * 7 + (NON_COMPLIANT,) * 2 + (NOT_APPLICABLE,)
WITHOUT_RESULT = 100

FINDINGS_PER_PAGE = 1500  # about 1 MB, DynamoDB's limit for a page
NOW = datetime(2026, 3, 1, 0, 45, tzinfo=UTC)
EVALUATED = (NOW - timedelta(minutes=25)).timestamp()

Document = dict[str, Any]


class Service:
    """Responses to the functions' calls for `size` results, distributed evenly over the rules."""

    def __init__(self, size: int, folder: Path) -> None:
        self.calls: Counter[str] = Counter()
        self._each = size // len(RULES)
        self._folder = folder
        self._actions: dict[str, Callable[[Document], Document]] = {
            "GetAggregateComplianceDetailsByConfigRule": self._aggregate_results,
            "GetComplianceDetailsByConfigRule": self._not_applicable,
            "ListAggregateDiscoveredResources": self._discovered,
            "GetAggregateDiscoveredResourceCounts": self._count,
            "Scan": self._scan,
            "BatchGetItem": lambda _request: {"Responses": {}, "UnprocessedKeys": {}},
            "GetItem": lambda _request: {},
            "SendMessage": lambda _request: {"MessageId": "1"},
            "PutEvents": lambda request: {"FailedEntryCount": 0, "Entries": [{}] * len(request["Entries"])},
        }

    def act(self, action: str, request: Document) -> Document:
        """Answers one JSON call."""
        self.calls[action] += 1
        return self._actions[action](request)

    def put(self, key: str, body: bytes) -> None:
        """Stores an object."""
        self.calls["PutObject"] += 1
        file = self._folder / key
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(body)

    def get(self, key: str) -> bytes | None:
        """Returns an object, or None."""
        self.calls["GetObject"] += 1
        file = self._folder / key
        return file.read_bytes() if file.is_file() else None

    def list(self, prefix: str) -> str:
        """Returns the keys under a prefix, in one page."""
        self.calls["ListObjectsV2"] += 1
        files = [path for path in self._folder.rglob("*") if path.is_file()]
        keys = sorted(path.relative_to(self._folder).as_posix() for path in files)
        contents = "".join(f"<Contents><Key>{escape(key)}</Key></Contents>" for key in keys if key.startswith(prefix))
        return f"<ListBucketResult><IsTruncated>false</IsTruncated>{contents}</ListBucketResult>"

    def _aggregate_results(self, request: Document) -> Document:
        return self._results(request, "AggregateEvaluationResults", (COMPLIANT, NON_COMPLIANT))

    def _not_applicable(self, request: Document) -> Document:
        return self._results(request, "EvaluationResults", (NOT_APPLICABLE,))

    def _results(self, request: Document, name: str, included: tuple[str, ...]) -> Document:
        rule = next(rule for rule in RULES.values() if request["ConfigRuleName"].startswith(rule.name))
        start = int(request.get("NextToken", 0))
        found: list[Document] = []
        while start < self._each and len(found) < request["Limit"]:
            compliance = COMPLIANCE_TYPES[start % len(COMPLIANCE_TYPES)]
            if compliance in included and start % WITHOUT_RESULT:
                found.append(_result(rule.resource_types[0], start, compliance))
            start += 1
        return {name: found} | ({"NextToken": str(start)} if start < self._each else {})

    def _discovered(self, request: Document) -> Document:
        kind, start = request["ResourceType"], int(request.get("NextToken", 0))
        total = self._count({"Filters": request})["TotalDiscoveredResources"]
        end = min(start + request["Limit"], total)
        found = [
            {"SourceAccountId": ACCOUNT, "ResourceType": kind, "ResourceId": _id(number)}
            for number in range(start, end)
        ]
        return {"ResourceIdentifiers": found} | ({"NextToken": str(end)} if end < total else {})

    def _count(self, request: Document) -> Document:
        evaluated_first = {rule.resource_types[0] for rule in RULES.values()}
        return {"TotalDiscoveredResources": self._each if request["Filters"]["ResourceType"] in evaluated_first else 0}

    def _scan(self, request: Document) -> Document:
        start = int(request["ExclusiveStartKey"][KEY]["N"]) if "ExclusiveStartKey" in request else 0
        items, number = [], start
        while number < self._each * len(RULES) and number - start < FINDINGS_PER_PAGE:
            rule, index = list(RULES.values())[number % len(RULES)], number // len(RULES)
            if COMPLIANCE_TYPES[index % len(COMPLIANCE_TYPES)] == NON_COMPLIANT and index % WITHOUT_RESULT:
                items.append(_item(rule.name, rule.resource_types[0], rule.severity, index))
            number += 1
        more = number < self._each * len(RULES)
        return {"Items": items} | ({"LastEvaluatedKey": {KEY: {"N": str(number)}}} if more else {})


def _id(number: int) -> str:
    return f"resource-with-a-name-of-usual-length-{number:08}"


def _result(kind: str, number: int, compliance: str) -> Document:
    qualifier = {"ResourceType": kind, "ResourceId": _id(number)}
    return {
        "EvaluationResultIdentifier": {"EvaluationResultQualifier": qualifier, "OrderingTimestamp": EVALUATED},
        "ComplianceType": compliance,
        "ResultRecordedTime": EVALUATED,
        "ConfigRuleInvokedTime": EVALUATED,
        "AccountId": ACCOUNT,
        "AwsRegion": REGION,
    }


def _item(rule: str, kind: str, severity: str, number: int) -> Document:
    finding = Finding(
        rule=rule,
        account=ACCOUNT,
        region=REGION,
        resource_type=kind,
        resource_id=_id(number),
        severity=severity,
        status=Status.OPEN,
        order="2026-03-01T00:20:00.000Z/2026-03-01T00:20:00.000Z",
        compliance_type=NON_COMPLIANT,
        revision=1,
        first_seen="2026-02-20T00:20:00.000Z",
        opened_at="2026-02-20T00:20:00.000Z",
    )
    fields = {name: {"S": str(value)} for name, value in vars(finding).items() if name != "revision"}
    return {KEY: {"S": finding.finding_id}, "revision": {"N": "1"}} | fields
