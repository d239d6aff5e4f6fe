"""Stops the writes of all remediations, resumes them, or shows the state of the kill switch."""

import argparse

from handlers.common.runtime import clients
from handlers.common.stores import kill_switch as switch
from operate import identity as caller
from operate.arguments import InputError, add_environment, settings_of
from operate.deployed_environment import Deployed

HELP = "stop or resume all remediations"

VALUES = {"stop": switch.STOPPED, "run": switch.RUNNING}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the environment, the action and its reason."""
    add_environment(parser)
    parser.add_argument("action", choices=(*VALUES, "show"))
    parser.add_argument("--reason", metavar="TEXT", help="required to stop or run; stored in the audit trail")


def run(arguments: argparse.Namespace) -> int:
    """Sets the kill switch and records the caller and the reason."""
    settings = settings_of(arguments)
    if arguments.action != "show" and not (arguments.reason or "").strip():
        raise InputError(f"--reason: required to {arguments.action}; allowed: any text")
    who, deployed = caller.signed_in(settings), Deployed(settings)
    if arguments.action == "show":
        state = switch.read(deployed.switch)
        print(f"{state.value}, since {state.changed_at} (version {state.version})")
        return 0
    former = switch.read_and_record(deployed.switch, deployed.journal, deployed.trail, {"noticed_by": who})
    value = VALUES[arguments.action]
    if former.value == value:
        print(f"already {value}, since {former.changed_at}")
        return 0
    clients.ssm().put_parameter(Name=deployed.switch, Value=value, Overwrite=True)
    state = switch.read(deployed.switch)
    entry = switch.change_entry(deployed.switch, former.value, state, {"caller": who}, {"reason": arguments.reason})
    deployed.trail.append(entry)
    switch.mark_recorded(deployed.journal, state)
    print(f"changed from {former.value} to {state.value}")
    return 0
