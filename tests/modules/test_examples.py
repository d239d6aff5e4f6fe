"""Each construct's docstring has an example that works, and each construct has tests."""

import builtins
import importlib
import importlib.util
import inspect
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cdktf import TerraformStack
from constructs import Construct

import modules
from handlers.common.model.rule import Severity
from handlers.common.runtime.environment import FunctionEnvironment
from handlers.rules import RULES
from modules.aws_config import forwarding, recorder
from modules.resources.lambda_archive import ROOT, Code
from modules.resources.s3 import expiry
from settings.deployment import Deployment
from settings.model import Settings
from tests.support.workbench import Workbench

HERE = ROOT / "examples" / "own_app"

# Parts that only this system's own wiring has a use for.
WIRING = {"Remediations", "Regions", "Providers", "Dashboard", "ForwardingRole", "ManagedRolePolicy", "RolePolicy"}


def constructs() -> Iterator[type[Construct]]:
    for found in pkgutil.walk_packages(modules.__path__, "modules."):
        for each in vars(importlib.import_module(found.name)).values():
            if isinstance(each, type) and issubclass(each, Construct) and each.__module__ == found.name:
                yield each


PUBLIC: dict[str, Any] = {
    **{each.__name__: each for each in constructs()},
    **{each.__name__: each for each in (Code, Deployment, Severity, expiry)},
    "RULES": RULES,
}
EXAMPLE = re.compile(r"Example: `(.+?)`", re.DOTALL)


def examples() -> dict[str, str]:
    shown = [each for each in constructs() if not issubclass(each, TerraformStack) and each.__name__ not in WIRING]
    found = {each.__name__: EXAMPLE.search(each.__doc__ or "") for each in shown}
    assert [name for name, example in found.items() if example is None] == [], "a construct without an example"
    return {name: " ".join(example[1].split()) for name, example in found.items() if example}


@pytest.mark.parametrize("name", [each.__name__ for each in constructs() if "Example: `" in (each.__doc__ or "")])
def test_the_example_of_a_construct_s_docstring_works(name: str, workbench: Workbench, dev: Settings) -> None:
    class Given(dict[str, Any]):
        """What examples take from their surroundings, each created when an example asks for it."""

        def __missing__(self, key: str) -> Any:
            made = {
                "stack": lambda: workbench.stack,
                "deployment": lambda: workbench.deployment,
                "key": lambda: workbench.key,
                "bucket": lambda: workbench.bucket,
                "queue": lambda: workbench.dead_letter_queue,
                "arn": lambda: workbench.dead_letter_queue.arn,
                "context": lambda: workbench.context,
                "tidy": lambda: workbench.make_function("another"),
                "report": lambda: workbench.make_function("another"),
                "here": lambda: HERE,
                "TidyEnvironment": lambda: lambda _: FunctionEnvironment(environment="dev", environment_suffix="ew1"),
                "criteria": lambda: dev.criteria(),
                "role": lambda: forwarding.ForwardingRole(workbench.stack, "role", deployment=workbench.deployment),
                "recording": lambda: recorder.RecorderDelivery(
                    workbench.stack,
                    "recording",
                    deployment=workbench.deployment,
                    key=workbench.key,
                    bucket=workbench.bucket,
                ),
            }
            return made[key]() if key in made else getattr(builtins, key)

    given = Given(PUBLIC)
    assert examples()[name].startswith(f"{name}(")
    eval(examples()[name], given)
    assert workbench.synthesized()["resource"]


def test_every_construct_has_tests_in_a_file_of_the_same_name() -> None:
    files = {Path(inspect.getfile(each)).relative_to(ROOT) for each in constructs()}
    files.remove(Path("modules/stack.py"))  # tests/contracts has those
    names = {each: each.parent.name if each.name == "__init__.py" else each.stem for each in files}
    assert len(names) > 15
    assert [
        each for each, name in names.items() if not (ROOT / "tests" / each.parent / f"test_{name}.py").exists()
    ] == []
