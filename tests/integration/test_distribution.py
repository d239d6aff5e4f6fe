"""The distribution: a bank's own repository with a rule of its own, and an app with its own modules and handlers.

Installs the package once, and runs the examples in processes of their own, because they import another copy of the
code.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from dataclasses import dataclass
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from handlers.rules import RULES
from modules.resources.lambda_archive import ROOT
from tests.support.resources import Document, of_type

UV = ROOT / ".build" / "uv" / "bin" / "uv"
SOURCES = ("distribution", "handlers", "modules", "operate", "settings", "simulation")
FILES = ("Pipfile", "pyproject.toml", "setup.py")
PACKAGE = "compliance_monitor"


def run(command: list[Any], folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "COLUMNS": "200", **variables}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def source(folder: Path) -> Path:
    for name in SOURCES:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in FILES:
        shutil.copy(ROOT / name, folder)
    return folder


def install(folder: Path, target: Path) -> subprocess.CompletedProcess[str]:
    options = ["--offline", "--no-build-isolation", "--no-deps", "--python", sys.executable, "--target", target]
    return run([UV, "pip", "install", *options, "."], folder)


@dataclass(frozen=True)
class Installed:
    """The installed package, and a folder in which a project uses it."""

    packages: Path
    project: Path

    def python(self, *arguments: str) -> str:
        """Runs Python in the project; returns its output, and raises if it fails."""
        ran = run([sys.executable, *arguments], self.project, PYTHONPATH=str(self.packages))
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout

    def refusal(self, *arguments: str) -> str:
        """Runs Python, which must fail without a traceback; returns what it said, without line breaks."""
        ran = run([sys.executable, *arguments], self.project, PYTHONPATH=str(self.packages))
        assert ran.returncode == (1 if arguments[0] == "main.py" else 2) and "Traceback" not in ran.stderr
        return " ".join((ran.stdout + ran.stderr).split())

    def change(self, file: str, old: str, new: str) -> Path:
        """Replaces the first occurrence of a text in a file of the example's own rule; returns the file."""
        path = self.project / "rules" / "sns_topic_encrypted" / file
        assert old in path.read_text()
        path.write_text(path.read_text().replace(old, new, 1))
        return path


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("packages")
    installed = install(source(tmp_path_factory.mktemp("source")), target)
    assert installed.returncode == 0, installed.stderr
    return target


@pytest.fixture(scope="module")
def bank(packages: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The example of a bank, with one more rule that has a remediation."""
    project = tmp_path_factory.mktemp("bank") / "repository"
    shutil.copytree(ROOT / "examples" / "bank", project)
    rule = project / "rules" / "sqs_queue_encrypted"
    shutil.copytree(ROOT / "tests" / "support" / "sample_rule" / rule.name, rule)
    for file in rule.glob("*.py"):
        file.write_text(file.read_text().replace("from handlers.", f"from {PACKAGE}.handlers."))
    settings = project / "environments" / "prod.toml"
    own = '[rules.sqs-queue-encrypted]\nkms_keys = ["alias/ours"]\n\n'  # which no case has
    enforced = '[remediation.sqs-queue-encrypted]\nmode = "enforce"\nscope = ["payments"]\n\n'
    settings.write_text(settings.read_text().replace("[state]", f"{own}{enforced}[state]"))
    return Installed(packages, project)


REHEARSAL = ("-m", f"{PACKAGE}.simulation", "demo", "--environment", "prod")


@pytest.fixture
def example(packages: Path, tmp_path: Path) -> Installed:
    """The example of a bank as it is, which the test may change."""
    project = tmp_path / "a bank"
    shutil.copytree(ROOT / "examples" / "bank", project)
    return Installed(packages, project)


def document(stack: Path) -> Document:
    found: Document = json.loads((stack / "cdk.tf.json").read_text())
    return found


def archive_of(stack: Path, function: dict[str, Any]) -> list[str]:
    with zipfile.ZipFile(stack / function["filename"]) as archive:
        return archive.namelist()


def test_installs_one_root_package_with_the_packages_of_pipfile(packages: Path) -> None:
    assert [each.parent.name for each in packages.glob("*/__init__.py")] == [PACKAGE]
    [metadata] = list(distributions(path=[str(packages)]))
    names = {re.split(r"[\[=<> ]", each)[0] for each in metadata.requires or ()}
    assert {"cdktf", "cdktf-cdktf-provider-aws", "boto3", "pydantic", "moto"} <= names and "pytest" not in names


def test_bank_s_three_lines_synthesize_its_environments_with_its_own_rules(bank: Installed) -> None:
    assert len((bank.project / "main.py").read_text().strip().splitlines()) == 3
    said = run([sys.executable, "main.py"], bank.project, PYTHONPATH=str(bank.packages)).stderr
    own = f"own rules: {len(RULES) + 2} (2 of them in rules/)"
    assert said.startswith(f"prod: {own}, AWS managed rules: 0, waivers: 0; remediation: ")
    assert "sqs-queue-encrypted (enforce)" in said and len(said.splitlines()) == 1
    stack = bank.project / "cdktf.out" / "stacks" / "compliance-prod"
    made = document(stack)
    rules = {each["name"] for each in of_type(made, "aws_config_config_rule").values()}
    assert {
        "sns-topic-encrypted-prod-ew1",
        "sqs-queue-encrypted-prod-ew1",
        "ec2-instance-type-approved-prod-ew1",
    } <= rules
    functions = {each["function_name"]: each for each in of_type(made, "aws_lambda_function").values()}
    process, remediate = functions["process-prod-ew1"], functions["remediate-sqs-encryption-prod-ew1"]
    assert process["handler"] == f"{PACKAGE}.handlers.process.app.handler"
    inside = f"{PACKAGE}/handlers/rules"
    assert {f"{inside}/sns_topic_encrypted/rule.py", f"{inside}/rules.json"} <= set(archive_of(stack, process))
    its = [name for name in archive_of(stack, remediate) if name.startswith(f"{inside}/") and name.count("/") > 3]
    assert {name.split("/")[3] for name in its} == {"sqs_queue_encrypted"}


def test_bank_s_own_rules_work_through_the_whole_chain(bank: Installed) -> None:
    jobs = yaml.safe_load((bank.project / ".github" / "workflows" / "pull-request.yml").read_text())["jobs"]
    *_, synthesis, rehearsal = (step["run"].split() for step in jobs["rehearse"]["steps"] if "run" in step)
    assert synthesis == ["python", "main.py"]
    said = bank.python(*rehearsal[1:])
    assert "As expected" in said and "sqs-queue-encrypted: enforce" in said
    [report] = sorted((bank.project / "demo-output" / "reports").rglob("*.json"))[-1:]
    counts = {row["rule"]: row["counts"] for row in json.loads(report.read_text())["rules"]}
    assert (counts["sns-topic-encrypted"]["compliant"], counts["sns-topic-encrypted"]["non_compliant"]) == (1, 1)
    records = [json.loads(file.read_text()) for file in (bank.project / "demo-output" / "audit").glob("*.json")]
    own = sorted(
        (each for each in records if each["what"].get("name") == "payments"), key=lambda each: each["sequence"]
    )
    assert [each["kind"] for each in own] == ["PLAN", "INTENT", "OUTCOME", "VERIFICATION"]
    assert own[-1]["what"]["outcome"] == "REMEDIATED"


def test_case_whose_result_is_another_is_named_by_the_demo(example: Installed) -> None:
    cases = example.change("cases.json", '"NON_COMPLIANT"', '"COMPLIANT"')
    said = example.refusal(*REHEARSAL)
    assert f'{cases}: case[1].expected = "COMPLIANT": the policy\'s result is NON_COMPLIANT (' in said


def test_operators_commands_are_those_of_the_package(bank: Installed) -> None:
    assert f"usage: python -m {PACKAGE}.operate" in bank.python("-m", f"{PACKAGE}.operate", "--help")
    assert "prod" in bank.python("-m", f"{PACKAGE}.operate", "cost", "prod")


@pytest.mark.parametrize("command", ["main.py", "operate cost prod", "operate schema settings", "simulation demo"])
def test_rule_that_is_copied_unchanged_is_refused_with_the_package_to_import(example: Installed, command: str) -> None:
    example.change("rule.py", f"from {PACKAGE}.handlers.", "from handlers.")
    first, *others = command.split()
    said = example.refusal(*([first] if first == "main.py" else ["-m", f"{PACKAGE}.{first}", *others]))
    assert f"{example.project}/rules: the rule folder sns_topic_encrypted cannot be imported" in said
    assert f"No module named 'handlers'; import from {PACKAGE}.handlers" in said


def test_app_of_constructs_may_have_a_package_rules_of_its_own(app: Installed) -> None:
    (app.project / "rules" / "discounts").mkdir(parents=True)
    (app.project / "rules" / "discounts" / "__init__.py").touch()
    app.python("main.py")


def test_policy_that_does_not_parse_is_named_by_the_demo(example: Installed) -> None:
    policy = example.change("policy.guard", "KmsMasterKeyId exists", "KmsMasterKeyId exist")
    assert f"{policy}: cannot be evaluated: Parser Error" in example.refusal(*REHEARSAL)


def test_schema_for_editors_has_the_bank_s_own_rules(bank: Installed) -> None:
    schema = json.loads(bank.python("-m", f"{PACKAGE}.operate", "schema", "settings"))
    Draft202012Validator(schema).validate(tomllib.loads((bank.project / "environments" / "prod.toml").read_text()))
    assert "sqs-queue-encrypted" in schema["$defs"]["RuleSettings"]["properties"]


@pytest.fixture(scope="module")
def app(packages: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    project = tmp_path_factory.mktemp("app") / "repository"
    shutil.copytree(ROOT / "examples" / "own_app", project, ignore=shutil.ignore_patterns("__pycache__"))
    installed = Installed(packages, project)
    installed.python("main.py")
    return installed


def test_app_has_its_own_modules_and_the_parts_it_takes(app: Installed) -> None:
    assert (app.project / "modules").is_dir() and (app.project / "handlers").is_dir()
    made = document(app.project / "cdktf.out" / "stacks" / "own-app")
    assert len(of_type(made, "aws_sns_topic")) == 5
    assert len(of_type(made, "aws_config_config_rule")) == 3
    assert [found["function_name"] for found in of_type(made, "aws_lambda_function").values()] == ["tidy-team-a1"]
    others = ("aws_config_configuration_recorder", "aws_dynamodb_table", "aws_s3_bucket", "aws_cloudwatch_dashboard")
    assert not [kind for kind in others if of_type(made, kind)]


def test_its_function_runs_the_team_s_code_with_permissions_of_its_own(app: Installed) -> None:
    stack = app.project / "cdktf.out" / "stacks" / "own-app"
    made = document(stack)
    (function,) = of_type(made, "aws_lambda_function").values()
    assert function["handler"] == "handlers.tidy.app.handler"
    files = ["handlers/__init__.py", "handlers/tidy/__init__.py", "handlers/tidy/app.py"]
    assert archive_of(stack, function) == files
    policies = {found["name"] for found in of_type(made, "aws_iam_role_policy").values()}
    assert policies == {"WriteLogs", "ReadVariables", "KeepFailures"}


def test_import_that_cannot_be_rewritten_stops_the_build(tmp_path: Path) -> None:
    folder = source(tmp_path)
    (folder / "settings" / "wrong.py").write_text("import handlers.rules\n\nprint(handlers.rules)\n")
    failed = install(folder, tmp_path / "packages")
    assert failed.returncode != 0
    assert "cannot rewrite the import of handlers.rules: use `from … import …`" in failed.stderr
