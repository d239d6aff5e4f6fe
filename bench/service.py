"""An AWS of as many evaluation results as one likes, made up page by page: nothing is kept but what is put into S3."""

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

# Of ten results, seven are compliant, two are not, and one does not apply; of a hundred resources one has no result.
COMPLIANCE_TYPES = (COMPLIANT,) * 7 + (NON_COMPLIANT,) * 2 + (NOT_APPLICABLE,)
WITHOUT_RESULT = 100

FINDINGS_PER_PAGE = 1500  # about a megabyte, which is what DynamoDB reads for a page
NOW = datetime(2026, 3, 1, 0, 45, tzinfo=UTC)
EVALUATED = (NOW - timedelta(minutes=25)).timestamp()

Answer = dict[str, Any]


class Service:
    """The calls that the functions make, answered for `size` results, evenly spread over the rules."""

    def __init__(self, size: int, folder: Path) -> None:
        self.calls: Counter[str] = Counter()
        self._each = size // len(RULES)
        self._folder = folder
        self._actions: dict[str, Callable[[Answer], Answer]] = {
            "GetAggregateComplianceDetailsByConfigRule": self._aggregate_results,
            "GetComplianceDetailsByConfigRule": self._not_applicable,
            "ListAggregateDiscoveredResources": self._discovered,
            "GetAggregateDiscoveredResourceCounts": self._count,
            "Scan": self._scan,
            "BatchGetItem": lambda _asked: {"Responses": {}, "UnprocessedKeys": {}},
            "GetItem": lambda _asked: {},
            "SendMessage": lambda _asked: {"MessageId": "1"},
            "PutEvents": lambda asked: {"FailedEntryCount": 0, "Entries": [{}] * len(asked["Entries"])},
        }

    def act(self, action: str, asked: Answer) -> Answer:
        """Answers one JSON call."""
        self.calls[action] += 1
        return self._actions[action](asked)

    def put(self, key: str, body: bytes) -> None:
        """Keeps an object."""
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

    def _aggregate_results(self, asked: Answer) -> Answer:
        return self._results(asked, "AggregateEvaluationResults", (COMPLIANT, NON_COMPLIANT))

    def _not_applicable(self, asked: Answer) -> Answer:
        return self._results(asked, "EvaluationResults", (NOT_APPLICABLE,))

    def _results(self, asked: Answer, name: str, wanted: tuple[str, ...]) -> Answer:
        rule = next(rule for rule in RULES.values() if asked["ConfigRuleName"].startswith(rule.name))
        start = int(asked.get("NextToken", 0))
        found: list[Answer] = []
        while start < self._each and len(found) < asked["Limit"]:
            compliance = COMPLIANCE_TYPES[start % len(COMPLIANCE_TYPES)]
            if compliance in wanted and start % WITHOUT_RESULT:
                found.append(_result(rule.resource_types[0], start, compliance))
            start += 1
        return {name: found} | ({"NextToken": str(start)} if start < self._each else {})

    def _discovered(self, asked: Answer) -> Answer:
        kind, start = asked["ResourceType"], int(asked.get("NextToken", 0))
        total = self._count({"Filters": asked})["TotalDiscoveredResources"]
        end = min(start + asked["Limit"], total)
        found = [
            {"SourceAccountId": ACCOUNT, "ResourceType": kind, "ResourceId": _id(number)}
            for number in range(start, end)
        ]
        return {"ResourceIdentifiers": found} | ({"NextToken": str(end)} if end < total else {})

    def _count(self, asked: Answer) -> Answer:
        evaluated_first = {rule.resource_types[0] for rule in RULES.values()}
        return {"TotalDiscoveredResources": self._each if asked["Filters"]["ResourceType"] in evaluated_first else 0}

    def _scan(self, asked: Answer) -> Answer:
        start = int(asked["ExclusiveStartKey"][KEY]["N"]) if "ExclusiveStartKey" in asked else 0
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


def _result(kind: str, number: int, compliance: str) -> Answer:
    qualifier = {"ResourceType": kind, "ResourceId": _id(number)}
    return {
        "EvaluationResultIdentifier": {"EvaluationResultQualifier": qualifier, "OrderingTimestamp": EVALUATED},
        "ComplianceType": compliance,
        "ResultRecordedTime": EVALUATED,
        "ConfigRuleInvokedTime": EVALUATED,
        "AccountId": ACCOUNT,
        "AwsRegion": REGION,
    }


def _item(rule: str, kind: str, severity: str, number: int) -> Answer:
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
