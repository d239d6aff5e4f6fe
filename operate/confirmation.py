"""Display of a plan, and confirmation by the caller."""

import argparse
import json
import sys
from collections.abc import Iterator

from handlers.remediate.plan import Plan
from operate.arguments import InputError

DIGITS = 8


def add_yes(parser: argparse.ArgumentParser) -> None:
    """Adds the option to skip the confirmation."""
    parser.add_argument("--yes", action="store_true", help="do not ask for confirmation")


def shown(plan: Plan) -> Iterator[str]:
    """Yields the lines that describe a plan: resource, effect, calls and risk."""
    facts = plan.document
    yield f"Plan:      {plan.plan_id}"
    yield f"SHA-256:   {plan.sha256}"
    yield f"Rule:      {facts['rule']}"
    yield f"What:      {facts['resource_type']} {facts['name']} ({facts['resource_id']})"
    yield f"Where:     account {facts['account']}, {facts['region']}"
    yield f"Requester: {facts['requester']}"
    yield f"Effect:    {facts['effect']}"
    yield f"Risk:      {facts['risk']}"
    for call in plan.calls:
        yield f"Call:      {call.service} {call.operation} {json.dumps(call.parameters, sort_keys=True)}"
    for key in sorted({*plan.before, *plan.after}):
        before, after = plan.before.get(key), plan.after.get(key)
        if before != after:
            yield f"Change:    {key}: {json.dumps(before)} -> {json.dumps(after)}"


def given(arguments: argparse.Namespace, question: str, plan: Plan) -> bool:
    """Returns whether the caller confirms by typing digits of the plan's hash; raises InputError without a terminal."""
    if arguments.yes:
        return True
    if not sys.stdin.isatty():
        raise InputError("no terminal for a confirmation: allowed: --yes, after a review of the plan")
    return input(f"{question} Type the first {DIGITS} digits of its SHA-256: ").strip() == plan.sha256[:DIGITS]
