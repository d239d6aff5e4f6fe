"""Rolls back an action of a remediation: shows the inverse plan, and applies it if the resource has not changed since.

First the finding is suspended, so that the remediation ignores it even if this command fails. After an interruption the
command can be run again: it detects changes that were already made.
"""

import argparse
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from handlers.common.model.outcome import Outcome
from handlers.common.model.remediation import Document, NotRemediableError, Target
from handlers.common.runtime import clients, clock
from handlers.common.stores import kill_switch as switch
from handlers.common.stores.audit_trail import Entry, Kind
from handlers.common.stores.config_items import NotRecordedError
from handlers.remediate.plan import Plan, planned
from handlers.remediate.progress import InProgressError, Progress, State
from handlers.rules import RULES
from operate import confirmation
from operate import identity as caller
from operate.arguments import InputError
from operate.deployed_environment import Deployed, settings_of_plan
from settings.model import Settings

HELP = "roll back an action of a remediation"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the action's plan ID and the option to override the kill switch."""
    parser.add_argument("action_id", metavar="ACTION_ID", help="the ID of the applied plan")
    parser.add_argument("--despite-kill-switch", action="store_true", help="roll back despite the kill switch")
    confirmation.add_yes(parser)


def run(arguments: argparse.Namespace) -> int:
    """Rolls back an action of the environment that its ID names."""
    return act(settings_of_plan(arguments.action_id), arguments)


def act(settings: Settings, arguments: argparse.Namespace) -> int:
    """Shows the inverse plan, asks for confirmation, and applies it; returns 1 if the caller declines."""
    who, deployed = caller.signed_in(settings), Deployed(settings)
    action = deployed.plan(arguments.action_id)
    progress = _progress(action, deployed)
    target, present = _read_resource(action, deployed)
    if _matches(present, action.before):
        return _record_interrupted(progress, action, target, deployed, who)
    _check_unchanged(action, present, deployed)
    inverse = _inverse(action, target, present, deployed, who)
    print("\n".join([*confirmation.shown(inverse), f"Undoes:    {action.plan_id}", f"Caller:    {who}"]))
    state = switch.read(deployed.switch)
    if not state.running and not arguments.despite_kill_switch:
        raise InputError(f"kill switch engaged at {state.changed_at}: {state.value}; allowed: --despite-kill-switch")
    if not confirmation.given(arguments, "Roll back with this plan?", inverse):
        print("not rolled back")
        return 1
    _apply(_suspended(progress, action, deployed), action, inverse, target, deployed, who)
    print("rolled back; the remediation ignores the finding until AWS Config evaluates it as compliant")
    return 0


def _progress(action: Plan, deployed: Deployed) -> Progress:
    progress = deployed.progress(action)
    if progress.plan_id != action.plan_id:
        last = f"that was {progress.plan_id}" if progress.plan_id else "no action was made"
        raise InputError(f"{action.plan_id}: is not the last action on {action.document['name']}: {last}")
    if progress.state == State.IN_PROGRESS or progress.is_claimed(clock.now()):
        raise InputError(f"{action.plan_id}: is in progress; run this again after it has finished")
    return progress


def _suspended(progress: Progress, action: Plan, deployed: Deployed) -> Progress:
    """Suspends the finding in a new attempt, for which earlier approvals are not valid."""
    now, attempt = clock.stamp(clock.now()), max(progress.attempt, action.document["attempt"] + 1)
    suspended = progress.replaced(state=State.SUSPENDED, attempt=attempt, at=now, claimed_at=now, last_notice="")
    try:
        return deployed.progress_store.put(suspended)
    except InProgressError as error:
        raise InputError(f"{action.plan_id}: the remediation is running; run this again") from error


def _read_resource(action: Plan, deployed: Deployed) -> tuple[Target, Document]:
    try:
        target = deployed.target(action)
        return target, deployed.remediation(action).read(target)
    except (NotRecordedError, NotRemediableError, ClientError, BotoCoreError) as error:
        raise InputError(f"{action.plan_id}: {action.document['name']} cannot be read: {error}") from error


def _matches(present: Document, state: Document) -> bool:
    """Returns whether a resource has the values of a state; other fields are ignored."""
    return all(present.get(key) == value for key, value in state.items()) and bool(state or not present)


def _check_unchanged(action: Plan, present: Document, deployed: Deployed) -> None:
    if deployed.remediation(action).is_apply_pending(present):
        raise InputError(f"{action.plan_id}: AWS has not applied it yet; allowed: after the maintenance window")
    if not _matches(present, action.after):
        changed = {key: value for key, value in present.items() if action.after.get(key) != value}
        raise InputError(
            f"{action.plan_id}: {action.document['name']} has changed since the action, or AWS Config has not recorded "
            f"it yet: {changed}; allowed: a manual change"
        )


def _inverse(action: Plan, target: Target, present: Document, deployed: Deployed, who: str) -> Plan:
    facts = {name: action.document[name] for name in ("deployment", "rule", "finding_id", "attempt")}
    facts |= {"requester": who, "undoes": action.plan_id, "effect": "restores the previous configuration"}
    return planned(deployed.remediation(action), target, present, action.before, facts)


def _apply(progress: Progress, action: Plan, inverse: Plan, target: Target, deployed: Deployed, who: str) -> None:
    remediation = deployed.remediation(action)
    deployed.trail.append(
        _entry(Kind.ROLLBACK_INTENT, progress, action, inverse, who, Outcome.ROLLED_BACK, "announced")
    )
    try:
        for call in inverse.calls:
            clients.call(call.service, call.operation, target.region, call.parameters)
        after = None if remediation.state_is_recorded else remediation.read(target)
    except (ClientError, BotoCoreError) as error:
        reason = f"failed: {error}"
        deployed.trail.append(_entry(Kind.ROLLBACK_OUTCOME, progress, action, inverse, who, Outcome.FAILED, reason))
        deployed.progress_store.put(progress.replaced(claimed_at=""))
        raise InputError(
            f"{action.plan_id}: {reason}; the finding is suspended: fix the cause, and run this again"
        ) from error
    reason = "AWS has accepted the call" if after is None else "written and verified"
    entry = _entry(Kind.ROLLBACK_OUTCOME, progress, action, inverse, who, Outcome.ROLLED_BACK, reason, after)
    _finish(progress, entry, inverse, deployed)


def _finish(progress: Progress, entry: Entry, inverse: Plan, deployed: Deployed) -> None:
    deployed.trail.append(entry)
    deployed.progress_store.put(progress.replaced(plan_id=inverse.plan_id, claimed_at=""))


def _record_interrupted(progress: Progress, action: Plan, target: Target, deployed: Deployed, who: str) -> int:
    """Records the outcome of an earlier, interrupted rollback; raises InputError if there was none."""
    if progress.state != State.SUSPENDED:
        raise InputError(f"{action.plan_id}: {action.document['name']} already has the previous configuration")
    inverse = _inverse(action, target, action.after, deployed, who)
    reason = "already rolled back by an interrupted command"
    entry = _entry(Kind.ROLLBACK_OUTCOME, progress, action, inverse, who, Outcome.ROLLED_BACK, reason, action.before)
    _finish(progress, entry, inverse, deployed)
    print(f"{reason}; recorded")
    return 0


def _entry(
    kind: Kind,
    progress: Progress,
    action: Plan,
    inverse: Plan,
    who: str,
    outcome: Outcome,
    reason: str,
    after: Document | None = None,
) -> Entry:
    facts = inverse.document
    what: dict[str, Any] = {
        name: facts[name] for name in ("account", "region", "resource_type", "resource_id", "name", "calls")
    }
    return Entry(
        kind=kind,
        once=f"{kind}/{inverse.plan_id}/{progress.revision}/{outcome}",
        who={"caller": who},
        what=what | {"outcome": str(outcome), "reason": reason},
        why={
            "rule": facts["rule"],
            "controls": list(RULES[facts["rule"]].controls),
            "finding_id": progress.finding_id,
            "undoes": action.plan_id,
        },
        before=inverse.before,
        after=after,
        ids={"plan_id": inverse.plan_id, "undoes": action.plan_id, "attempt": facts["attempt"]},
    )
