"""What examples/ shows works, and each construct's docstring has an example."""

import importlib
import importlib.util
import json
import pkgutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from cdktf import TerraformStack
from constructs import Construct

import modules
from modules.resources.lambda_archive import ROOT
from tests.support.resources import Document, of_type

APP = ROOT / "examples" / "own_app" / "own_app.py"


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    spec = importlib.util.spec_from_file_location("own_app", APP)
    assert spec is not None and spec.loader is not None
    app = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(app)
    output = tmp_path_factory.mktemp("examples")
    app.synthesize(output)
    return output / "stacks" / "own-app"


@pytest.fixture(scope="module")
def document(stack: Path) -> Document:
    found: Document = json.loads((stack / "cdk.tf.json").read_text())
    return found


def test_the_app_has_the_parts_it_takes_and_nothing_else_of_the_system(document: Document) -> None:
    assert len(of_type(document, "aws_sns_topic")) == 5
    assert len(of_type(document, "aws_config_config_rule")) == 3
    assert [found["function_name"] for found in of_type(document, "aws_lambda_function").values()] == ["tidy-team-a1"]
    others = ("aws_config_configuration_recorder", "aws_dynamodb_table", "aws_s3_bucket", "aws_cloudwatch_dashboard")
    assert not [kind for kind in others if of_type(document, kind)]


def test_its_function_runs_the_team_s_code_with_rights_of_its_own(stack: Path, document: Document) -> None:
    (function,) = of_type(document, "aws_lambda_function").values()
    assert function["handler"] == "tidy.app.handler"
    with zipfile.ZipFile(stack / function["filename"]) as archive:
        assert archive.namelist() == ["tidy/__init__.py", "tidy/app.py"]
    policies = {found["name"] for found in of_type(document, "aws_iam_role_policy").values()}
    assert policies == {"WriteLogs", "ReadVariables", "KeepFailures"}


# Parts that only this system's own wiring has a use for.
WIRING = {"Remediations", "Regions", "Providers", "Dashboard", "ForwardingRole", "ManagedRolePolicy", "RolePolicy"}


def constructs() -> Iterator[type[Construct]]:
    for found in pkgutil.walk_packages(modules.__path__, "modules."):
        for each in vars(importlib.import_module(found.name)).values():
            if isinstance(each, type) and issubclass(each, Construct) and each.__module__ == found.name:
                yield each


def test_every_construct_s_docstring_has_an_example() -> None:
    shown = [each for each in constructs() if not issubclass(each, TerraformStack) and each.__name__ not in WIRING]
    assert len(shown) > 10
    assert [each.__name__ for each in shown if "Example: `" not in (each.__doc__ or "")] == []
