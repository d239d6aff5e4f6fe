"""Stops every write of every remediation, lets them run again, or says how the switch stands."""

import argparse

from handlers.common.runtime import clients
from handlers.common.stores import kill_switch as switch
from operate import identity as caller
from operate.arguments import InputError, add_environment, settings_of
from operate.deployed_environment import Deployed

HELP = "stop all remediations, or let them run"

VALUES = {"stop": switch.STOPPED, "run": switch.RUNNING}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the environment, the action and its reason."""
    add_environment(parser)
    parser.add_argument("action", choices=(*VALUES, "show"))
    parser.add_argument("--reason", metavar="TEXT", help="why; needed to stop or run, and kept in the audit trail")


def run(arguments: argparse.Namespace) -> int:
    """Turns the switch, and records who has turned it and why."""
    settings = settings_of(arguments)
    if arguments.action != "show" and not (arguments.reason or "").strip():
        raise InputError(f"--reason: needed to {arguments.action}; allowed: a text")
    who, deployed = caller.signed_in(settings), Deployed(settings)
    if arguments.action == "show":
        state = switch.read(deployed.switch)
        print(f"{state.value}, since {state.changed_at} (version {state.version})")
        return 0
    former = switch.read_and_record(deployed.switch, deployed.journal, deployed.trail, {"noticed_by": who})
    value = VALUES[arguments.action]
    if former.value == value:
        print(f"is {value} already, since {former.changed_at}")
        return 0
    clients.ssm().put_parameter(Name=deployed.switch, Value=value, Overwrite=True)
    state = switch.read(deployed.switch)
    entry = switch.change_entry(deployed.switch, former.value, state, {"caller": who}, {"reason": arguments.reason})
    deployed.trail.append(entry)
    switch.mark_recorded(deployed.journal, state)
    print(f"was {former.value}, is {state.value}")
    return 0
