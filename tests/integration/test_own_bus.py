"""Only the report's own events start functions, not forged ones."""

import json
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from handlers.common.model import events
from simulation.aws.account import SimulatedAccount
from simulation.aws.saved import Saved
from simulation.demo import estate
from tests.support.changes import event

BUS = "compliance-dev-ew1"
REPORT = "report-dev-ew1"
EVERYTHING = {
    "Version": "2012-10-17",
    "Statement": [{"Sid": "All", "Effect": "Allow", "Action": ["events:PutEvents"], "Resource": ["*"]}],
}


def missed(bus: str | None = None, **changes: Any) -> dict[str, Any]:
    """Returns an entry of PutEvents in the form of a change that the report found."""
    entry = {
        "Source": events.OWN_SOURCE,
        "DetailType": events.MISSED_CHANGE,
        "Detail": json.dumps(event("ledger")["detail"]),
    }
    return entry | ({"EventBusName": bus} if bus else {}) | changes


def continuation(bus: str | None = None) -> dict[str, Any]:
    detail = json.dumps({"scheduled_at": "2026-03-01T00:15:00.000Z", "part": 1})
    return missed(bus, DetailType=events.REPORT_CONTINUATION, Detail=detail)


def putting(cloud: SimulatedAccount, function: str) -> Any:
    """Returns the client of a function with excessive permissions."""
    cloud.client("iam").put_role_policy(
        RoleName=function, PolicyName="everything", PolicyDocument=json.dumps(EVERYTHING)
    )
    return cloud.guardian.session(function, function).client("events", "eu-west-1")


@pytest.mark.parametrize("entry", [missed(), continuation()])
def test_forged_events_on_the_default_bus_run_nothing(deployed: SimulatedAccount, entry: dict[str, Any]) -> None:
    assert deployed.client("events").put_events(Entries=[entry])["FailedEntryCount"] == 0
    assert deployed.settle() == []


def test_events_of_aws_config_cannot_be_forged(deployed: SimulatedAccount) -> None:
    forged = missed(Source=events.CONFIG_SOURCE, DetailType=events.COMPLIANCE_CHANGE)
    answer = deployed.client("events").put_events(Entries=[forged])
    assert answer["FailedEntryCount"] == 1
    assert answer["Entries"][0]["ErrorCode"] == "NotAuthorizedForSourceException"
    assert deployed.settle() == []


@pytest.mark.parametrize("name", [BUS, "arn:aws:events:eu-west-1:111122223333:event-bus/compliance-dev-ew1"])
def test_an_administrator_may_not_put_events_to_the_custom_bus(deployed: SimulatedAccount, name: str) -> None:
    with pytest.raises(ClientError, match="explicit deny in a resource-based policy") as refused:
        deployed.client("events").put_events(Entries=[missed(name)])
    assert refused.value.response["Error"]["Code"] == "AccessDeniedException"
    assert deployed.settle() == []


def test_other_functions_may_not_put_events_to_the_custom_bus(deployed: SimulatedAccount) -> None:
    names = [each["function_name"] for each in deployed.deployment.attributes("aws_lambda_function")]
    assert REPORT in names
    for name in set(names) - {REPORT}:
        client = putting(deployed, name)
        with pytest.raises(ClientError, match="explicit deny in a resource-based policy"):
            client.put_events(Entries=[missed(BUS)])
        assert client.put_events(Entries=[missed()])["FailedEntryCount"] == 0, "nothing else denies the call"
    assert deployed.settle() == []


def test_the_report_s_role_may_put_events_to_the_custom_bus_only(deployed: SimulatedAccount) -> None:
    client = deployed.guardian.session(REPORT, REPORT).client("events", "eu-west-1")
    assert client.put_events(Entries=[missed(BUS)])["FailedEntryCount"] == 0
    ran = [invocation.function for invocation in deployed.settle()]
    assert sorted(ran) == ["notify-dev-ew1", "process-dev-ew1", "remediate-s3-encryption-dev-ew1"]
    with pytest.raises(ClientError, match="no identity-based policy allows"):
        client.put_events(Entries=[missed()])


def test_a_missed_change_reaches_process_and_the_remediation(estate_recorded: Saved) -> None:
    with estate_recorded.again() as cloud:
        rules = cloud.client("events").list_rules()["Rules"]
        patterns = [rule["Name"] for rule in rules if "EventPattern" in rule]
        for name in patterns:
            cloud.client("events").disable_rule(Name=name)
        estate.make_bucket(cloud, "lost-dev", estate.AES256)
        cloud.record()
        for name in patterns:
            cloud.client("events").enable_rule(Name=name)
        cloud.clock.advance(timedelta(minutes=20))
        ran = cloud.fire("report-on-schedule-dev-ew1")
        reached = [each.function for each in ran if each.event.get("detail-type") == events.MISSED_CHANGE]
        assert {"process-dev-ew1", "remediate-s3-encryption-dev-ew1"} <= set(reached)
        assert not [each.error for each in ran if each.error]


def test_a_missing_bus_is_an_error(deployed: SimulatedAccount) -> None:
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        deployed.client("events").put_events(Entries=[missed("nowhere")])


def test_the_bus_is_deleted_after_its_rules_and_with_its_policy(deployed: SimulatedAccount) -> None:
    client = deployed.client("events")
    with pytest.raises(ClientError, match="has rules"):
        deployed.client("events").delete_event_bus(Name=BUS)
    assert json.loads(client.describe_event_bus(Name=BUS)["Policy"])["Statement"][0]["Effect"] == "Deny"
    deployed.destroy()
    assert [each["Name"] for each in client.list_event_buses()["EventBuses"]] == ["default"]
