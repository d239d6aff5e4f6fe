"""Any valid environment is rehearsed; the eight-day demo requires dev."""

from pathlib import Path

import pytest

from modules.resources.lambda_archive import ROOT
from settings.load import load
from settings.model import Settings
from simulation.aws.config.item import Item
from simulation.demo import rehearsal, samples
from simulation.demo import session as demo
from simulation.terraform.context import StackError
from tests.integration.test_demo import printing
from tests.support.example import with_three_rules
from tests.support.waivers import waiver

GROUP = ROOT / "environments" / "examples" / "group.toml"


def rehearsed(settings: Settings, folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str, Path]:
    monkeypatch.setattr(demo, "BUILD", folder / "build")
    (folder / "output").mkdir(parents=True, exist_ok=True)
    screen, printed = printing()
    return rehearsal.run(settings, folder / "output", screen), printed.getvalue(), folder / "output"


def test_an_organization_with_everything_is_rehearsed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Takes eight seconds: two simulated days in four accounts and three regions."""
    summary, printed, output = rehearsed(with_three_rules(load(GROUP)), tmp_path, monkeypatch)
    assert "46 violations in 110 results" in summary
    text = " ".join(printed.split())
    for words in (
        "existing recorders in eu-north-1",
        f"{samples.FORWARDING}, {samples.SILENT}, 999988887777 (excluded)",
        "sample results for 3 AWS managed rules: access-keys-rotated, dax-encrypted, root-mfa",
        "3 accounts, 3 regions",
        "excluded from rds-backup-retention-minimum: 1 resource",
        " resources removed",
    ):
        assert words in text
    mails = [path.read_text() for path in (output / "alerts" / "critical").glob("*.txt")]
    assert any(f"account {samples.FORWARDING}" in mail for mail in mails)
    assert any("AWS::::Account" in mail for mail in mails)
    assert not any("999988887777" in mail for mail in mails)


@pytest.mark.thorough
def test_prod_is_rehearsed_in_its_remediation_modes(
    environments: dict[str, Settings], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, printed, output = rehearsed(environments["prod"], tmp_path, monkeypatch)
    assert "s3-bucket-default-encryption-kms: enforce" in " ".join(printed.split())
    assert (output / "index.html").exists()


def test_the_eight_days_require_dev_s_original_settings(environments: dict[str, Settings]) -> None:
    dev = environments["dev"]
    assert rehearsal.has_story(dev)
    assert not rehearsal.has_story(environments["prod"])
    assert not rehearsal.has_story(dev.with_waivers([waiver()]))
    assert not rehearsal.has_story(
        dev.model_copy(update={"recorder": dict.fromkeys(dev.monitored_regions, "existing")})
    )
    table = dev.rules.ec2_instance_type_approved.model_copy(update={"enabled": False})
    without = dev.model_copy(update={"rules": dev.rules.model_copy(update={"ec2_instance_type_approved": table})})
    assert not rehearsal.has_story(without)


def test_sample_results_have_both_compliance_types() -> None:
    names = [f"r-{number}" for number in range(40)]
    results = {samples.result("SOME_RULE", Item("AWS::DAX::Cluster", name, {}), {}) for name in names}
    assert results == {"COMPLIANT", "NON_COMPLIANT"}


def test_other_partitions_are_rejected_by_name(environments: dict[str, Settings], tmp_path: Path) -> None:
    china = environments["dev"].model_copy(update={"home_region": "cn-north-1"})
    with pytest.raises(StackError, match="home_region cn-north-1: partition aws-cn is unsupported"):
        rehearsal.run(china, tmp_path, printing()[0])
