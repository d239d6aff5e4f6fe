"""Filters the log lines of a function (AWS Lambda Developer Guide, "Log-level filtering")."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

LEVELS = ("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL")
ASSUMED = "INFO"
"""The level of a line without a valid level or timestamp."""

PYTHON_LEVELS = {"WARNING": "WARN", "CRITICAL": "FATAL"}


def delivers(configuration: Mapping[str, str], level: str) -> bool:
    """Returns whether a function's LoggingConfig delivers a line of a level; only JSON logs are filtered."""
    if configuration.get("LogFormat") != "JSON":
        return True
    minimum = configuration.get("ApplicationLogLevel", ASSUMED)
    return LEVELS.index(_normalized(level)) >= LEVELS.index(minimum)


def level_of(line: Mapping[str, Any]) -> str:
    """Returns the level of a JSON line that a function printed itself."""
    return _normalized(str(line.get("level"))) if _is_timestamp(line.get("timestamp")) else ASSUMED


def _normalized(level: str) -> str:
    name = PYTHON_LEVELS.get(level.upper(), level.upper())
    return name if name in LEVELS else ASSUMED


def _is_timestamp(timestamp: Any) -> bool:
    try:
        return datetime.fromisoformat(timestamp).tzinfo is not None
    except (TypeError, ValueError):
        return False
