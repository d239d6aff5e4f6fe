"""Compliance change events in the form that EventBridge delivers."""

from typing import Any

ACCOUNT = "111122223333"
S3_RULE = "s3-bucket-default-encryption-kms-dev-ew1"


def event(
    resource_id: str = "ledger",
    compliance_type: str = "NON_COMPLIANT",
    ordering: str = "2026-03-01T00:00:00.000Z",
    recorded: str | None = None,
    rule: str = S3_RULE,
    resource_type: str = "AWS::S3::Bucket",
    account: str = ACCOUNT,
) -> dict[str, Any]:
    """Returns the event for a resource's first result."""
    qualifier = {"configRuleName": rule, "resourceType": resource_type, "resourceId": resource_id}
    return {
        "version": "0",
        "id": "c0bb891c-77fe-8518-14fc-be78b966f95b",
        "detail-type": "Config Rules Compliance Change",
        "source": "aws.config",
        "account": account,
        "time": "2026-03-01T00:00:05Z",
        "region": "eu-west-1",
        "resources": [],
        "detail": {
            "resourceId": resource_id,
            "resourceType": resource_type,
            "awsRegion": "eu-west-1",
            "awsAccountId": account,
            "configRuleName": rule,
            "configRuleARN": f"arn:aws:config:eu-west-1:{account}:config-rule/config-rule-eguym2",
            "messageType": "ComplianceChangeNotification",
            "recordVersion": "1.0",
            "notificationCreationTime": "2026-03-01T00:00:05.751Z",
            "newEvaluationResult": {
                "evaluationResultIdentifier": {
                    "evaluationResultQualifier": qualifier,
                    "orderingTimestamp": ordering,
                },
                "complianceType": compliance_type,
                "resultRecordedTime": recorded or ordering,
                "configRuleInvokedTime": ordering,
            },
        },
    }
