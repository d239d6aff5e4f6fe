"""AWS Config's events: a changed result, and a started evaluation."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from handlers.common.runtime.clock import stamp
from simulation.aws.config.item import Item


@dataclass(frozen=True)
class Result:
    """The latest evaluation of a resource under a rule.

    `aggregated` is the invocation time that an aggregator returns. AWS documents no update of an aggregator for an
    unchanged result, so here it keeps the earlier time.
    """

    compliance_type: str
    ordering: datetime
    invoked: datetime
    recorded: datetime
    aggregated: datetime


def started(account: str, region: str, rules: Sequence[str], now: datetime) -> dict[str, Any]:
    """Returns the event for a started evaluation."""
    detail = {
        "recordVersion": "1.0",
        "messageType": "ConfigRulesEvaluationStarted",
        "configRuleNames": list(rules),
        "awsAccountId": account,
        "awsRegion": region,
        "notificationCreationTime": stamp(now),
    }
    return _event(region, "Config Rules Re-evaluation Status", detail)


def changed(account: str, region: str, rule: Any, item: Item, result: Result, before: Result | None) -> dict[str, Any]:
    """Returns the event for a changed result."""
    qualifier = {
        "configRuleName": rule.config_rule_name,
        "resourceType": item.resource_type,
        "resourceId": item.resource_id,
    }
    detail = {
        "resourceId": item.resource_id,
        "resourceType": item.resource_type,
        "awsRegion": region,
        "awsAccountId": account,
        "configRuleName": rule.config_rule_name,
        "configRuleARN": rule.config_rule_arn,
        "messageType": "ComplianceChangeNotification",
        "recordVersion": "1.0",
        "notificationCreationTime": stamp(result.recorded),
        "newEvaluationResult": _result(qualifier, result),
    }
    if before is not None:  # absent from the event of a resource's first result
        detail["oldEvaluationResult"] = _result(qualifier, before)
    return _event(region, "Config Rules Compliance Change", detail)


def _event(region: str, kind: str, detail: dict[str, Any]) -> dict[str, Any]:
    return {"source": "aws.config", "detail-type": kind, "region": region, "resources": [], "detail": detail}


def _result(qualifier: dict[str, str], result: Result) -> dict[str, Any]:
    return {
        "evaluationResultIdentifier": {
            "evaluationResultQualifier": qualifier,
            "orderingTimestamp": stamp(result.ordering),
        },
        "complianceType": result.compliance_type,
        "resultRecordedTime": stamp(result.recorded),
        "configRuleInvokedTime": stamp(result.invoked),
    }
