"""The demo itself: as a newcomer runs it, and with something broken."""

import json
import shutil
from pathlib import Path

import jsonschema
import pytest
from rich.console import Console

from modules.bundle import ROOT
from modules.settings import Settings
from simulation import artefacts, demo, estate
from simulation.cloud import Cloud
from simulation.console import Screen
from simulation.demo import UnexpectedError


def quiet() -> Screen:
    screen = Screen()
    screen._console = Console(quiet=True)
    return screen


def tampered(stack: Path, folder: Path, policy: str) -> Path:
    """A copy of the stack without one of its named rights."""
    shutil.copytree(stack, folder)
    file = folder / "cdk.tf.json"
    document = json.loads(file.read_text())
    rights = document["resource"]["aws_iam_role_policy"]
    (gone,) = [name for name in rights if policy in name]
    del rights[gone]
    for function in document["resource"]["aws_lambda_function"].values():
        function["depends_on"] = [each for each in function["depends_on"] if not each.endswith(f".{gone}")]
    file.write_text(json.dumps(document))
    return folder


@pytest.fixture(params=["dev", "prod"])
def settings(request: pytest.FixtureRequest, environments: dict[str, Settings]) -> Settings:
    return environments[request.param]


def test_demo_of_each_environment_is_as_expected(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "BUILD", tmp_path / "build")
    artefacts.fresh(tmp_path / "output")
    demo.run(settings, tmp_path / "output", quiet())
    output = tmp_path / "output"
    for folder, pattern, name in (
        ("reports", "*.json", "report"),
        ("reports", "*.jsonl", "listing"),
        ("scores", "*.json", "score"),
        ("summaries", "*.json", "summary"),
    ):
        files = sorted((output / folder).rglob(pattern))
        schema = json.loads((ROOT / "docs" / f"{name}.schema.json").read_text())
        assert len(files) >= 7, f"eight days with a gap leave several of {folder}"
        for file in files:
            for line in file.read_text().splitlines() if file.suffix == ".jsonl" else [file.read_text()]:
                jsonschema.validate(json.loads(line), schema)
    assert list((output / "audit").rglob("*.json"))
    assert "OPENED" in (output / "alerts" / "high" / "001-high.txt").read_text()
    assert len(list((output / "alerts" / "summary").iterdir())) == 7, "a summary for each score, and none twice"
    assert (output / "index.html").exists()


@pytest.mark.parametrize(
    ("policy", "action", "role"),
    [
        ("process_PublishAlerts_", "sns:Publish", "process-dev-ew1"),
        ("process_PublishAlertsSealed_", "kms:GenerateDataKey", "process-dev-ew1"),
        ("report_ReadAggregator_", "config:GetAggregateComplianceDetailsByConfigRule", "report-dev-ew1"),
        ("report_ReadFindings_", "dynamodb:Scan", "report-dev-ew1"),
        ("score_ReadReports_", "s3:GetObject", "score-dev-ew1"),
        ("summarize_PublishSummary_", "sns:Publish", "summarize-dev-ew1"),
        ("_ReadBucketEncryption_", "s3:GetEncryptionConfiguration", "remediate-s3-encryption-dev-ew1"),
    ],
)
def test_a_missing_right_is_refused_naming_action_and_role(
    policy: str, action: str, role: str, cloud: Cloud, stacks: dict[str, Path], tmp_path: Path
) -> None:
    cloud.deploy(tampered(stacks["dev"], tmp_path / "stack", policy))
    estate.make_bucket(cloud, "payments-exports-dev", estate.AES256)
    cloud.record()
    for schedule in ("report", "score"):
        cloud.fire(f"{schedule}-on-schedule-dev-ew1")
    failed = {invocation.function: str(invocation.error) for invocation in cloud.invocations if invocation.error}
    assert f"assumed-role/{role}/{role} is not authorized to perform: {action} on resource: " in failed[role]


def test_the_demo_fails_with_a_right_that_is_missing(
    dev: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = demo.synthesized
    monkeypatch.setattr(demo, "BUILD", tmp_path / "build")
    monkeypatch.setattr(
        demo,
        "synthesized",
        lambda settings, folder: tampered(whole(settings, folder), tmp_path / "stack", "report_ReadAggregator_"),
    )
    sentence = "report-dev-ew1 is not authorized to perform: config:GetAggregateComplianceDetailsByConfigRule"
    with pytest.raises(UnexpectedError, match=sentence):
        demo.run(dev, tmp_path / "output", quiet())
