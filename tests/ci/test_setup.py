"""The set-up of a new machine, from packages that lie in a folder: what is locked is installed, and nothing else."""

import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from modules.resources.lambda_archive import ROOT

UV = ROOT / ".build" / "uv"
LOCK: dict[str, Any] = json.loads((ROOT / "Pipfile.lock").read_text())


def load() -> ModuleType:
    """scripts/locked.py, which is no part of a package."""
    spec = importlib.util.spec_from_file_location("locked", ROOT / "scripts" / "locked.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


locked = load()


class Project:
    """A folder with the project's scripts, a Pipfile with its lock, and wheels in place of an index."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "a project"
        self.wheels = folder / "wheels"
        self.wheels.mkdir()
        shutil.copytree(ROOT / "scripts", self.folder / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
        (self.folder / ".build").mkdir()
        (self.folder / ".build" / "uv").symlink_to(UV)
        self.default: dict[str, Any] = {}
        self.develop: dict[str, Any] = {}
        self.wanted = ["one"]

    def wheel(self, name: str, needs: str | None = None, version: str = "1.0") -> dict[str, Any]:
        """Makes a package, and returns its entry in a lock."""
        path = self.wheels / f"{name}-{version}-py3-none-any.whl"
        info = f"{name}-{version}.dist-info"
        metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        metadata += f"Requires-Dist: {needs}\n" if needs else ""
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(f"{name}.py", f"VERSION = '{version}'\n")
            archive.writestr(f"{info}/METADATA", metadata)
            archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
            archive.writestr(f"{info}/RECORD", "")
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        return {"hashes": [f"sha256:{digest}"], "version": f"=={version}"}

    def setup(self, **variables: str) -> subprocess.CompletedProcess[str]:
        lines = ["[packages]", *(f'{name} = "*"' for name in self.wanted), "[setup]", 'uv = "*"']
        (self.folder / "Pipfile").write_text("\n".join(lines))
        lock = {"default": self.default, "develop": self.develop, "setup": LOCK["setup"]}
        (self.folder / "Pipfile.lock").write_text(json.dumps(lock))
        offline = {"UV_OFFLINE": "1", "UV_NO_INDEX": "1", "UV_FIND_LINKS": str(self.wheels)}
        own = {"UV_CACHE_DIR": str(self.folder.parent / "cache"), "UV_NO_CONFIG": "1"}
        own |= {"UV_DEFAULT_INDEX": "https://index.invalid", "SSL_CERT_FILE": os.devnull}
        known = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        return subprocess.run(
            [self.folder / "scripts" / "setup"],
            env=known | offline | own | variables,
            capture_output=True,
            text=True,
            check=False,
        )

    def installed(self) -> set[str]:
        found = (self.folder / ".venv").glob("lib/python*/site-packages/*.dist-info")
        return {path.name.partition("-")[0] for path in found}

    @property
    def is_complete(self) -> bool:
        return (self.folder / ".venv" / ".complete").exists()


@pytest.fixture
def project(tmp_path: Path) -> Project:
    if not (UV / ".complete").exists():
        pytest.skip("this machine was set up by pipenv, not by scripts/setup: there is no .build/uv")
    return Project(tmp_path)


def test_what_is_locked_for_this_python_is_installed_and_what_is_no_longer_is_removed(project: Project) -> None:
    foreign = project.wheel("three") | {"markers": "python_version < '3'"}
    project.default = {"one": project.wheel("one"), "three": foreign}
    project.develop = {"two": project.wheel("two")}
    done = project.setup()
    assert (done.returncode, project.installed()) == (0, {"one", "two"}), done.stderr
    assert "Set up." in done.stdout
    assert project.setup().stdout == "", "nothing is done twice"
    del project.develop["two"]
    assert (project.setup().returncode, project.installed()) == (0, {"one"})


@pytest.mark.thorough
def test_a_changed_hash_stops_it_with_the_package_s_name(project: Project) -> None:
    project.default = {"one": project.wheel("one") | {"hashes": ["sha256:" + "0" * 64]}}
    done = project.setup()
    assert done.returncode != 0
    assert "Hash mismatch for `one==1.0`" in done.stderr
    assert "could not be installed" in done.stderr
    assert not project.is_complete
    assert project.installed() == set()


def test_a_changed_package_stops_a_machine_that_was_set_up_before(project: Project) -> None:
    project.default = {"one": project.wheel("one")}
    assert project.setup().returncode == 0
    project.default["one"]["hashes"] = ["sha256:" + "0" * 64]
    done = project.setup()
    assert done.returncode != 0
    assert "Hash mismatch for `one==1.0`" in done.stderr
    assert not project.is_complete


def test_a_package_that_another_needs_and_the_lock_lacks_stops_it(project: Project) -> None:
    project.wheel("two")
    project.default = {"one": project.wheel("one", needs="two")}
    done = project.setup()
    assert done.returncode != 0
    assert "two" in done.stderr
    assert "make lock" in done.stderr
    assert (project.installed(), project.is_complete) == ({"one"}, False)


def test_a_package_that_is_in_no_index_stops_it(project: Project) -> None:
    project.default = {"one": project.wheel("one")}
    (project.wheels / "one-1.0-py3-none-any.whl").unlink()
    done = project.setup()
    assert done.returncode != 0
    assert "one" in done.stderr
    assert not project.is_complete


def test_a_package_of_pipfile_that_is_not_locked_stops_it_before_anything_is_installed(project: Project) -> None:
    project.default = {"one": project.wheel("one")}
    project.wanted = ["one", "Not_Locked"]
    done = project.setup()
    assert done.returncode != 0
    assert "Not_Locked is in Pipfile and not in the lock: run `make lock`" in done.stderr
    assert not (project.folder / ".venv").exists()


def entry(version: str = "==1.0", **more: Any) -> dict[str, Any]:
    return {"hashes": ["sha256:b", "sha256:a"], "version": version, **more}


def test_a_requirement_has_extras_marker_and_all_hashes() -> None:
    lock = {"default": {"one": entry(extras=["x", "y"], markers="python_version >= '3.9'")}}
    [line] = locked.requirements({}, lock, ["default"])
    assert line == "one[x,y]==1.0 ; python_version >= '3.9' --hash=sha256:a --hash=sha256:b"


@pytest.mark.parametrize(
    ("pipfile", "lock", "message"),
    [
        ({"packages": {"one": "==2.0"}}, {"default": {"one": entry()}}, "one is ==2.0 in Pipfile and ==1.0 in"),
        ({"packages": {"one": {"version": "==2.0"}}}, {"default": {"one": entry()}}, "one is ==2.0 in Pipfile"),
        ({}, {"default": {"one": {"version": "==1.0"}}}, "one has no exact version with hashes"),
        ({}, {"default": {"one": entry(">=1.0")}}, "one has no exact version with hashes"),
        ({}, {"default": {"one": {"git": "somewhere", "ref": "main"}}}, "one has no exact version with hashes"),
        ({}, {"default": {"one": entry()}, "develop": {"one": entry("==1.1")}}, "one is locked differently in"),
    ],
)
def test_a_lock_that_cannot_be_installed_from_is_refused(
    pipfile: dict[str, Any], lock: dict[str, Any], message: str
) -> None:
    with pytest.raises(locked.LockError, match=re.escape(message)):
        locked.requirements(pipfile, lock, ["default", "develop"])


def test_a_lock_that_is_no_json_is_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "Pipfile").write_text("[packages]")
    (tmp_path / "Pipfile.lock").write_text("{")
    assert locked.main(["default"], tmp_path) == 1
    assert capsys.readouterr().err.startswith("Pipfile.lock: ")


def test_the_project_s_own_lock_names_no_index_and_can_be_installed_from() -> None:
    text = (ROOT / "Pipfile.lock").read_text()
    assert LOCK["_meta"]["sources"] == []
    assert '"index"' not in text
    assert locked.main(["default", "develop"], ROOT) == 0
    assert locked.main(["setup"], ROOT) == 0
