"""Synthesizes one stack per file in environments/."""

import sys
from pathlib import Path

from modules.app import synthesize
from settings.errors import SettingsError
from settings.load import load_all

try:
    environments = load_all(Path(__file__).parent / "environments")
    for each in environments:
        for note in each.notes:
            print(f"{each.environment}: {note}", file=sys.stderr)
    synthesize(environments)
except SettingsError as problems:
    sys.exit(str(problems))
