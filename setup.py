"""Builds the distribution: the root package `compliance_monitor`, with the packages of this repository beneath it.

Absolute imports of these packages are rewritten in the copies, so that an app can have its own `modules` and
`handlers`. See docs/decisions/0040-distribution.md.
"""

import ast
import re
import tomllib
from pathlib import Path

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py

NAME = "compliance_monitor"
PACKAGES = ("handlers", "settings", "modules", "operate", "simulation")
NAMED = rf"(?=(?:{'|'.join(PACKAGES)})\b)"
FROM = re.compile(rf"^(\s*from ){NAMED}([\w.]+ import )", re.MULTILINE)
PLAIN = re.compile(rf"^(\s*import ){NAMED}([\w.]+ as )", re.MULTILINE)


class BuildPackages(build_py):
    """Copies the packages, and rewrites their imports."""

    def run(self) -> None:
        """Builds, and stops at an import that would still be of a top-level package."""
        super().run()
        for file in Path(self.build_lib, NAME).rglob("*.py"):
            text = file.read_text(encoding="utf-8")
            for pattern in (FROM, PLAIN):
                text = pattern.sub(rf"\g<1>{NAME}.\g<2>", text)
            if left := [module for module in imported(text) if module.partition(".")[0] in PACKAGES]:
                raise SystemExit(f"{file}: cannot rewrite the import of {', '.join(left)}: use `from … import …`")
            file.write_text(text, encoding="utf-8")


def imported(text: str) -> list[str]:
    """Returns the modules that a file imports."""
    nodes = list(ast.walk(ast.parse(text)))
    plain = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    return plain + [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom) and not node.level]


def requirements() -> list[str]:
    """Returns the packages of Pipfile that are needed at run time."""
    declared = tomllib.loads(Path("Pipfile").read_text(encoding="utf-8"))["packages"]
    return [_requirement(name, given) for name, given in declared.items() if name != "pytest"]


def _requirement(name: str, given: str | dict) -> str:
    options = given if isinstance(given, dict) else {"version": given}
    extras = f"[{','.join(options['extras'])}]" if "extras" in options else ""
    return f"{name}{extras}{options['version'].replace('*', '')}"


def version() -> str:
    """Returns the version in handlers/__init__.py."""
    [found] = re.findall(r'^__version__ = "(.+)"$', Path("handlers/__init__.py").read_text(encoding="utf-8"), re.M)
    return found


folders = [each for package in PACKAGES for each in find_packages(include=[package, f"{package}.*"])]
setup(
    name="compliance-monitor",
    version=version(),
    description="Monitors the compliance of AWS accounts with AWS Config, and remediates violations",
    license="Apache-2.0",
    python_requires=">=3.11",
    install_requires=requirements(),
    packages=[NAME, *(f"{NAME}.{each}" for each in folders)],
    package_dir={NAME: "distribution"} | {f"{NAME}.{package}": package for package in PACKAGES},
    package_data={"": ["*.css", "*.guard", "*.json", "*.md", "*.toml", "py.typed"]},
    cmdclass={"build_py": BuildPackages},
)
