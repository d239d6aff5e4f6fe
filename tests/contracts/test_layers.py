"""Folders lie in layers, and no files import each other in a circle; every import counts, wherever it stands.

What packages may import of others is in test_imports.py.
"""

import ast
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path

import pytest

from modules.resources.lambda_archive import ROOT

PACKAGES = ("handlers", "settings", "modules", "docgen", "operate", "simulation", "prove", "bench")

COMMON = ["handlers.common.runtime", "handlers.common.model", "handlers.common.stores"]
CONSTRUCTS = ["modules.resources", "modules.stores modules.aws_config modules.dashboard", "modules.functions"]
ACCOUNT, LOADER = ["simulation.aws", "simulation.demo"], ["simulation.terraform", "simulation.demo"]


def modules() -> dict[str, Path]:
    """Returns every module of the packages by its name."""
    found = {}
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            found[name.removesuffix(".__init__")] = path
    return found


KNOWN = modules()


def imported(name: str) -> set[str]:
    """Returns the modules of ours that a module imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(KNOWN[name].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            inner = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {each if each in KNOWN else node.module for each in inner}
    return (found & KNOWN.keys()) - {name}


def upward(layers: list[str]) -> Iterator[tuple[str, str]]:
    """Imports of a higher layer, or of a neighbour on the same one."""
    level = {folder: number for number, folders in enumerate(layers) for folder in folders.split()}

    def folder(name: str) -> str | None:
        return next((each for each in level if name == each or name.startswith(f"{each}.")), None)

    for name in KNOWN:
        own = folder(name)
        for other in imported(name):
            there = folder(other)
            if own and there and own != there and level[there] >= level[own]:
                yield name, other


def circles(graph: Mapping[str, set[str]]) -> list[set[str]]:
    """Returns the sets of modules each of which leads to every other (Tarjan, SIAM Journal on Computing 1, 1972)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found = []

    def visit(name: str) -> None:
        index[name] = low[name] = len(index)
        stack.append(name)
        for other in graph[name]:
            if other not in index:
                visit(other)
                low[name] = min(low[name], low[other])
            elif other in stack:
                low[name] = min(low[name], index[other])
        if low[name] == index[name]:
            members = set(stack[stack.index(name) :])
            del stack[stack.index(name) :]
            if len(members) > 1:
                found.append(members)

    for name in graph:
        if name not in index:
            visit(name)
    return found


@pytest.mark.parametrize(
    "layers", [COMMON, CONSTRUCTS, ACCOUNT, LOADER], ids=["common", "constructs", "aws", "terraform"]
)
def test_folders_lie_in_layers(layers: list[str]) -> None:
    assert sorted(upward(layers)) == []


@pytest.mark.parametrize("layers", [COMMON, CONSTRUCTS, ACCOUNT, LOADER])
def test_an_import_of_a_higher_layer_is_found(layers: list[str]) -> None:
    for lower, higher in pairwise(layers):
        assert list(upward([higher, lower])), f"{higher} imports nothing from {lower}"


def test_no_files_import_each_other_in_a_circle() -> None:
    assert circles({name: imported(name) for name in KNOWN}) == []


def test_a_circle_is_found() -> None:
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"a"}}) == [{"b", "c"}]
