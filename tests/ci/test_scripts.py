"""The workflows' scripts, with programs that only say that they were called."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from modules.resources.lambda_archive import ROOT

PLAN = "compliance-dev  Terraform will perform …\nPlan: 3 to add, 1 to change, 0 to destroy.\n"


def program(folder: Path, name: str, text: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{text}\n")
    (folder / name).chmod(0o755)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "a project"
    shutil.copytree(ROOT / "scripts" / "ci", folder / "scripts" / "ci")
    called = f'echo "deploy $* $AUTO_APPROVE" >>"{tmp_path}/calls"'
    program(folder / "scripts", "deploy", f'{called}; printf "%b" "$SAYS"; exit "${{CODE:-0}}"')
    program(folder / "bin", "npm", f'echo "npm $*" >>"{tmp_path}/calls"')
    return folder


def run(project: Path, script: str, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    path = f"{project / 'bin'}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        [project / "scripts" / "ci" / script, *arguments],
        env={"PATH": path, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def calls(project: Path) -> list[str]:
    return (project.parent / "calls").read_text().splitlines()


def test_environments_are_listed_as_an_output(project: Path) -> None:
    (project / "environments").mkdir()
    for name in ("prod", "dev"):
        (project / "environments" / f"{name}.toml").write_text("")
    assert run(project, "environments").stdout == 'names=["dev","prod"]\n'


def test_no_environment_is_an_error(project: Path) -> None:
    (project / "environments").mkdir()
    done = run(project, "environments")
    assert (done.returncode, done.stdout) == (1, "")
    assert "environments/ has no file" in done.stderr


@pytest.mark.parametrize("code", ["0", "1"])
def test_a_diff_is_kept_with_how_it_ended(project: Path, code: str) -> None:
    done = run(project, "diff", "dev", "diffs", SAYS="a plan", CODE=code)
    assert done.returncode == int(code)
    assert "a plan" in done.stdout
    assert (project / "diffs" / "dev.txt").read_text() == "a plan"
    assert (project / "diffs" / "dev.code").read_text().strip() == code
    assert [call.strip() for call in calls(project)] == ["npm ci --no-audit --no-fund", "deploy diff dev"]


def test_a_deployment_is_approved_already(project: Path) -> None:
    assert run(project, "deploy", "prod").returncode == 0
    assert calls(project)[-1] == "deploy deploy prod true"


@pytest.mark.parametrize(("script", "arguments"), [("diff", ()), ("diff", ("dev",)), ("deploy", ()), ("comment", ())])
def test_missing_arguments_are_named(project: Path, script: str, arguments: tuple[str, ...]) -> None:
    done = run(project, script, *arguments)
    assert done.returncode != 0
    assert "is missing" in done.stderr


class Comments:
    """A pull request's comments behind a `gh` that keeps its input."""

    def __init__(self, project: Path, existing: list[dict[str, Any]]) -> None:
        self.project = project
        self.folder = project / "diffs"
        self.folder.mkdir()
        (project / "existing.json").write_text(json.dumps([existing]))
        listed = f'case "$*" in *--paginate*) cat "{project}/existing.json";; '
        script = f'*) echo "$*" >"{project}/asked"; cat >"{project}/body.json";; esac; exit "${{GH_CODE:-0}}"'
        program(project / "bin", "gh", listed + script)

    def diff(self, name: str, text: str, code: str | None = "0") -> None:
        (self.folder / f"{name}.txt").write_text(text)
        if code is not None:
            (self.folder / f"{name}.code").write_text(code)

    def post(self, **variables: str) -> subprocess.CompletedProcess[str]:
        given = {"REPOSITORY": "bank/monitor", "PULL_REQUEST": "7", "COMMIT": "0123456789abcdef", "GH_TOKEN": "x"}
        return run(self.project, "comment", str(self.folder), **given, **variables)

    @property
    def asked(self) -> str:
        return (self.project / "asked").read_text().strip()

    @property
    def body(self) -> str:
        return str(json.loads((self.project / "body.json").read_text())["body"])


MARK = "<!-- compliance-monitor: diff -->"


def test_the_first_time_a_comment_is_made(project: Path) -> None:
    comments = Comments(project, [{"id": 1, "body": "nice"}])
    comments.diff("dev", PLAN)
    comments.diff("prod", "No changes. Your infrastructure matches the configuration.")
    assert comments.post().returncode == 0
    assert comments.asked == "api --method POST repos/bank/monitor/issues/7/comments --input -"
    assert comments.body.startswith(MARK)
    assert "### dev: 3 to add, 1 to change, 0 to destroy" in comments.body
    assert "### prod: no changes" in comments.body
    assert "As of 0123456789ab." in comments.body


def test_later_it_is_brought_up_to_date(project: Path) -> None:
    comments = Comments(project, [{"id": 1, "body": "nice"}, {"id": 5, "body": f"{MARK}\nold"}])
    comments.diff("dev", PLAN)
    assert comments.post().returncode == 0
    assert comments.asked == "api --method PATCH repos/bank/monitor/issues/comments/5 --input -"


@pytest.mark.parametrize("code", ["1", None])
def test_a_diff_that_failed_is_reported(project: Path, code: str | None) -> None:
    comments = Comments(project, [])
    comments.diff("dev", "broken    these are credentials of account 1", code)
    comments.post()
    assert "### dev: failed" in comments.body
    assert "these are credentials of account 1" in comments.body


def test_what_is_too_long_is_cut_and_every_environment_has_its_place(project: Path) -> None:
    comments = Comments(project, [])
    comments.diff("dev", PLAN + "x" * 200_000)
    comments.diff("prod", PLAN + "y" * 200_000)
    assert comments.post().returncode == 0
    assert len(comments.body) < 65_536
    assert comments.body.count("[…] truncated: see the log of the job") == 2
    assert comments.body.count("</details>") == 2


def test_a_plan_cannot_end_its_block_or_colour_it(project: Path) -> None:
    comments = Comments(project, [])
    comments.diff("dev", "\x1b[31mred\x1b[0m\n```\n# heading\n````\nPlan: 1 to add, 0 to change, 0 to destroy")
    comments.post()
    assert "\x1b" not in comments.body
    assert comments.body.count("`````") == 2


def test_nothing_to_report_is_an_error(project: Path) -> None:
    comments = Comments(project, [])
    done = comments.post()
    assert done.returncode == 1
    assert "has no diffs" in done.stderr


def test_what_github_refuses_is_reported(project: Path) -> None:
    comments = Comments(project, [])
    comments.diff("dev", PLAN)
    done = comments.post(GH_CODE="1")
    assert done.returncode == 1
    assert "gh api" in done.stderr
