"""Lets a remediation try again what AWS had refused, once its cause is fixed: a policy, say."""

import argparse

from handlers.common.stores.audit_trail import Entry, Kind
from handlers.remediate.progress import InProgressError, State
from operate import identity as caller
from operate.arguments import InputError
from operate.deployed_environment import Deployed, settings_of_plan
from settings.model import Settings

HELP = "let a remediation try again what AWS had refused"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the plan's ID and the reason."""
    parser.add_argument("plan_id", metavar="PLAN_ID", help="as the mail to operations has it, dev-ew1-0123456789abcdef")
    parser.add_argument("--reason", metavar="TEXT", required=True, help="what was fixed; kept in the audit trail")


def run(arguments: argparse.Namespace) -> int:
    """Begins a new attempt for the plan's resource: with the next event or sweep it is planned and tried again."""
    return act(settings_of_plan(arguments.plan_id), arguments)


def act(settings: Settings, arguments: argparse.Namespace) -> int:
    """Records who lets it be tried again, and does so."""
    if not arguments.reason.strip():
        raise InputError("--reason: is empty; allowed: a text")
    who, deployed = caller.signed_in(settings), Deployed(settings)
    plan = deployed.plan(arguments.plan_id)
    progress = deployed.progress(plan)
    if progress.refused != plan.plan_id:
        raise InputError(f"{plan.plan_id}: is not what AWS refused last; that is {progress.refused or 'no plan'}")
    if progress.state != State.IDLE:
        raise InputError(f"{plan.plan_id}: its resource is {progress.state} now; allowed: when nothing is under way")
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
    print(f"{plan.document['name']} is planned and tried again with the next event, six hours from now at the latest")
    return 0
