"""scripts/deploy: nothing is changed before what is missing is known."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from modules.resources.lambda_archive import ROOT


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The script in a project whose programs only say that they were called."""
    folder = tmp_path / "a project"
    for program in ("scripts/setup", ".venv/bin/python", "bin/npx"):
        file = folder / program
        file.parent.mkdir(parents=True, exist_ok=True)
        name = Path(program).name
        file.write_text(f'#!/bin/sh\necho "{name} $*" >>"{tmp_path}/calls"\nexit "${{{name}_EXIT:-0}}"\n')
        file.chmod(0o755)
    shutil.copy(ROOT / "scripts" / "deploy", folder / "scripts" / "deploy")
    return folder


def run(project: Path, *arguments: str, **variables: str) -> tuple[subprocess.CompletedProcess[str], list[str]]:
    path = f"{project / 'bin'}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [project / "scripts" / "deploy", *arguments],
        env={"PATH": path, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    calls = project.parent / "calls"
    return done, calls.read_text().splitlines() if calls.exists() else []


@pytest.mark.parametrize("action", ["deploy", "diff", "destroy"])
def test_looks_first_and_then_lets_cdktf_ask(project: Path, action: str) -> None:
    done, calls = run(project, action, "dev")
    assert done.returncode == 0
    makes = ["python -m operate service-role dev"] if action == "deploy" else []
    assert [call.strip() for call in calls[1:]] == [
        f"python -m operate preflight dev --for {action}",
        *makes,
        f"npx --no-install cdktf {action} compliance-dev",
    ]
    assert calls[0].startswith("setup")


def test_what_is_missing_stops_it(project: Path) -> None:
    done, calls = run(project, "deploy", "dev", python_EXIT="1")
    assert done.returncode == 1
    assert len(calls) == 2
    assert "preflight" in calls[1]


def test_approval_is_never_given_by_itself(project: Path) -> None:
    assert "auto-approve" not in run(project, "deploy", "dev", AUTO_APPROVE="yes")[1][-1]
    assert run(project, "deploy", "dev", AUTO_APPROVE="true")[1][-1].endswith("compliance-dev --auto-approve")
    assert "auto-approve" not in run(project, "diff", "dev", AUTO_APPROVE="true")[1][-1]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "(nothing): allowed: deploy, diff, destroy"),
        (("remove", "dev"), "remove: allowed"),
        (("diff",), "ENVIRONMENT"),
    ],
)
def test_wrong_arguments_say_what_is_right(project: Path, arguments: tuple[str, ...], message: str) -> None:
    done, calls = run(project, *arguments)
    assert (done.returncode, calls) == (1, [])
    assert message in done.stderr
