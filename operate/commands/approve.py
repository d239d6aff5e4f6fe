"""Approves one plan of a remediation: shows it, and puts the approval into the report bucket."""

import argparse
from datetime import timedelta

from botocore.exceptions import ClientError

from handlers.common.model import principal
from handlers.common.model.approval import Approval, MalformedApprovalError
from handlers.common.model.remediation import Mode
from handlers.common.runtime import clients, clock
from handlers.common.stores.report_bucket import approval_key
from handlers.remediate.gates import approval_of
from handlers.remediate.plan import Plan
from handlers.remediate.progress import State
from operate import confirmation as consent
from operate import identity as caller
from operate.arguments import InputError
from operate.deployed_environment import Deployed, settings_of_plan
from settings.model import Settings

HELP = "approve a remediation's plan"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the plan's ID."""
    parser.add_argument("plan_id", metavar="PLAN_ID", help="as the mail to operations has it, dev-ew1-0123456789abcdef")
    consent.add_yes(parser)


def run(arguments: argparse.Namespace) -> int:
    """Approves a plan of one of the environments."""
    return act(settings_of_plan(arguments.plan_id), arguments)


def act(settings: Settings, arguments: argparse.Namespace) -> int:
    """Shows the plan, asks, and approves it; 1 if the caller says no."""
    who, deployed = caller.signed_in(settings), Deployed(settings)
    plan = deployed.plan(arguments.plan_id)
    print("\n".join([*consent.shown(plan), f"You are:   {who}"]))
    _may_be_approved(plan, who, deployed)
    if not consent.given(arguments, "Approve this plan?", plan):
        print("not approved")
        return 1
    now = clock.now()
    _put(plan, Approval(plan.plan_id, plan.sha256, who, clock.stamp(now)), deployed)
    hours = settings.remediation[plan.document["rule"]].approval_hours
    until = clock.stamp(now + timedelta(hours=hours))
    print(f"approved, until {until}: the remediation acts on it now, or in its next change window, once")
    return 0


def _may_be_approved(plan: Plan, who: str, deployed: Deployed) -> None:
    settings, rule = deployed.settings, plan.document["rule"]
    deployed.remediation(plan)
    mode = settings.remediation[rule].mode
    if mode != Mode.APPROVE:
        raise InputError(f"{plan.plan_id}: the remediation of {rule} has mode {mode}; allowed: mode approve")
    if principal.is_same(who, plan.document["requester"]) or caller.is_ours(who, settings):
        raise InputError(f"{who}: is the plan's requester, or a role of the system's own; allowed: anybody else")
    progress = deployed.progress(plan)
    if progress.refused == plan.plan_id:
        remedy = f'fix that, then: python -m operate retry {plan.plan_id} --reason "…"'
        raise InputError(f"{plan.plan_id}: AWS has refused it; {remedy}, and approve the plan that follows")
    begun = progress.state != State.IDLE or progress.attempt != plan.document["attempt"]
    if progress.plan_id == plan.plan_id and begun:
        done = "is being carried out" if progress.state == State.IN_PROGRESS else "was carried out"
        raise InputError(f"{plan.plan_id}: {done}; a plan is approved once")
    if progress.last_plan_id != plan.plan_id:
        raise InputError(
            f"{plan.plan_id}: the resource has changed since; its plan now is {progress.last_plan_id or 'none'}"
        )


def _put(plan: Plan, approval: Approval, deployed: Deployed) -> None:
    rule = plan.document["rule"]
    hours = deployed.settings.remediation[rule].approval_hours
    try:
        held = approval_of(deployed.bucket, rule, plan.plan_id)
    except MalformedApprovalError:
        held = None
    now, requester = clock.now(), plan.document["requester"]
    if held and held.problem(plan.plan_id, plan.sha256, requester, now, hours) is None:
        raise InputError(f"{plan.plan_id}: {held.approver} has approved it at {held.approved_at}, and that still holds")
    key = approval_key(rule, plan.plan_id)
    try:
        clients.s3().put_object(
            Bucket=deployed.bucket, Key=key, Body=approval.to_json(), ContentType="application/json"
        )
    except ClientError as error:
        raise InputError(f"{approval.approver}: may not approve: S3 refuses {key}: {error}") from error
