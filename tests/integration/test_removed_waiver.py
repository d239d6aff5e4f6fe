"""Removing the last waiver while the findings table has a waived finding."""

import json

from simulation.aws.account import SimulatedAccount
from simulation.demo import estate
from tests.support.changes import event


def test_the_finding_is_alerted_again_and_the_end_of_the_waiver_recorded(deployed: SimulatedAccount) -> None:
    estate.make_bucket(deployed, "ledger", estate.AES256)
    deployed.record()
    table = deployed.client("dynamodb")
    items = table.scan(TableName="findings-dev-ew1")["Items"]
    [key] = [item["finding_id"] for item in items if item["resource_id"]["S"] == "ledger"]
    table.update_item(
        TableName="findings-dev-ew1",
        Key={"finding_id": key},
        UpdateExpression="SET #status = :waived, waiver = :id",
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues={":waived": {"S": "WAIVED"}, ":id": {"S": "crane"}},
    )
    deployed.delivery.put(event(ordering="2026-03-01T00:20:00.000Z"))
    ran = deployed.settle()
    assert [each.error for each in ran if each.function == "process-dev-ew1"] == [None]
    [record] = _records(deployed)
    assert (record["kind"], record["why"]["waiver"], record["after"]["status"]) == ("WAIVER_ENDED", "crane", "OPEN")
    topic = next(each for each in deployed.client("sns").list_topics()["Topics"] if "alerts-high" in each["TopicArn"])
    subjects = [mail["subject"] for mail in deployed.published(topic["TopicArn"])]
    assert [subject.split()[1] for subject in subjects] == ["OPENED", "REOPENED"]


def _records(cloud: SimulatedAccount) -> list[dict[str, dict[str, str]]]:
    s3, bucket = cloud.client("s3"), "compliance-reports-dev-ew1"
    keys = [each["Key"] for each in s3.list_objects_v2(Bucket=bucket, Prefix="audit/").get("Contents", [])]
    records = [json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read()) for key in keys]
    return [record for record in records if record["kind"].startswith("WAIVER")]
