"""From the environments' settings to Terraform JSON."""

from collections.abc import Iterable
from pathlib import Path

from cdktf import App

from modules.settings import Settings
from modules.stack import ComplianceStack


def synthesize(environments: Iterable[Settings], output: Path | None = None) -> None:
    """Writes a stack per environment into `output`; without one, where cdktf's command line wants it (cdktf.out)."""
    if output:
        output.mkdir(parents=True, exist_ok=True)
    app = App(outdir=str(output.resolve())) if output else App()
    for settings in environments:
        ComplianceStack(app, settings)
    app.synth()
