"""The workflows: pinned, with no more rights than they use, and no text of strangers in their shell."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from modules.resources.lambda_archive import ROOT

OWN = ROOT / ".github" / "workflows"
EXAMPLE = ROOT / "examples" / "bank" / ".github" / "workflows" / "pull-request.yml"
FILES = [*sorted(OWN.glob("*.yml")), EXAMPLE]
NAMES = [file.stem for file in FILES]


def read(file: Path) -> Any:
    return yaml.load(file.read_text(), Loader=yaml.BaseLoader)


def jobs(file: Path) -> dict[str, Any]:
    found: dict[str, Any] = read(file)["jobs"]
    return found


def test_they_are_there() -> None:
    assert NAMES == ["check", "deploy", "diff", "pull-request"]


def test_zizmor_finds_nothing() -> None:
    """A linter for GitHub Actions: injection, rights, pins, and the form itself."""
    linter = Path(sys.executable).with_name("zizmor")
    done = subprocess.run(
        [linter, "--offline", "--no-progress", "--strict-collection", *FILES],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_zizmor_finds_what_is_wrong(tmp_path: Path) -> None:
    wrong = FILES[0].read_text().replace("bash .ci/run", "echo ${{ github.head_ref }}")
    (tmp_path / "wrong.yml").write_text(wrong)
    linter = Path(sys.executable).with_name("zizmor")
    done = subprocess.run([linter, "--offline", tmp_path / "wrong.yml"], capture_output=True, check=False)
    assert done.returncode != 0


@pytest.mark.parametrize("file", FILES, ids=NAMES)
def test_actions_are_pinned_by_commit_with_their_version(file: Path) -> None:
    used = re.findall(r"uses: (\S+)(.*)", file.read_text())
    assert used
    for action, comment in used:
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", action), action
        assert re.fullmatch(r" # v\d+\.\d+\.\d+", comment), action


def test_an_action_has_one_commit_everywhere() -> None:
    used = {line for file in FILES for line in re.findall(r"uses: (\S+)", file.read_text())}
    assert len({action.partition("@")[0] for action in used}) == len(used)


@pytest.mark.parametrize("file", FILES, ids=NAMES)
def test_shell_gets_no_expressions_and_is_a_script_of_the_repository(file: Path) -> None:
    for job in jobs(file).values():
        for step in job["steps"]:
            if "run" in step:
                assert "${{" not in step["run"]
            if "run" in step and file != EXAMPLE:
                script = step["run"].split()[0 if not step["run"].startswith("bash ") else 1]
                assert (ROOT / script).exists(), step["run"]


def test_only_those_who_call_aws_may_ask_for_an_identity() -> None:
    for file in FILES:
        for name, job in jobs(file).items():
            rights = job.get("permissions", read(file)["permissions"])
            asks = any("configure-aws-credentials" in step.get("uses", "") for step in job["steps"])
            assert ("id-token" in rights) == asks, f"{file.name}: {name}"
            assert ("pull-requests" in rights) == (name == "comment")
            assert rights.get("contents") == "read"


def test_no_secret_is_stored() -> None:
    assert not [file.name for file in FILES if "secrets." in file.read_text()]


def test_a_fork_gets_no_credentials_and_nothing_runs_as_its_target() -> None:
    diff = jobs(OWN / "diff.yml")
    for job in (diff["environments"], jobs(EXAMPLE)["diff"]):
        assert "head.repo.full_name == github.repository" in job["if"]
    assert diff["diff"]["needs"] == "environments"
    assert not [file.name for file in FILES if "pull_request_target" in file.read_text()]


def test_a_deployment_waits_for_its_environment_and_for_the_one_before() -> None:
    deploy = jobs(OWN / "deploy.yml")["deploy"]
    assert deploy["environment"] == "${{ matrix.environment }}"
    assert deploy["concurrency"] == {"group": "deploy-${{ matrix.environment }}", "cancel-in-progress": "false"}
    assert read(OWN / "deploy.yml")["on"] == {"push": {"branches": ["main"]}}
