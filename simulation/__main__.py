"""`python -m simulation demo`: runs the system locally."""

import argparse
import gc
import importlib
import os
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

from handlers.common.runtime.naming import PACKAGE

OUTPUT = Path("demo-output")
UNEXPECTED, UNUSABLE_INPUT = 1, 2


def main() -> int:
    """Runs the demo; returns 0 if all is as expected, 1 if not, 2 for invalid settings, snapshot or output folder."""
    arguments = _arguments()
    # Objects of moto and botocore live until the end: collecting garbage among them would take a fifth of the time.
    gc.set_threshold(100_000, 50, 100)
    if not arguments.stack:
        threading.Thread(target=_load_synthesis, daemon=True).start()
    try:
        return _run(arguments)
    finally:
        gc.freeze()


def _load_synthesis() -> None:
    """Imports cdktf, which waits for Node.js, while the main thread imports the rest."""
    with suppress(Exception):  # the main thread raises the error again
        importlib.import_module(f"{PACKAGE}modules.app")


def _run(arguments: argparse.Namespace) -> int:
    from settings.errors import SettingsError
    from settings.load import load
    from settings.project import ENVIRONMENTS, PROJECT
    from simulation.demo import exports, rehearsal
    from simulation.demo import output_folder as output
    from simulation.demo import run as demo
    from simulation.demo import snapshot_run as from_snapshot
    from simulation.demo.console import Screen
    from simulation.demo.exports import SnapshotError
    from simulation.demo.session import UnexpectedError
    from simulation.demo.site.words import count
    from simulation.terraform.context import StackError

    screen = Screen(verbose=os.environ.get("VERBOSE", "") not in ("", "0"))
    started = time.perf_counter()
    folder = arguments.output or OUTPUT
    summary = "Everything as expected"
    try:
        settings = load(PROJECT / ENVIRONMENTS / f"{arguments.environment}.toml")
        sources = exports.named(arguments.snapshot) if arguments.snapshot else []
        output.prepare(folder, sources, is_own=folder.resolve() == OUTPUT.resolve())
        if sources:
            summary = from_snapshot.run(settings, sources, arguments.stack, folder, screen)
        elif rehearsal.has_story(settings):
            demo.run(settings, folder, screen)
        else:
            summary = f"As expected: {rehearsal.run(settings, folder, screen)}"
    except (SettingsError, SnapshotError, StackError, output.OutputError) as error:
        screen.fail(str(error).splitlines())
        return UNUSABLE_INPUT
    except UnexpectedError as error:
        screen.fail(error.problems)
        return UNEXPECTED
    files = count(sum(1 for _ in output.written(folder)), "file")
    screen.succeed(f"{summary}, in {time.perf_counter() - started:.0f} s.")
    screen.succeed(f"Open {folder}/index.html: what happened, all mails, the dashboard; {files}.")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog=f"python -m {PACKAGE}simulation", description="A local simulation of AWS.")
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser(
        "demo", help="deploy, evaluate, alert, remediate and report, on a sample estate or a snapshot"
    )
    command.add_argument("--environment", default="dev", help="a file of environments/, without .toml (default: dev)")
    command.add_argument(
        "--snapshot",
        nargs="+",
        metavar="PATH",
        help="configuration items of a real account: files, or folders with .json, .jsonl and .json.gz in them",
    )
    command.add_argument("--output", type=Path, help=f"the output folder (default: {OUTPUT})")
    command.add_argument(
        "--stack",
        type=Path,
        help="with --snapshot: the folder of a synthesized stack; by default a stack is synthesized",
    )
    arguments = parser.parse_args()
    if arguments.stack and not arguments.snapshot:
        parser.error("--stack: requires --snapshot, because the demo changes settings during the run")
    return arguments


if __name__ == "__main__":
    sys.exit(main())
