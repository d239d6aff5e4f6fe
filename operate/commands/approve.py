"""Approves a plan of a remediation: shows the plan and writes the approval to the report bucket."""

import argparse
from datetime import timedelta

from botocore.exceptions import ClientError

from handlers.common.model import principal
from handlers.common.model.approval import Approval
from handlers.common.model.remediation import Mode
from handlers.common.runtime import clients, clock
from handlers.common.runtime.naming import OPERATE
from handlers.common.stores.report_bucket import approval_key
from handlers.remediate.approvals import valid_approvals
from handlers.remediate.plan import Plan
from handlers.remediate.progress import State
from operate import confirmation
from operate import identity as caller
from operate.arguments import InputError
from operate.deployed_environment import Deployed, settings_of_plan
from settings.model import Settings

HELP = "approve a plan of a remediation"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the plan's ID."""
    parser.add_argument("plan_id", metavar="PLAN_ID", help="from the e-mail to operations: dev-ew1-0123456789abcdef")
    confirmation.add_yes(parser)


def run(arguments: argparse.Namespace) -> int:
    """Approves a plan of the environment that its ID names."""
    return act(settings_of_plan(arguments.plan_id), arguments)


def act(settings: Settings, arguments: argparse.Namespace) -> int:
    """Shows the plan, asks for confirmation, and approves it; returns 1 if the caller declines."""
    approver, deployed = caller.signed_in(settings), Deployed(settings)
    plan = deployed.plan(arguments.plan_id)
    print("\n".join([*confirmation.shown(plan), f"Caller:    {approver}"]))
    _check_approvable(plan, approver, deployed)
    if not confirmation.given(arguments, "Approve this plan?", plan):
        print("not approved")
        return 1
    missing = _put(plan, approver, deployed)
    if missing:
        print(f"approved; {missing} more approval required, by another principal")
        return 0
    until = clock.stamp(clock.now() + timedelta(hours=deployed.remediation_settings(plan).approval_hours))
    if plan.undoes:
        print(f"approved until {until}: its requester now runs: {OPERATE} rollback {plan.undoes}")
    else:
        print(f"approved until {until}: the remediation runs once, now or in its next change window")
    return 0


def _check_approvable(plan: Plan, approver: str, deployed: Deployed) -> None:
    deployed.remediation(plan)
    mode = deployed.remediation_settings(plan).mode
    if mode != Mode.APPROVE and not plan.undoes:
        rule = plan.document["rule"]
        raise InputError(f"{plan.plan_id}: the remediation of {rule} has mode {mode}; allowed: mode approve")
    if principal.is_same(approver, plan.document["requester"]) or caller.is_ours(approver, deployed.settings):
        raise InputError(f"{approver}: is the plan's requester or a role of the monitor; allowed: any other caller")
    progress = deployed.progress(plan)
    if plan.undoes:
        if progress.plan_id != plan.undoes:
            raise InputError(
                f"{plan.plan_id}: rolls back {plan.undoes}, which is not the last action: nothing to approve"
            )
        return
    if progress.refused == plan.plan_id:
        remedy = f'fix that, then: {OPERATE} retry {plan.plan_id} --reason "…"'
        raise InputError(f"{plan.plan_id}: AWS rejected its calls; {remedy}, and approve the next plan")
    started = progress.state != State.IDLE or progress.attempt != plan.document["attempt"]
    if progress.plan_id == plan.plan_id and started:
        state = "is in progress" if progress.state == State.IN_PROGRESS else "was applied"
        raise InputError(f"{plan.plan_id}: {state}; a plan can be approved only once")
    if progress.last_plan_id != plan.plan_id:
        raise InputError(
            f"{plan.plan_id}: the resource has changed; its current plan is {progress.last_plan_id or 'none'}"
        )


def _put(plan: Plan, approver: str, deployed: Deployed) -> int:
    """Stores the approval; returns the number of approvals that are still missing."""
    rule, now = plan.document["rule"], clock.now()
    chosen = deployed.remediation_settings(plan)
    valid, _ = valid_approvals(deployed.bucket, plan, now, chosen.approval_hours)
    former = valid.get(principal.identity(approver))
    if former is None and len(valid) >= chosen.approvals_needed:
        former = next(iter(valid.values()))
    if former:
        raise InputError(f"{plan.plan_id}: the approval by {former.approver} at {former.approved_at} is still valid")
    approval = Approval(plan.plan_id, plan.sha256, approver, clock.stamp(now))
    key = approval_key(rule, plan.plan_id, approver)
    try:
        clients.s3().put_object(
            Bucket=deployed.bucket, Key=key, Body=approval.to_json(), ContentType="application/json"
        )
    except ClientError as error:
        raise InputError(f"{approver}: cannot approve: S3 denies writing {key}: {error}") from error
    return chosen.approvals_needed - len(valid) - 1
