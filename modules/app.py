"""Synthesis of the environments' settings to Terraform JSON."""

from collections.abc import Iterable
from pathlib import Path

from cdktf import App

from modules.stack import ComplianceStack
from modules.state_backend import StateStack
from settings.model import Settings


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
