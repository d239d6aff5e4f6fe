"""Finds the commands and runs one."""

import argparse
import importlib
import pkgutil
import sys
from collections.abc import Sequence
from types import ModuleType

import operate.commands
from operate.arguments import InputError
from settings.errors import SettingsError

UNUSABLE_INPUT = 2


def commands() -> dict[str, ModuleType]:
    """Returns the commands by name: the modules of operate/commands."""
    names = sorted(found.name for found in pkgutil.iter_modules(operate.commands.__path__))
    return {name.replace("_", "-"): importlib.import_module(f"operate.commands.{name}") for name in names}


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command; its exit code, or 2 where settings or arguments cannot be used."""
    parser = argparse.ArgumentParser(prog="python -m operate", description="What an operator runs.")
    choices = parser.add_subparsers(dest="command", required=True)
    known = commands()
    for name, module in known.items():
        module.add_arguments(choices.add_parser(name, help=module.HELP, description=module.__doc__))
    given = parser.parse_args(arguments)
    try:
        code: int = known[given.command].run(given)
    except (SettingsError, InputError) as error:
        print(error, file=sys.stderr)
        return UNUSABLE_INPUT
    return code


if __name__ == "__main__":
    sys.exit(main())
