"""The demo as a new user runs it, and with faults."""

import html
import io
import json
import re
import shutil
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from rich.console import Console

from settings.model import Settings
from simulation.aws.account import SimulatedAccount
from simulation.aws.alarms import State
from simulation.demo import estate, session
from simulation.demo import run as demo
from simulation.demo import scenario as story
from simulation.demo.console import Mail, Output, Screen
from simulation.demo.session import UnexpectedError
from tests.support import further_rules
from tests.support.schemas import validate

WIDTH = 80


def printing(verbose: bool = False) -> tuple[Screen, io.StringIO]:
    """Returns a terminal of 80 columns, and its output."""
    printed = io.StringIO()
    return Screen(verbose, Console(file=printed, width=WIDTH)), printed


def tampered(stack: Path, folder: Path, policy: str) -> Path:
    """Returns a copy of the stack without one of its permissions."""
    shutil.copytree(stack, folder)
    file = folder / "cdk.tf.json"
    document = json.loads(file.read_text())
    policies = document["resource"]["aws_iam_role_policy"]
    (removed,) = [name for name in policies if policy in name]
    del policies[removed]
    for function in document["resource"]["aws_lambda_function"].values():
        function["depends_on"] = [each for each in function["depends_on"] if not each.endswith(f".{removed}")]
    file.write_text(json.dumps(document))
    return folder


@pytest.fixture
def settings(environments: dict[str, Settings]) -> Settings:
    return environments["dev"]


def test_the_eight_days_are_as_expected(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "BUILD", tmp_path / "build")
    monkeypatch.setattr(story, "BURST", 40)  # the demo has 400, which take ten seconds
    output = tmp_path / "output"
    output.mkdir(parents=True, exist_ok=True)
    screen, printed = printing()
    demo.run(settings, output, screen)
    _check_output(screen, printed.getvalue(), (output / "index.html").read_text())
    for folder, pattern, name in (
        ("reports", "*.json", "report"),
        ("reports", "*.jsonl", "listing"),
        ("scores", "*.json", "score"),
        ("summaries", "*.json", "summary"),
    ):
        files = sorted((output / folder).rglob(pattern))
        assert len(files) >= 7, f"eight days with a gap have several {folder}"
        for file in files:
            for line in file.read_text().splitlines() if file.suffix == ".jsonl" else [file.read_text()]:
                validate(json.loads(line), name)
    assert list((output / "audit").rglob("*.json"))
    assert "OPENED" in (output / "alerts" / "high" / "001-high.txt").read_text()
    assert len(list((output / "alerts" / "summary").iterdir())) == 7, "a summary for each score, and none twice"


def _check_output(screen: Screen, printed: str, page: str) -> None:
    """Checks that the terminal has at most 44 lines, and the page also all tables and mails."""
    lines = printed.splitlines()
    assert 20 <= len(lines) <= 44
    assert max(map(len, lines)) <= WIDTH
    assert not re.search(r"\b1 (alerts|files|records|resources)\b|[02-9] (alert|file|record|resource)\b", printed)
    entries = [entry for phase in screen.phases for entry in phase.entries]
    kinds = Counter(type(entry).__name__ for entry in entries)
    assert kinds["Mail"] >= 6 and kinds["Grid"] >= 6 and kinds["Output"] == 6
    assert "eu-west-1. From " in page and "<figure" in page, "the page shows the state before destroy"
    for phase in screen.phases:
        assert html.escape(phase.title) in page
    for entry in entries:
        if isinstance(entry, Mail):
            assert html.escape(entry.subject) in page and entry.subject not in printed
        elif isinstance(entry, Output):
            assert f"$ {entry.command}".replace(" ", "") in re.sub(r"\s", "", printed)
            assert html.escape(entry.text.splitlines()[-1]) in page


def test_a_verbose_screen_prints_tables_mails_and_outputs_too() -> None:
    screen, printed = printing(verbose=True)
    with screen.phase("Something"):
        screen.table(["rule", "compliant", "violations", "waived", "n/a", "unknown", "all"], [["r" * 32, *range(6)]])
        screen.mail("someone@example.com", "A subject", "Words\n")
        with screen.command("python -m operate verify-audit"):
            print("all passed")
    text = printed.getvalue()
    for words in ("compliant violations waived n/a unknown all", "Subject: A subject", "Words", "all passed"):
        assert words in text, words
    assert max(map(len, text.splitlines())) <= WIDTH


@pytest.mark.parametrize("always", [False, True])
def test_a_terse_screen_omits_most_tables(always: bool) -> None:
    screen, printed = printing()
    with screen.phase("Something"):
        screen.table(["resource", "reason"], [["a-bucket", "many words " * 10]], always=always)
    assert ("a-bucket" in printed.getvalue()) is always
    assert len(screen.phases[0].entries) == 1


@pytest.mark.parametrize(
    ("policy", "action", "role"),
    [
        ("process_SendUrgentMails_", "sqs:SendMessage", "process-dev-ew1"),
        ("report_ReadAggregator_", "config:GetAggregateComplianceDetailsByConfigRule", "report-dev-ew1"),
        ("report_ReadFindings_", "dynamodb:Scan", "report-dev-ew1"),
        ("score_ReadReports_", "s3:GetObject", "score-dev-ew1"),
        ("summarize_SendRoutineMails_", "sqs:SendMessage", "summarize-dev-ew1"),
        ("_ReadBucketEncryption_", "s3:GetEncryptionConfiguration", "remediate-s3-encryption-dev-ew1"),
    ],
)
def test_a_missing_permission_is_named_with_action_and_role(
    policy: str, action: str, role: str, deployed: SimulatedAccount
) -> None:
    cloud = deployed
    resources = cloud.deployment.resources.items()
    [removed] = [each for name, (_, each) in resources if "aws_iam_role_policy." in name and policy in name]
    cloud.client("iam").delete_role_policy(RoleName=removed["role"], PolicyName=removed["name"])
    estate.make_bucket(cloud, "payments-exports-dev", estate.AES256)
    cloud.record()
    for schedule in ("report", "score"):
        cloud.fire(f"{schedule}-on-schedule-dev-ew1")
    failed = {invocation.function: str(invocation.error) for invocation in cloud.invocations if invocation.error}
    assert f"assumed-role/{role}/{role} is not authorized to perform: {action} on resource: " in failed[role]


@pytest.mark.parametrize(
    ("policy", "action"),
    [("notify_PublishMails_", "sns:Publish"), ("notify_PublishMailsKey_", "kms:GenerateDataKey")],
)
def test_mails_wait_until_publishing_is_permitted(
    policy: str, action: str, deployed: SimulatedAccount, dev: Settings
) -> None:
    cloud = deployed
    further_rules.remove(cloud, dev)
    resources = cloud.deployment.resources.items()
    [removed] = [each for name, (_, each) in resources if "aws_iam_role_policy." in name and policy in name]
    iam = cloud.client("iam")
    iam.delete_role_policy(RoleName=removed["role"], PolicyName=removed["name"])
    estate.make_bucket(cloud, "payments-exports-dev", estate.AES256)
    cloud.record()
    assert {use.action for use in cloud.guardian.uses if not use.allowed} == {action}
    assert (cloud.mailbox.mails, cloud.alarms()["mails-waiting-dev-ew1"]) == ([], State.ALARM)
    iam.put_role_policy(RoleName=removed["role"], PolicyName=removed["name"], PolicyDocument=removed["policy"])
    cloud.clock.advance(timedelta(minutes=20))
    cloud.settle()
    assert [mail.subject.split()[1] for mail in cloud.mailbox.mails] == ["OPENED"]


def test_the_demo_fails_without_a_permission(dev: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    original = demo.synthesized
    monkeypatch.setattr(session, "BUILD", tmp_path / "build")
    monkeypatch.setattr(
        demo,
        "synthesized",
        lambda settings, folder: tampered(original(settings, folder), tmp_path / "stack", "report_ReadAggregator_"),
    )
    error = "report-dev-ew1 is not authorized to perform: config:GetAggregateComplianceDetailsByConfigRule"
    with pytest.raises(UnexpectedError, match=error):
        demo.run(dev, tmp_path / "output", printing()[0])
