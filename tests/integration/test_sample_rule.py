"""A rule's folder, copied into the project, is a rule of every part of the system; nothing else is edited.

The copy of the project is in a temporary folder, and its programs run in processes of their own.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from modules.resources.lambda_archive import ROOT
from settings.model import Settings
from simulation.aws.account import SimulatedAccount
from simulation.demo import estate
from tests.support.resources import Document, of_type

FOLDER, RULE, REMEDIATION = "sqs_queue_encrypted", "sqs-queue-encrypted", "remediate-sqs-encryption"
FUNCTION = f"{REMEDIATION}-dev-ew1"
SAMPLE = ROOT / "tests" / "support" / "sample_rule" / FOLDER
PROGRAMS = ("docgen", "docs", "environments", "handlers", "modules", "operate", "settings", "simulation")
FILES = ("README.md", "main.py", "pyproject.toml")


def copied(folder: Path, *more: str) -> Path:
    """Returns a copy of the project with the sample rule."""
    for name in (*PROGRAMS, *more):
        shutil.copytree(ROOT / name, folder / name)
    (folder / "tests" / "contracts").mkdir(parents=True, exist_ok=True)  # for the list of addresses
    for name in FILES:
        shutil.copy(ROOT / name, folder / name)
    shutil.copytree(SAMPLE, folder / "handlers" / "rules" / FOLDER, dirs_exist_ok=True)
    return folder


def run(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Runs Python in a copy, which must not import anything of the original."""
    variables = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "ENVIRONMENT_SUFFIX")}
    return subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=variables, capture_output=True, text=True, check=False
    )


def succeed(folder: Path, *arguments: str) -> str:
    """Returns the output of a program that must succeed."""
    ran = run(folder, *arguments)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy with the programs that synthesize and generate."""
    return copied(tmp_path_factory.mktemp("project"))


@pytest.fixture(scope="module")
def document(project: Path) -> Document:
    """The stack of dev, as `cdktf synth` writes it."""
    succeed(project, "main.py")
    found: Document = json.loads((project / "cdktf.out" / "stacks" / "compliance-dev" / "cdk.tf.json").read_text())
    return found


def test_synthesis_deploys_it_in_every_region_with_its_function(document: Document, dev: Settings) -> None:
    """Takes five seconds: two environments are synthesized, as in a deployment."""
    rules = of_type(document, "aws_config_config_rule").values()
    deployed = {(found["region"], found["name"]) for found in rules}
    assert {(region, f"{RULE}-dev-ew1") for region in dev.monitored_regions} <= deployed
    functions = of_type(document, "aws_lambda_function").values()
    [function] = [found for found in functions if found["function_name"] == FUNCTION]
    roles = of_type(document, "aws_iam_role")
    assert roles[function["role"].removeprefix("${").removesuffix(".arn}")]["name"] == FUNCTION
    groups = {found["name"] for found in of_type(document, "aws_cloudwatch_log_group").values()}
    assert f"/aws/lambda/{FUNCTION}" in groups
    for recorder in of_type(document, "aws_config_configuration_recorder").values():
        assert "AWS::SQS::Queue" in recorder["recording_group"]["resource_types"]


def test_generated_documents_have_it(project: Path) -> None:
    """Takes six seconds, because the list of addresses needs the stacks of all environments."""
    succeed(project, "-m", "docgen")
    docs = {name: (project / name).read_text() for name in ("README.md", "docs/rules.md", "docs/settings.md")}
    assert f"| `{RULE}` | MEDIUM | SQS queues are encrypted at rest. |" in docs["README.md"]
    assert f"\n## {RULE}\n" in docs["docs/rules.md"] and "| SSE-SQS is on | compliant |" in docs["docs/rules.md"]
    assert f"rules.{RULE}" in docs["docs/settings.md"]
    schema = json.loads((project / "docs" / "settings.schema.json").read_text())
    assert RULE in schema["$defs"]["RuleSettings"]["properties"]
    addresses = (project / "tests" / "contracts" / "addresses.txt").read_text()
    assert all(f"{each} aws_lambda_function.remediations_{REMEDIATION}" in addresses for each in ("dev", "prod"))


@pytest.mark.thorough
def test_the_demo_has_its_cases(
    project: Path, cloud: SimulatedAccount, dev: Settings, documents: dict[str, Document]
) -> None:
    """Takes 30 seconds, the time of eight simulated days."""
    printed = succeed(project, "-m", "simulation", "demo", "--environment", "dev")
    [results] = re.findall(r"(\d+) evaluation results, all as expected", " ".join(printed.split()))
    cases = json.loads((SAMPLE / "cases.json").read_text())
    own_buckets = of_type(documents["dev"], "aws_s3_bucket")
    others = [each for each in estate.seed(cloud, dev).expected if each[0] != RULE]
    assert int(results) == len(others) + len(own_buckets) + len(cases)


@pytest.mark.thorough
def test_the_tests_of_rules_and_permissions_hold(tmp_path: Path) -> None:
    """Takes 40 seconds: the account is deployed in three modes, and every event occurs."""
    folder = copied(tmp_path, "tests")
    shutil.copy(SAMPLE.with_name(f"test_{FOLDER}.py"), folder / "tests" / "rules")
    printed = succeed(folder, "-m", "pytest", "-vv", "tests/integration/test_permissions.py", "tests/rules")
    assert f"[{RULE}: SSE-SQS is on] PASSED" in printed
    assert f"test_{FOLDER}.py::test_deleted_queue_is_not_remediable PASSED" in printed
    assert len(re.findall(r"test_every_declared_permission_is_used\[\w+\] PASSED", printed)) == 3
