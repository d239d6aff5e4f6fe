import json
from typing import Any

import pytest

from simulation.aws.account import SimulatedAccount
from tests.conftest import START

AGGREGATOR = "aggregator-dev-ew1"
BUCKET = "AWS::S3::Bucket"
QUERY = (
    "SELECT resourceId, resourceType, accountId, awsRegion, tags "
    "WHERE resourceType = 'AWS::S3::Bucket' AND tags.key = 'team' AND tags.value = 'ledger'"
)


def bucket(cloud: SimulatedAccount, name: str, region: str = "eu-west-1", **tags: str) -> None:
    s3 = cloud.client("s3", region)
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": region})
    s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": [{"Key": key, "Value": tags[key]} for key in tags]})


def item(
    cloud: SimulatedAccount, name: str, region: str = "eu-west-1", account: str = "111122223333"
) -> dict[str, Any]:
    asked = {"SourceAccountId": account, "SourceRegion": region, "ResourceId": name, "ResourceType": BUCKET}
    config = cloud.client("config")
    answer = config.get_aggregate_resource_config(ConfigurationAggregatorName=AGGREGATOR, ResourceIdentifier=asked)
    found: dict[str, Any] = answer["ConfigurationItem"]
    return found


def select(cloud: SimulatedAccount, query: str = QUERY, **more: Any) -> dict[str, Any]:
    config = cloud.client("config")
    answer = config.select_aggregate_resource_config(Expression=query, ConfigurationAggregatorName=AGGREGATOR, **more)
    return {**answer, "Results": [json.loads(row) for row in answer["Results"]]}


def test_item_is_in_the_form_of_the_api(deployed: SimulatedAccount) -> None:
    bucket(deployed, "mine", team="ledger")
    deployed.record()
    found = item(deployed, "mine")
    assert found.pop("configurationItemCaptureTime") >= START
    configuration = json.loads(found.pop("configuration"))
    assert configuration == {"name": "mine"}
    supplementary = found.pop("supplementaryConfiguration")
    assert json.loads(supplementary["BucketVersioningConfiguration"]) == {"status": "Off"}
    assert found == {
        "accountId": "111122223333",
        "arn": "arn:aws:s3:::mine",
        "awsRegion": "eu-west-1",
        "resourceType": BUCKET,
        "resourceId": "mine",
        "resourceName": "mine",
        "configurationItemStatus": "OK",
        "tags": {"team": "ledger"},
    }


def test_item_is_as_it_was_last_recorded(deployed: SimulatedAccount) -> None:
    bucket(deployed, "mine", team="ledger")
    deployed.record()
    deployed.client("s3").delete_bucket_tagging(Bucket="mine")
    assert item(deployed, "mine")["tags"] == {"team": "ledger"}
    deployed.record()
    assert item(deployed, "mine")["tags"] == {}


@pytest.mark.parametrize(
    "asked", [{"name": "nowhere"}, {"region": "eu-central-1"}, {"region": "us-east-1"}, {"account": "999988887777"}]
)
def test_item_that_was_not_recorded_is_unknown(deployed: SimulatedAccount, asked: dict[str, str]) -> None:
    bucket(deployed, "mine")
    deployed.record()
    with pytest.raises(deployed.client("config").exceptions.ResourceNotDiscoveredException):
        item(deployed, **({"name": "mine"} | asked))


def test_an_aggregator_returns_its_source_regions_only(deployed: SimulatedAccount) -> None:
    bucket(deployed, "away", "eu-central-1", team="ledger")
    deployed.record()
    assert item(deployed, "away", "eu-central-1")["awsRegion"] == "eu-central-1"
    assert len(select(deployed)["Results"]) == 1
    deployed.client("config").put_configuration_aggregator(
        ConfigurationAggregatorName=AGGREGATOR,
        AccountAggregationSources=[{"AccountIds": ["111122223333"], "AwsRegions": ["eu-west-1"]}],
    )
    with pytest.raises(deployed.client("config").exceptions.ResourceNotDiscoveredException):
        item(deployed, "away", "eu-central-1")
    assert select(deployed)["Results"] == []


def test_query_matches_the_tag_or_key_and_value_of_different_tags(deployed: SimulatedAccount) -> None:
    bucket(deployed, "right", team="ledger")
    bucket(deployed, "quirk", team="cards", owner="ledger")
    bucket(deployed, "other", team="cards")
    bucket(deployed, "bare")
    deployed.record()
    answer = select(deployed)
    assert [field["Name"] for field in answer["QueryInfo"]["SelectFields"]] == [
        "resourceId",
        "resourceType",
        "accountId",
        "awsRegion",
        "tags",
    ]
    assert {row["resourceId"] for row in answer["Results"]} == {"right", "quirk"}
    assert {
        "resourceId": "right",
        "resourceType": BUCKET,
        "accountId": "111122223333",
        "awsRegion": "eu-west-1",
        "tags": [{"key": "team", "value": "ledger", "tag": "team=ledger"}],
    } in answer["Results"]
    assert select(deployed, QUERY.replace("S3::Bucket", "EC2::Instance"))["Results"] == []


def test_query_has_pages(deployed: SimulatedAccount) -> None:
    for number in range(3):
        bucket(deployed, f"ledger-{number}", team="ledger")
    deployed.record()
    first = select(deployed, Limit=2)
    last = select(deployed, Limit=2, NextToken=first["NextToken"])
    assert [len(page["Results"]) for page in (first, last)] == [2, 1]
    assert "NextToken" not in last
    exceptions = deployed.client("config").exceptions
    with pytest.raises(exceptions.InvalidNextTokenException):
        select(deployed, NextToken="next")
    with pytest.raises(exceptions.InvalidLimitException):
        select(deployed, Limit=101)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT *",
        QUERY.replace(", tags WHERE", " WHERE"),
        QUERY + " AND awsRegion = 'eu-west-1'",
        QUERY.replace("AND tags.value", "OR tags.value"),
        QUERY.replace("'ledger'", "'l'edger'"),
    ],
)
def test_any_other_query_is_rejected(deployed: SimulatedAccount, query: str) -> None:
    with pytest.raises(deployed.client("config").exceptions.InvalidExpressionException):
        select(deployed, query)


def test_both_actions_call_the_gate_and_require_an_aggregator(deployed: SimulatedAccount) -> None:
    bucket(deployed, "mine")
    deployed.record()
    asked: list[str] = []
    deployed.config.gate = asked.append
    item(deployed, "mine")
    select(deployed)
    assert asked == ["get_aggregate_resource_config", "select_aggregate_resource_config"]
    deployed.client("config").delete_configuration_aggregator(ConfigurationAggregatorName=AGGREGATOR)
    for call in (lambda: item(deployed, "mine"), lambda: select(deployed)):
        with pytest.raises(deployed.client("config").exceptions.NoSuchConfigurationAggregatorException):
            call()
