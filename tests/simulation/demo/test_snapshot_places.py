"""Accounts and regions of items: which are evaluated, and what is said of the others."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from handlers.common.model.remediation import Mode
from settings.criteria import ORGANIZATION
from settings.model import Settings
from settings.sections import OrganizationSettings
from simulation.aws.config.item import Item
from simulation.aws.recorded import RecordedAccount
from simulation.demo import snapshot_run as from_snapshot
from simulation.demo.console import Screen
from simulation.demo.snapshot import Snapshot, SnapshotError
from tests.integration.test_demo import printing
from tests.simulation.demo.test_snapshot import ACCOUNT, bucket, instance, read_items, rehearse

OTHER, EXCLUDED = "222233334444", "888877776666"

Placed = Callable[..., tuple[Settings, dict[str, list[str]], str]]


@pytest.fixture
def placed(dev: Settings, tmp_path: Path) -> Placed:
    """The settings for some items, the ids by region that are evaluated, and what is said of them in one line."""

    def place(*items: Any, settings: Settings = dev) -> tuple[Settings, dict[str, list[str]], str]:
        snapshot = read_items(tmp_path, *items)
        settings = from_snapshot._placed(settings, snapshot, [tmp_path])
        own = from_snapshot._monitored(snapshot, settings)
        screen, printed = printing(verbose=True)
        from_snapshot._describe(snapshot, own, settings, screen)
        ids = {region: [item.resource_id for item in there] for region, there in own[settings.account_id].items()}
        return settings, ids, printed.getvalue()

    return place


def test_all_monitored_regions_are_evaluated(placed: Placed) -> None:
    items = (bucket(), bucket("b", awsRegion="eu-central-1"), bucket("c", awsRegion="us-east-1"))
    settings, ids, said = placed(*items)
    assert (settings.account_id, settings.monitored_regions) == (ACCOUNT, ("eu-west-1", "eu-central-1"))
    assert ids == {"eu-west-1": ["ledger"], "eu-central-1": ["b"]}
    assert "2 resources of types that rules evaluate: 1 in eu-west-1, 1 in eu-central-1" in said
    assert "skipped, not in monitored_regions: 1 in us-east-1" in said


def test_a_monitored_region_other_than_the_home_region_suffices(placed: Placed) -> None:
    settings, ids, _ = placed(bucket(awsRegion="eu-central-1"))
    assert (settings.home_region, ids) == ("eu-west-1", {"eu-west-1": [], "eu-central-1": ["ledger"]})


def test_recorders_are_made_where_the_environment_has_its_own(placed: Placed, dev: Settings) -> None:
    """The simulated account is a new one."""
    existing = dev.model_copy(update={"recorder": dict.fromkeys(dev.monitored_regions, "existing")})
    settings, _, _ = placed(bucket(), settings=existing)
    assert set(settings.recorder.values()) == {"create"}


def test_one_other_region_is_taken(placed: Placed) -> None:
    settings, ids, _ = placed(bucket(awsRegion="us-east-1"))
    assert (settings.home_region, settings.monitored_regions) == ("us-east-1", ("us-east-1",))
    assert ids == {"us-east-1": ["ledger"]}


def test_other_accounts_are_left_aside_in_a_sentence(placed: Placed, dev: Settings) -> None:
    items = (bucket(), bucket("b", awsAccountId=OTHER), bucket("c", awsAccountId=OTHER, awsRegion="us-east-1"))
    _, ids, said = placed(*items, settings=dev.model_copy(update={"account_id": ACCOUNT}))
    assert ids == {"eu-west-1": ["ledger"], "eu-central-1": []}
    assert f"skipped, not account_id: 2 of {OTHER}" in said
    assert "us-east-1" not in said


@pytest.fixture
def group(dev: Settings) -> Settings:
    organization = OrganizationSettings(id="o-abcdefghij", excluded_accounts=(EXCLUDED,))
    return dev.model_copy(update={"aggregator": ORGANIZATION, "organization": organization, "account_id": ACCOUNT})


def test_an_organization_s_accounts_are_evaluated_but_for_the_excluded(placed: Placed, group: Settings) -> None:
    items = (bucket(), bucket("b", awsAccountId=OTHER), bucket("c", awsAccountId=EXCLUDED))
    settings, ids, said = placed(*items, settings=group)
    assert (settings.aggregator, settings.account_id) == (ORGANIZATION, ACCOUNT)
    assert ids == {"eu-west-1": ["ledger"], "eu-central-1": []}
    assert f"account {OTHER}: 1 resource of types that rules evaluate: 1 in eu-west-1" in said
    assert f"skipped, excluded accounts: 1 of {EXCLUDED}" in said


def test_an_organization_goes_through_the_whole_system(
    group: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Takes four seconds: a stack is synthesized and deployed."""
    report = rehearse([bucket(), bucket("b", "AES256", awsAccountId=OTHER)], group, tmp_path, monkeypatch)
    assert report["said"] == "1 violation of 1 rule in 2 resources"
    assert (report["accounts"][OTHER]["non_compliant"], report["problems"]) == (1, [])


def test_items_that_name_no_place_are_the_account_s(placed: Placed) -> None:
    items = [
        bucket(configuration={"from": "named"}),
        bucket(awsAccountId=None, awsRegion=None),
        bucket("b", awsRegion=None),
    ]
    _, ids, said = placed(*items)
    assert ids == {"eu-west-1": ["ledger", "b"], "eu-central-1": []}
    assert "assigned to this account and its home region: 1 without an account, 2 without a region" in said


def test_what_is_left_aside_is_counted(placed: Placed) -> None:
    gone = bucket("gone", configurationItemStatus="ResourceDeleted")
    _, _, said = placed(bucket(), bucket(), gone, {"resourceType": "AWS::EC2::Volume"})
    assert "skipped: 1 of other types, 1 deleted, 1 superseded by a newer state" in said


def test_file_without_resources_says_why(dev: Settings, tmp_path: Path) -> None:
    snapshot = read_items(tmp_path, bucket("gone", configurationItemStatus="ResourceDeleted"), 7)
    with pytest.raises(SnapshotError, match=r"evaluates \(1 deleted\)\n.*is int, not a configuration item"):
        from_snapshot._placed(dev, snapshot, [tmp_path])


def test_of_many_files_some_are_named(dev: Settings) -> None:
    with pytest.raises(SnapshotError, match=r"^a, b, c and 2 more: has no"):
        from_snapshot._placed(dev, Snapshot(), list(map(Path, "abcde")))


def test_regions_go_through_the_whole_system(dev: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each with its own findings, and remediations plan in each."""
    s3, rds = from_snapshot.estate.S3, from_snapshot.estate.RDS
    scopes = {s3: ("far",), rds: ("db:core", "cluster:pay")}
    chosen = {
        rule: given.model_copy(update={"mode": Mode.PLAN, "scope": scopes.get(rule, ())})
        for rule, given in dev.remediation.items()
    }
    items = [
        bucket("near", "AES256"),
        bucket("far", "AES256", awsRegion="eu-central-1"),
        bucket("good", awsRegion="eu-central-1"),
        *(
            instance(backupRetentionPeriod=1, storageEncrypted=True)
            | {"resourceType": f"AWS::RDS::{kind}", "resourceId": f"{kind}-1", "resourceName": name}
            | {"awsRegion": "eu-central-1"}
            for kind, name in (("DBInstance", "core"), ("DBCluster", "pay"))
        ),
    ]
    settings = dev.model_copy(update={"remediation": chosen})
    report = rehearse(items, settings, tmp_path, monkeypatch)
    wrong = {(row["region"], row["resource_id"]) for row in report["rows"] if row["compliance_type"]}
    far = {("eu-central-1", name) for name in ("far", "DBInstance-1", "DBCluster-1")}
    assert wrong == {("eu-west-1", "near"), *far}
    assert report["said"] == "4 violations of 2 rules in 5 resources"


@pytest.mark.parametrize(
    ("counts", "unknown", "said"),
    [
        ([24, 0, 1], 0, "25 violations of 2 rules in 1,083 resources"),
        ([1], 2, "1 violation of 1 rule in 1,083 resources, 2 unknown"),
        ([0], 0, "0 violations in 1,083 resources"),
    ],
)
def test_closing_sentence(counts: list[int], unknown: int, said: str) -> None:
    rows = [{"counts": {"non_compliant": count}} for count in counts]
    report = {"rules": rows, "totals": {"non_compliant": sum(counts), "unknown": unknown}}
    assert from_snapshot._summary(report, 1083) == said


class Recording:
    """A demo that records nothing."""

    def __init__(self, screen: Screen) -> None:
        self.screen, self.recorded = screen, 0

    def record(self) -> None:
        self.recorded += 1


def test_progress_is_said_where_someone_waits(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], dev: Settings
) -> None:
    monkeypatch.setattr(from_snapshot, "PART", 2)
    monkeypatch.setattr("simulation.aws.recorded.PART", 2)
    items = {"eu-west-1": [Item("T", str(number), {}) for number in range(3)], "eu-central-1": [Item("T", "4", {})]}
    for verbose, expected in ((True, ["2 of 4", "3 of 4", "4 of 4"]), (False, [])):
        account: Any = RecordedAccount(
            ACCOUNT, "eu-west-1", from_snapshot.datetime.now(from_snapshot.UTC), {ACCOUNT: items}
        )
        demo: Any = Recording(Screen(verbose))
        from_snapshot._record(demo, account)
        assert demo.recorded == 3
        said = capsys.readouterr().out.splitlines()
        assert [line.strip().removesuffix(" resources evaluated") for line in said] == expected
