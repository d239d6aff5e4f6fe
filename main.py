"""Synthesizes one stack per file in environments/."""

import sys
from pathlib import Path

from modules.environments import SettingsError, load_all
from modules.synthesis import synthesize

try:
    synthesize(load_all(Path(__file__).parent / "environments"))
except SettingsError as problems:
    sys.exit(str(problems))
