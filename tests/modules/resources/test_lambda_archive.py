import zipfile
from pathlib import Path

import pytest

from modules.resources import lambda_archive
from modules.resources.lambda_archive import Code, bundle, ours


@pytest.fixture
def code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Code:
    monkeypatch.setattr(lambda_archive, "BUILD", tmp_path / "build")
    (tmp_path / "tidy").mkdir()
    (tmp_path / "tidy" / "app.py").write_text("x = 1\n")
    (tmp_path / "tidy" / "notes.txt").write_text("not code")
    return Code("tidy.app.handler", ("tidy",), root=tmp_path, generated={"tidy/rules.json": b"[]"})


def test_it_has_the_python_files_and_those_written_at_synthesis(code: Code) -> None:
    with zipfile.ZipFile(bundle("tidy", code).path) as archive:
        assert archive.namelist() == ["tidy/app.py", "tidy/rules.json"]


def test_its_bytes_depend_on_the_code_alone(code: Code, tmp_path: Path) -> None:
    first = bundle("tidy", code).sha256
    (tmp_path / "tidy" / "app.py").touch()
    assert bundle("other", code).sha256 == first
    (tmp_path / "tidy" / "app.py").write_text("x = 2\n")
    assert bundle("tidy", code).sha256 != first


def test_a_function_of_the_system_has_its_package_and_the_common_one() -> None:
    files = ours("evaluate").files()
    packages = {name.split("/")[1] for name in files if name.count("/") > 1}
    assert packages == {"common", "evaluate"}
