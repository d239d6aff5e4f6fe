import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from settings.model import Settings
from simulation.demo import session as demo
from simulation.demo import snapshot_run as from_snapshot
from simulation.demo.snapshot import Snapshot, SnapshotError, read
from tests.handlers.common.model.test_events import JUNK
from tests.integration.test_demo import printing

ACCOUNT = "999988887777"


def bucket(name: str = "ledger", algorithm: str = "aws:kms", **more: Any) -> dict[str, Any]:
    """Returns a bucket in the form of rules and snapshots."""
    default = {"applyServerSideEncryptionByDefault": {"sseAlgorithm": algorithm, "kmsMasterKeyID": None}}
    return {
        "configurationItemVersion": "1.3",
        "configurationItemStatus": "OK",
        "awsAccountId": ACCOUNT,
        "awsRegion": "eu-west-1",
        "resourceType": "AWS::S3::Bucket",
        "resourceId": name,
        "configuration": {"name": name},
        "supplementaryConfiguration": {"ServerSideEncryptionConfiguration": {"rules": [default]}},
        **more,
    }


def api_form(item: dict[str, Any]) -> dict[str, Any]:
    """Returns the same item in the form of the API."""
    inner = {key: json.dumps(value) for key, value in item["supplementaryConfiguration"].items()}
    renamed = {"accountId": item["awsAccountId"], "version": item["configurationItemVersion"]}
    texts = {"configuration": json.dumps(item["configuration"]), "supplementaryConfiguration": inner}
    dropped = ("awsAccountId", "configurationItemVersion")
    return {key: value for key, value in item.items() if key not in dropped} | renamed | texts


def instance(**configuration: Any) -> dict[str, Any]:
    kind = {"resourceType": "AWS::EC2::Instance", "resourceId": "i-1", "configuration": configuration}
    return bucket() | kind


def written(folder: Path, document: Any) -> Path:
    file = folder / "snapshot.json"
    file.write_text(json.dumps(document))
    return file


def read_items(folder: Path, *items: Any) -> Snapshot:
    return read(written(folder, {"configurationItems": list(items)}))


def test_both_forms_and_both_files_are_the_same(tmp_path: Path) -> None:
    one = read_items(tmp_path, bucket()).items[ACCOUNT, "eu-west-1"][0]
    other = read(written(tmp_path, [api_form(bucket())])).items[ACCOUNT, "eu-west-1"][0]
    assert one.readable and other.readable
    for key in ("configuration", "supplementaryConfiguration", "resourceType", "resourceId"):
        assert one.document[key] == other.document[key]


def test_compressed_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "snapshot.json.gz"
    file.write_bytes(gzip.compress(json.dumps({"configurationItems": [bucket()]}).encode()))
    assert read(file).accounts() == {ACCOUNT: 1}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", "invalid JSON"),
        (b"\xff\xfe", "invalid JSON"),
        (b'[{"a": NaN}]', "NaN is not a JSON number"),
        (b"\x1f\x8b cut off", "invalid gzip file|cannot read"),
        (b"", "invalid JSON: the file is empty"),
        (b'{"a": 1}', "in a supported form.\n(.*\n)+.*deliver-config-snapshot"),
        (b'"text"', "in a supported form.\n(.*\n)+.*deliver-config-snapshot"),
        (b'{"a": 1}\n{"b": 2}', "in a supported form"),
        (b"resources:\n- one", "invalid JSON: .*\n(.*\n)+.*get-resource-config-history"),
    ],
)
def test_broken_file_is_named(tmp_path: Path, content: bytes, message: str) -> None:
    file = tmp_path / "broken.json"
    file.write_bytes(content)
    with pytest.raises(SnapshotError, match=message) as refused:
        read(file)
    assert str(file) in str(refused.value)


@pytest.mark.parametrize(
    ("item", "problem"),
    [
        (instance(), "has no configuration.instanceType of type str"),
        (instance(instanceType=7), "has no configuration.instanceType of type str"),
        (bucket(supplementaryConfiguration=None), "has no supplementaryConfiguration of type dict"),
        (bucket(configuration="{broken"), "configuration is invalid JSON"),
        (bucket(resourceId=None), "has no usable resourceId"),
        (bucket(resourceId="a\nb"), "has no usable resourceId"),
    ],
)
def test_invalid_item_is_named_and_unknown(tmp_path: Path, item: dict[str, Any], problem: str) -> None:
    snapshot = read_items(tmp_path, bucket("first"), item)
    (message,) = snapshot.problems
    assert message.startswith("configurationItems[1]: ")
    assert problem in message
    assert [each.readable for each in snapshot.items[ACCOUNT, "eu-west-1"]] == [True, False]


def test_an_unrecorded_item_is_not_a_problem(tmp_path: Path) -> None:
    """Checks that missing members do not matter: the rule is not applicable."""
    item = bucket(configurationItemStatus="ResourceNotRecorded", configuration=None, supplementaryConfiguration={})
    snapshot = read_items(tmp_path, item)
    assert snapshot.problems == []
    [[found]] = snapshot.items.values()
    assert found.readable


def test_item_without_a_type_is_named(tmp_path: Path) -> None:
    snapshot = read_items(tmp_path, {"resourceId": "x"}, 7)
    assert [problem.split(":")[0] for problem in snapshot.problems] == [
        "configurationItems[0]",
        "configurationItems[1]",
    ]


@given(JUNK)
def test_any_json_is_read_or_rejected(tmp_path_factory: Any, junk: Any) -> None:
    folder = tmp_path_factory.mktemp("junk")
    for document in (junk, [junk], {"configurationItems": [bucket() | {"configuration": junk}, junk]}):
        try:
            read(written(folder, document))
        except SnapshotError as refused:
            assert str(folder) in str(refused)


def rehearse(items: list[Any], dev: Settings, folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.setattr(demo, "BUILD", folder / "build")
    output = folder / "output"
    output.mkdir(parents=True, exist_ok=True)
    said = from_snapshot.run(dev, [written(folder, items)], None, output, printing()[0])
    (report,) = (output / "reports").rglob("*.json")
    document: dict[str, Any] = json.loads(report.read_text())
    rows = [json.loads(line) for line in (output / document["listing"]["key"]).read_text().splitlines()]
    return document | {"rows": rows, "said": said}


def test_items_whose_members_are_null_or_absent_go_through_the_whole_system(
    dev: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Checks that missing members raise no error, and are never compliant."""
    nulls = {"resourceName": None, "tags": None, "supplementaryConfiguration": None}
    where = {"awsAccountId": ACCOUNT, "awsRegion": "eu-west-1"}
    items: list[dict[str, Any]] = [
        {"resourceType": "AWS::EC2::Instance", "configuration": {"instanceType": "x1e.32xlarge"}, "resourceId": "i-1"},
        {"resourceType": "AWS::RDS::DBInstance", "configuration": {"backupRetentionPeriod": 1}, "resourceId": "db-A"},
        bucket("b", "AES256", configurationItemStatus="ResourceNotRecorded"),
    ]
    report = rehearse([item | where | nulls for item in items], dev, tmp_path, monkeypatch)
    totals = report["totals"]
    assert (totals["compliant"], totals["non_compliant"], totals["not_applicable"]) == (0, 3, 1)


def test_report_is_the_report_of_the_system(dev: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    items = [
        bucket("right"),
        bucket("payments-exports-dev", "AES256"),
        bucket("[red]text[/red]", "AES256"),
        instance(),
        bucket("gone", "AES256", configurationItemStatus="ResourceDeleted"),
        bucket("elsewhere", "AES256", awsRegion="us-east-1"),
        bucket("undecided", supplementaryConfiguration={"ServerSideEncryptionConfiguration": {"rules": None}}),
    ]
    report = rehearse(items, dev, tmp_path, monkeypatch)
    assert report["account"] == ACCOUNT
    wrong = [row["resource_id"] for row in report["rows"] if row["compliance_type"]]
    assert wrong == ["[red]text[/red]", "payments-exports-dev"]
    assert [row["resource_id"] for row in report["rows"] if not row["compliance_type"]] == ["i-1", "undecided"]
    assert (report["totals"]["compliant"], report["totals"]["discovered"]) == (1, 5)
    records = [json.loads(file.read_text()) for file in (tmp_path / "output" / "audit").rglob("*.json")]
    outcomes = {record["what"]["resource_id"]: record["what"]["outcome"] for record in records}
    assert outcomes == {"payments-exports-dev": "WOULD_REMEDIATE"}


@pytest.mark.parametrize(
    ("items", "message"),
    [
        ([bucket(), bucket("b", awsAccountId="222233334444")], "222233334444, 999988887777: set account_id"),
        ([bucket(awsRegion="us-east-1"), bucket("b", awsRegion="us-east-2")], "us-east-1, us-east-2: set home_region"),
        ([], "no configuration item of a type that a rule evaluates"),
    ],
)
def test_ambiguous_account_or_region_is_rejected(
    items: list[Any], message: str, dev: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SnapshotError, match=message):
        rehearse(items, dev, tmp_path, monkeypatch)
