"""Retries a remediation whose calls AWS rejected, after the cause, such as a policy, is fixed."""

import argparse

from handlers.common.stores.audit_trail import Entry, Kind
from handlers.remediate.progress import InProgressError, State
from operate import identity as caller
from operate.arguments import InputError
from operate.deployed_environment import Deployed, settings_of_plan
from settings.model import Settings

HELP = "retry a remediation whose calls AWS rejected"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the plan's ID and the reason."""
    parser.add_argument("plan_id", metavar="PLAN_ID", help="from the e-mail to operations: dev-ew1-0123456789abcdef")
    parser.add_argument("--reason", metavar="TEXT", required=True, help="the fix; stored in the audit trail")


def run(arguments: argparse.Namespace) -> int:
    """Starts a new attempt for the plan's resource; the next event or sweep plans and applies it."""
    return act(settings_of_plan(arguments.plan_id), arguments)


def act(settings: Settings, arguments: argparse.Namespace) -> int:
    """Records the caller and the reason, and starts the new attempt."""
    if not arguments.reason.strip():
        raise InputError("--reason: is empty; allowed: any text")
    who, deployed = caller.signed_in(settings), Deployed(settings)
    plan = deployed.plan(arguments.plan_id)
    progress = deployed.progress(plan)
    if progress.refused != plan.plan_id:
        raise InputError(f"{plan.plan_id}: is not the last rejected plan, which is {progress.refused or 'none'}")
    if progress.state != State.IDLE:
        raise InputError(f"{plan.plan_id}: the state of its resource is {progress.state}; allowed: {State.IDLE}")
    names = ("account", "region", "resource_type", "resource_id", "name")
    deployed.trail.append(
        Entry(
            kind=Kind.RETRY,
            once=f"{Kind.RETRY}/{plan.plan_id}",
            who={"caller": who},
            what={name: plan.document[name] for name in names},
            why={
                "rule": plan.document["rule"],
                "finding_id": plan.document["finding_id"],
                "reason": arguments.reason,
            },
            ids={"plan_id": plan.plan_id},
        )
    )
    try:
        deployed.progress_store.put(progress.finished())
    except InProgressError as error:
        raise InputError(f"{plan.plan_id}: {error}; run it again") from error
    print(f"{plan.document['name']} is retried with the next event, within six hours")
    return 0
