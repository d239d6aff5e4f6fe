"""Accounts and regions of items: which are evaluated, and messages about the others."""

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
    """Returns the settings, the evaluated IDs by region, and the messages for items."""

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
    settings, ids, messages = placed(*items)
    assert (settings.account_id, settings.monitored_regions) == (ACCOUNT, ("eu-west-1", "eu-central-1"))
    assert ids == {"eu-west-1": ["ledger"], "eu-central-1": ["b"]}
    assert "2 resources of types that rules evaluate: 1 in eu-west-1, 1 in eu-central-1" in messages
    assert "skipped, not in monitored_regions: 1 in us-east-1" in messages


def test_a_monitored_region_other_than_the_home_region_suffices(placed: Placed) -> None:
    settings, ids, _ = placed(bucket(awsRegion="eu-central-1"))
    assert (settings.home_region, ids) == ("eu-west-1", {"eu-west-1": [], "eu-central-1": ["ledger"]})


def test_recorders_are_made_where_the_environment_has_its_own(placed: Placed, dev: Settings) -> None:
    """Checks that recorders are created, because the simulated account is empty."""
    existing = dev.model_copy(update={"recorder": dict.fromkeys(dev.monitored_regions, "existing")})
    settings, _, _ = placed(bucket(), settings=existing)
    assert set(settings.recorder.values()) == {"create"}


def test_a_single_other_region_is_evaluated(placed: Placed) -> None:
    settings, ids, _ = placed(bucket(awsRegion="us-east-1"))
    assert (settings.home_region, settings.monitored_regions) == ("us-east-1", ("us-east-1",))
    assert ids == {"us-east-1": ["ledger"]}


def test_other_accounts_are_skipped_with_a_message(placed: Placed, dev: Settings) -> None:
    items = (bucket(), bucket("b", awsAccountId=OTHER), bucket("c", awsAccountId=OTHER, awsRegion="us-east-1"))
    _, ids, messages = placed(*items, settings=dev.model_copy(update={"account_id": ACCOUNT}))
    assert ids == {"eu-west-1": ["ledger"], "eu-central-1": []}
    assert f"skipped, not account_id: 2 of {OTHER}" in messages
    assert "us-east-1" not in messages


@pytest.fixture
def group(dev: Settings) -> Settings:
    organization = OrganizationSettings(id="o-abcdefghij", excluded_accounts=(EXCLUDED,))
    return dev.model_copy(update={"aggregator": ORGANIZATION, "organization": organization, "account_id": ACCOUNT})


def test_all_accounts_of_an_organization_but_the_excluded_are_evaluated(placed: Placed, group: Settings) -> None:
    items = (bucket(), bucket("b", awsAccountId=OTHER), bucket("c", awsAccountId=EXCLUDED))
    settings, ids, messages = placed(*items, settings=group)
    assert (settings.aggregator, settings.account_id) == (ORGANIZATION, ACCOUNT)
    assert ids == {"eu-west-1": ["ledger"], "eu-central-1": []}
    assert f"account {OTHER}: 1 resource of types that rules evaluate: 1 in eu-west-1" in messages
    assert f"skipped, excluded accounts: 1 of {EXCLUDED}" in messages


def test_an_organization_goes_through_the_whole_system(
    group: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Takes four seconds: a stack is synthesized and deployed."""
    report = rehearse([bucket(), bucket("b", "AES256", awsAccountId=OTHER)], group, tmp_path, monkeypatch)
    assert report["said"] == "1 violation of 1 rule in 2 resources"
    assert (report["accounts"][OTHER]["non_compliant"], report["problems"]) == (1, [])


def test_items_without_account_and_region_are_assigned(placed: Placed) -> None:
    items = [
        bucket(configuration={"from": "named"}),
        bucket(awsAccountId=None, awsRegion=None),
        bucket("b", awsRegion=None),
    ]
    _, ids, messages = placed(*items)
    assert ids == {"eu-west-1": ["ledger", "b"], "eu-central-1": []}
    assert "assigned to this account and its home region: 1 without an account, 2 without a region" in messages


def test_skipped_items_are_counted(placed: Placed) -> None:
    gone = bucket("gone", configurationItemStatus="ResourceDeleted")
    _, _, messages = placed(bucket(), bucket(), gone, {"resourceType": "AWS::EC2::Volume"})
    assert "skipped: 1 of other types, 1 deleted, 1 superseded by a newer state" in messages


def test_file_without_resources_is_rejected_with_the_reason(dev: Settings, tmp_path: Path) -> None:
    snapshot = read_items(tmp_path, bucket("gone", configurationItemStatus="ResourceDeleted"), 7)
    with pytest.raises(SnapshotError, match=r"evaluates \(1 deleted\)\n.*is int, not a configuration item"):
        from_snapshot._placed(dev, snapshot, [tmp_path])


def test_error_about_many_files_names_some(dev: Settings) -> None:
    with pytest.raises(SnapshotError, match=r"^a, b, c and 2 more: has no"):
        from_snapshot._placed(dev, Snapshot(), list(map(Path, "abcde")))


def test_regions_go_through_the_whole_system(dev: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Checks the findings and the planned remediations of each region."""
    s3, rds = from_snapshot.own_rules.S3, from_snapshot.own_rules.RDS
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
    ("counts", "unknown", "summary"),
    [
        ([24, 0, 1], 0, "25 violations of 2 rules in 1,083 resources"),
        ([1], 2, "1 violation of 1 rule in 1,083 resources, 2 unknown"),
        ([0], 0, "0 violations in 1,083 resources"),
    ],
)
def test_summary(counts: list[int], unknown: int, summary: str) -> None:
    rows = [{"counts": {"non_compliant": count}} for count in counts]
    report = {"rules": rows, "totals": {"non_compliant": sum(counts), "unknown": unknown}}
    assert from_snapshot._summary(report, 1083) == summary


class Recording:
    """A demo that records nothing."""

    def __init__(self, screen: Screen) -> None:
        self.screen, self.recorded = screen, 0

    def record(self) -> None:
        self.recorded += 1


def test_progress_is_printed_on_a_terminal(
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
        messages = capsys.readouterr().out.splitlines()
        assert [line.strip().removesuffix(" resources evaluated") for line in messages] == expected
