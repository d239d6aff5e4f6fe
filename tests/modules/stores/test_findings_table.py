import pytest

from modules.stores.findings_table import Findings
from tests.support.workbench import Workbench


@pytest.mark.parametrize(
    ("method", "sid", "actions"),
    [
        ("grant_record", "RecordFindings", ["dynamodb:GetItem", "dynamodb:PutItem"]),
        ("grant_look_up", "LookUpFindings", ["dynamodb:BatchGetItem"]),
        ("grant_read", "ReadFindings", ["dynamodb:Scan"]),
    ],
)
def test_each_permission_is_the_least_one(workbench: Workbench, method: str, sid: str, actions: list[str]) -> None:
    findings = Findings(workbench.stack, "findings", deployment=workbench.deployment, key=workbench.key)
    getattr(findings, method)(workbench.function)
    table = workbench.one("aws_dynamodb_table")
    assert (table["name"], table["ttl"]["enabled"]) == ("findings-dev-ew1", True)
    assert workbench.granted()[sid]["Action"] == actions
