"""`python -m simulation demo`: the system on the laptop."""

import argparse
import gc
import importlib
import os
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

OUTPUT = Path("demo-output")
UNEXPECTED, UNUSABLE_INPUT = 1, 2


def main() -> int:
    """Runs the demo; 0 if all was as expected, 1 if not, 2 if settings, snapshot or output folder cannot be used."""
    arguments = _arguments()
    # What moto and botocore load stays until the end: looking for garbage in it would cost a fifth of the time.
    gc.set_threshold(100_000, 50, 100)
    if not arguments.stack:
        threading.Thread(target=_load_synthesis, daemon=True).start()
    try:
        return _run(arguments)
    finally:
        gc.freeze()


def _load_synthesis() -> None:
    """Loading cdktf is waiting for Node.js: meanwhile the rest can be loaded."""
    with suppress(Exception):  # a later use raises the error again
        importlib.import_module("modules.app")


def _run(arguments: argparse.Namespace) -> int:
    from settings.errors import SettingsError
    from settings.load import load
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
    said = "Everything as expected"
    try:
        settings = load(Path("environments") / f"{arguments.environment}.toml")
        given = exports.named(arguments.snapshot) if arguments.snapshot else []
        output.prepare(folder, given, is_own=folder.resolve() == OUTPUT.resolve())
        if given:
            said = from_snapshot.run(settings, given, arguments.stack, folder, screen)
        elif rehearsal.has_story(settings):
            demo.run(settings, folder, screen)
        else:
            said = f"As expected: {rehearsal.run(settings, folder, screen)}"
    except (SettingsError, SnapshotError, StackError, output.OutputError) as error:
        screen.fail(str(error).splitlines())
        return UNUSABLE_INPUT
    except UnexpectedError as error:
        screen.fail(error.problems)
        return UNEXPECTED
    files = count(sum(path.is_file() for path in output.written(folder)), "file")
    screen.succeed(f"{said}, in {time.perf_counter() - started:.0f} s.")
    screen.succeed(f"Open {folder}/index.html: the story, all mails, the dashboard; {files}.")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m simulation", description="A small AWS on the laptop.")
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser(
        "demo", help="deploy, find, alert, remediate, report: on a made-up estate or a snapshot"
    )
    command.add_argument("--environment", default="dev", help="a file of environments/, without .toml (default: dev)")
    command.add_argument(
        "--snapshot",
        nargs="+",
        metavar="PATH",
        help="configuration items of a real account: files, or folders with .json, .jsonl and .json.gz in them",
    )
    command.add_argument("--output", type=Path, help=f"the folder for what is made (default: {OUTPUT})")
    command.add_argument(
        "--stack",
        type=Path,
        help="with --snapshot: the folder of an already synthesized stack, in place of a fresh one",
    )
    arguments = parser.parse_args()
    if arguments.stack and not arguments.snapshot:
        parser.error("--stack: only together with --snapshot, as the demo changes settings on its way")
    return arguments


if __name__ == "__main__":
    sys.exit(main())
