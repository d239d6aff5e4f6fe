"""Arguments shared by commands."""

import argparse

from handlers.common.runtime.errors import ComplianceMonitorError
from settings.load import load
from settings.model import Settings
from settings.project import ENVIRONMENTS, PROJECT


class InputError(ComplianceMonitorError):
    """An argument is invalid; the message has its value and the allowed values."""


def add_environment(parser: argparse.ArgumentParser) -> None:
    """Adds the argument `environment`."""
    parser.add_argument("environment", help="a file of environments/, without .toml")


def settings_of(arguments: argparse.Namespace) -> Settings:
    """Returns the environment's settings; raises SettingsError."""
    return load(PROJECT / ENVIRONMENTS / f"{arguments.environment}.toml")
