"""Undoes an action of a remediation: shows the inverse plan, and carries it out if nothing has changed since.

The finding is held first, so that the remediation leaves it alone whatever becomes of this command. One that was cut
off is run again: it finds out what was written.
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
from operate import confirmation as consent
from operate import identity as caller
from operate.arguments import InputError
from operate.deployed_environment import Deployed, settings_of_plan
from settings.model import Settings

HELP = "undo an action of a remediation"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the action's plan ID, and the option to pass the kill switch."""
    parser.add_argument("action_id", metavar="ACTION_ID", help="the id of the plan that was carried out")
    parser.add_argument("--despite-kill-switch", action="store_true", help="undo even while writes are stopped")
    consent.add_yes(parser)


def run(arguments: argparse.Namespace) -> int:
    """Undoes an action in one of the environments."""
    return act(settings_of_plan(arguments.action_id), arguments)


def act(settings: Settings, arguments: argparse.Namespace) -> int:
    """Shows the inverse plan, asks, and carries it out; 1 if the caller says no."""
    who, deployed = caller.signed_in(settings), Deployed(settings)
    action = deployed.plan(arguments.action_id)
    progress = _progress(action, deployed)
    target, present = _looked_at(action, deployed)
    if _is(present, action.before):
        return _undone_before(progress, action, target, deployed, who)
    _unchanged(action, present, deployed)
    inverse = _inverse(action, target, present, deployed, who)
    print("\n".join([*consent.shown(inverse), f"Undoes:    {action.plan_id}", f"You are:   {who}"]))
    state = switch.read(deployed.switch)
    if not state.running and not arguments.despite_kill_switch:
        raise InputError(
            f"the kill switch says {state.value!r} since {state.changed_at}; allowed: --despite-kill-switch"
        )
    if not consent.given(arguments, "Undo this way?", inverse):
        print("nothing was undone")
        return 1
    _carry_out(_held(progress, action, deployed), action, inverse, target, deployed, who)
    print("undone; the remediation leaves the finding alone until AWS Config has once called it compliant")
    return 0


def _progress(action: Plan, deployed: Deployed) -> Progress:
    progress = deployed.progress(action)
    if progress.plan_id != action.plan_id:
        done = f"{progress.plan_id} was the last action on it" if progress.plan_id else "nothing was done to it"
        raise InputError(f"{action.plan_id}: was not the last action on {action.document['name']}: {done}")
    if progress.state == State.IN_PROGRESS or progress.is_claimed(clock.now()):
        raise InputError(f"{action.plan_id}: is being carried out; run this again when it is over")
    return progress


def _held(progress: Progress, action: Plan, deployed: Deployed) -> Progress:
    """Returns another attempt at once: no approval that was given for this one counts any more."""
    moment, attempt = clock.stamp(clock.now()), max(progress.attempt, action.document["attempt"] + 1)
    held = progress.replaced(state=State.SUSPENDED, attempt=attempt, at=moment, claimed_at=moment, last_notice="")
    try:
        return deployed.progress_store.put(held)
    except InProgressError as error:
        raise InputError(f"{action.plan_id}: the remediation works on it at this moment; run this again") from error


def _looked_at(action: Plan, deployed: Deployed) -> tuple[Target, Document]:
    try:
        target = deployed.target(action)
        return target, deployed.remediation(action).read(target)
    except (NotRecordedError, NotRemediableError, ClientError, BotoCoreError) as error:
        raise InputError(f"{action.plan_id}: {action.document['name']} cannot be looked at: {error}") from error


def _is(present: Document, state: Document) -> bool:
    """Returns whether a resource is in a state; what AWS returns besides does not matter."""
    return all(present.get(key) == value for key, value in state.items()) and bool(state or not present)


def _unchanged(action: Plan, present: Document, deployed: Deployed) -> None:
    if deployed.remediation(action).is_apply_pending(present):
        raise InputError(f"{action.plan_id}: AWS has not applied it yet; allowed: after the maintenance window")
    if not _is(present, action.after):
        found = {key: value for key, value in present.items() if action.after.get(key) != value}
        raise InputError(
            f"{action.plan_id}: {action.document['name']} has changed since, or AWS Config has not recorded it yet: "
            f"{found} is not as the action left it; allowed: a change by hand"
        )


def _inverse(action: Plan, target: Target, present: Document, deployed: Deployed, who: str) -> Plan:
    facts = {name: action.document[name] for name in ("deployment", "rule", "finding_id", "attempt")}
    facts |= {"requester": who, "undoes": action.plan_id, "effect": "puts back what was there before"}
    return planned(deployed.remediation(action), target, present, action.before, facts)


def _carry_out(progress: Progress, action: Plan, inverse: Plan, target: Target, deployed: Deployed, who: str) -> None:
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
            f"{action.plan_id}: {reason}; the finding is held: fix the cause, and run this again"
        ) from error
    reason = "AWS has taken the call" if after is None else "written, and read back"
    entry = _entry(Kind.ROLLBACK_OUTCOME, progress, action, inverse, who, Outcome.ROLLED_BACK, reason, after)
    _over(progress, entry, inverse, deployed)


def _over(progress: Progress, entry: Entry, inverse: Plan, deployed: Deployed) -> None:
    deployed.trail.append(entry)
    deployed.progress_store.put(progress.replaced(plan_id=inverse.plan_id, claimed_at=""))


def _undone_before(progress: Progress, action: Plan, target: Target, deployed: Deployed, who: str) -> int:
    """Either long ago, or by a command that was cut off before it could say so."""
    if progress.state != State.SUSPENDED:
        raise InputError(f"{action.plan_id}: {action.document['name']} is as it was before: there is nothing to undo")
    inverse = _inverse(action, target, action.after, deployed, who)
    reason = "found written: the command that wrote it was cut off"
    entry = _entry(Kind.ROLLBACK_OUTCOME, progress, action, inverse, who, Outcome.ROLLED_BACK, reason, action.before)
    _over(progress, entry, inverse, deployed)
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
