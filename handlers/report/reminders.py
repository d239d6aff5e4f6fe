"""Brings open findings back to a remediation that enforces.

Config tells a change of compliance once. A finding that was open before its remediation was set to enforce, or whose
event was lost, would wait for the next change; with each report it is put to the event bus again.
"""

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from handlers.common import events
from handlers.common.chunks import chunks

if TYPE_CHECKING:
    from types_boto3_events import EventBridgeClient

ENTRIES_PER_CALL = 10  # PutEvents' limit


class NotRemindedError(RuntimeError):
    """EventBridge did not take some of the reminders; the report is written, and a retry reminds again."""


def reminders(report: Mapping[str, Any], enforced: Mapping[str, list[str]]) -> list[dict[str, Any]]:
    """PutEvents entries for the report's non-compliant resources that an enforcing remediation has in its scope."""
    names = {row["rule"]: row["config_rule"] for row in report["rules"]}
    return [
        _entry(row, names[row["rule"]])
        for row in report["non_compliant"]
        if row["resource_id"] in enforced.get(row["rule"], [])
    ]


def remind(client: "EventBridgeClient", entries: Iterable[dict[str, Any]]) -> None:
    """Puts the entries to the default bus; raises NotRemindedError."""
    for some in chunks(list(entries), ENTRIES_PER_CALL):
        batch: Any = some
        answer = client.put_events(Entries=batch)
        if answer["FailedEntryCount"]:
            raise NotRemindedError(f"{answer['FailedEntryCount']} of {len(some)} reminders were not taken")


def _entry(row: Mapping[str, Any], config_rule: str) -> dict[str, Any]:
    """An event in the form of Config's own, so that one reader serves both."""
    qualifier = {
        "configRuleName": config_rule,
        "resourceType": row["resource_type"],
        "resourceId": row["resource_id"],
    }
    result = {
        "evaluationResultIdentifier": {
            "evaluationResultQualifier": qualifier,
            "orderingTimestamp": row["evaluated_at"],
        },
        "complianceType": events.NON_COMPLIANT,
        "resultRecordedTime": row["evaluated_at"],
    }
    detail = {
        "messageType": events.CHANGE_MESSAGE,
        "awsAccountId": row["account"],
        "awsRegion": row["region"],
        "configRuleName": config_rule,
        "newEvaluationResult": result,
    }
    return {"Source": events.OWN_SOURCE, "DetailType": events.OPEN_FINDING, "Detail": json.dumps(detail)}
