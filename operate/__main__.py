"""Command line of `python -m operate`."""

import argparse
import importlib
import pkgutil
import sys
from collections.abc import Sequence
from types import ModuleType

from handlers.common.runtime.naming import OPERATE
from operate import commands as all_commands
from operate.arguments import InputError
from settings.errors import SettingsError

INVALID_INPUT = 2


def commands() -> dict[str, ModuleType]:
    """Returns the commands by name: the modules of operate/commands."""
    names = sorted(module.name for module in pkgutil.iter_modules(all_commands.__path__))
    return {name.replace("_", "-"): importlib.import_module(f"{all_commands.__name__}.{name}") for name in names}


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command; returns its exit code, or 2 for invalid settings or arguments."""
    parser = argparse.ArgumentParser(prog=OPERATE, description="Commands for operators.")
    choices = parser.add_subparsers(dest="command", required=True)
    modules = commands()
    for name, module in modules.items():
        module.add_arguments(choices.add_parser(name, help=module.HELP, description=module.__doc__))
    parsed = parser.parse_args(arguments)
    try:
        code: int = modules[parsed.command].run(parsed)
    except (SettingsError, InputError) as error:
        print(error, file=sys.stderr)
        return INVALID_INPUT
    return code


if __name__ == "__main__":
    sys.exit(main())
