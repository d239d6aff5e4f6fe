"""Prints the JSON Schema of environments/*.toml, with the project's own rules, or that of waivers/*.toml.

Editors that understand `#:schema` complete and check the files with it.
"""

import argparse

from settings import json_schema, rule_folders

HELP = "print the JSON Schema of environments or waivers, for editors"

SCHEMAS = {"settings": json_schema.settings, "waivers": json_schema.waivers}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the kind of file."""
    parser.add_argument(
        "of", metavar="FILES", choices=SCHEMAS, help="settings: environments/*.toml; waivers: waivers/*.toml"
    )


def run(arguments: argparse.Namespace) -> int:
    """Prints the schema."""
    rule_folders.require()
    print(SCHEMAS[arguments.of](), end="")
    return 0
