"""Synthesis of the environments' settings to Terraform JSON."""

import sys
from collections.abc import Iterable
from pathlib import Path

from cdktf import App

from handlers.common.runtime import clock
from modules.stack import ComplianceStack
from modules.state_backend import StateStack
from settings.errors import SettingsError
from settings.load import load_all
from settings.model import Settings
from settings.project import ENVIRONMENTS, PROJECT, RULES


def synthesize(environments: Iterable[Settings], output: Path | None = None) -> None:
    """Writes the stacks of each environment, the monitor and its state backend, to `output`.

    The default is the output folder of cdktf's command line, cdktf.out.
    """
    if output:
        output.mkdir(parents=True, exist_ok=True)
    app = App(outdir=str(output.resolve())) if output else App()
    for settings in environments:
        ComplianceStack(app, settings)
        StateStack(app, settings)
    app.synth()


def main() -> None:
    """Synthesizes the project's environments; exits with all problems of their files."""
    try:
        environments = load_all(PROJECT / ENVIRONMENTS)
    except SettingsError as problems:
        sys.exit(str(problems))
    for each in environments:
        for line in (overview(each), *each.notes):
            print(f"{each.environment}: {line}", file=sys.stderr)
    synthesize(environments)


def overview(settings: Settings) -> str:
    """Returns a line with what was found for an environment: a file in a wrong folder is missing from it."""
    own, rules = len(settings.own_rules), len(settings.catalogue)
    folder = PROJECT / RULES
    added = sum((folder / name.replace("-", "_")).is_dir() for name in settings.own_rules)
    of_project = f" ({added} of them in {RULES}/)" if folder.is_dir() else ""
    day = clock.now().date().isoformat()
    expired = sum(each.end < day for each in settings.granted)
    waivers = f"waivers: {len(settings.granted)}" + (f" ({expired} expired)" if expired else "")
    found = (f"own rules: {own}{of_project}", f"AWS managed rules: {rules - own}", waivers)
    chosen = sorted(f"{rule} ({mode})" for rule, mode in settings.remediation_modes().items())
    return f"{', '.join(found)}; remediation: {', '.join(chosen) or 'none'}"
