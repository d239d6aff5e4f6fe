"""Which lines of a function Lambda delivers to CloudWatch Logs (AWS Lambda Developer Guide, "Log-level filtering")."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

LEVELS = ("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL")
ASSUMED = "INFO"
"""The level of a line without a valid level, or without a valid timestamp."""

OF_PYTHON = {"WARNING": "WARN", "CRITICAL": "FATAL"}


def delivers(configuration: Mapping[str, str], level: str) -> bool:
    """Returns whether a function's LoggingConfig delivers a line of a level; only the JSON format is filtered."""
    if configuration.get("LogFormat") != "JSON":
        return True
    least = configuration.get("ApplicationLogLevel", ASSUMED)
    return LEVELS.index(_known(level)) >= LEVELS.index(least)


def level_of(line: Mapping[str, Any]) -> str:
    """Returns the level of a JSON line that a function printed itself."""
    return _known(str(line.get("level"))) if _timed(line.get("timestamp")) else ASSUMED


def _known(level: str) -> str:
    name = OF_PYTHON.get(level.upper(), level.upper())
    return name if name in LEVELS else ASSUMED


def _timed(timestamp: Any) -> bool:
    try:
        return datetime.fromisoformat(timestamp).tzinfo is not None
    except (TypeError, ValueError):
        return False
