"""Rolls back an action of a remediation: shows the inverse plan, and applies it if the resource has not changed since.

The inverse plan requires the approvals of the rule's remediation, unless the caller declares an emergency. First the
finding is suspended, so that the remediation ignores it even if this command fails. After an interruption the command
can be run again: it detects changes that were already made.
"""

import argparse
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from handlers.common.model import principal
from handlers.common.model.outcome import Outcome
from handlers.common.model.remediation import Document, NotRemediableError, Target
from handlers.common.runtime import clients, clock
from handlers.common.runtime.naming import OPERATE
from handlers.common.stores.audit_trail import Entry, Kind
from handlers.common.stores.config_items import NotRecordedError
from handlers.remediate.plan import Plan, planned
from handlers.remediate.progress import InProgressError, Progress, State
from handlers.rules import RULES
from operate import confirmation
from operate import identity as caller
from operate.arguments import InputError
from operate.deployed_environment import Deployed, settings_of_plan
from operate.rollback_gate import ALTERNATIVE, Authorization, authorization, check_open
from settings.model import Settings

HELP = "roll back an action of a remediation"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the action's plan ID and the option for an emergency."""
    parser.add_argument("action_id", metavar="ACTION_ID", help="the ID of the applied plan")
    parser.add_argument(
        "--emergency",
        metavar="REASON",
        help="roll back without approvals and checks of kill switch and change windows; stored in the audit trail",
    )
    confirmation.add_yes(parser)


def run(arguments: argparse.Namespace) -> int:
    """Rolls back an action of the environment that its ID names."""
    return act(settings_of_plan(arguments.action_id), arguments)


def act(settings: Settings, arguments: argparse.Namespace) -> int:
    """Shows the inverse plan, checks the gate, asks for confirmation, and applies the plan.

    Returns 1 if approvals are missing or the caller declines.
    """
    who, deployed = caller.signed_in(settings), Deployed(settings)
    action = deployed.plan(arguments.action_id)
    progress = _progress(action, deployed)
    target, present = _read_resource(action, deployed)
    if _matches(present, action.before):
        return _record_interrupted(arguments.emergency, progress, action, target, deployed, who)
    _check_unchanged(action, present, deployed)
    inverse = _inverse(action, target, present, deployed, who)
    print("\n".join([*confirmation.shown(inverse), f"Undoes:    {action.plan_id}", f"Caller:    {who}"]))
    permitted, missing = authorization(arguments.emergency, inverse, deployed)
    if permitted is None:
        return _request(progress, action, inverse, deployed, who, missing)
    if not permitted.emergency:
        check_open(inverse, deployed)
    if not confirmation.given(arguments, "Roll back with this plan?", inverse):
        print("not rolled back")
        return 1
    rollback = Rollback(action, inverse, who, permitted)
    _apply(_suspended(progress, action, deployed), rollback, target, deployed)
    print("rolled back; the remediation ignores the finding until AWS Config evaluates it as compliant")
    return 0


@dataclass(frozen=True)
class Rollback:
    """A rollback: the action, its inverse, the caller, and the permission, for the audit records."""

    action: Plan
    inverse: Plan
    who: str
    permitted: Authorization

    def entry(
        self, kind: Kind, progress: Progress, outcome: Outcome, reason: str, after: Document | None = None
    ) -> Entry:
        """Returns the audit entry of a step."""
        facts = self.inverse.document
        what: dict[str, Any] = {
            name: facts[name] for name in ("account", "region", "resource_type", "resource_id", "name", "calls")
        }
        return Entry(
            kind=kind,
            once=f"{kind}/{self.inverse.plan_id}/{progress.revision}/{outcome}",
            who=self.permitted.who(self.who),
            what=what | {"outcome": str(outcome), "reason": reason},
            why={
                "rule": facts["rule"],
                "controls": list(RULES[facts["rule"]].controls),
                "finding_id": progress.finding_id,
                "undoes": self.action.plan_id,
                **self.permitted.why(),
            },
            before=self.inverse.before,
            after=after,
            ids={"plan_id": self.inverse.plan_id, "undoes": self.action.plan_id, "attempt": facts["attempt"]},
        )


def _request(progress: Progress, action: Plan, inverse: Plan, deployed: Deployed, who: str, missing: str) -> int:
    """Saves and records the inverse plan, so that others can approve it; returns 1."""
    inverse.keep(deployed.bucket)
    rollback = Rollback(action, inverse, who, Authorization())
    deployed.trail.append(rollback.entry(Kind.ROLLBACK_PLAN, progress, Outcome.AWAITING_APPROVAL, "requested"))
    print(
        f"not rolled back: {missing}. Another principal approves with\n"
        f"  {OPERATE} approve {inverse.plan_id}\n"
        f"Then run this again, {ALTERNATIVE}."
    )
    return 1


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
    facts |= {
        # Without the session, so that the caller's next session has the same plan.
        "requester": principal.identity(who),
        "undoes": action.plan_id,
        "effect": "restores the previous configuration",
    }
    return planned(deployed.remediation(action), target, present, action.before, facts)


def _apply(progress: Progress, rollback: Rollback, target: Target, deployed: Deployed) -> None:
    remediation = deployed.remediation(rollback.action)
    deployed.trail.append(rollback.entry(Kind.ROLLBACK_INTENT, progress, Outcome.ROLLED_BACK, "announced"))
    try:
        for call in rollback.inverse.calls:
            clients.call(call.service, call.operation, target.region, call.parameters)
        after = None if remediation.state_is_recorded else remediation.read(target)
    except (ClientError, BotoCoreError) as error:
        reason = f"failed: {error}"
        deployed.trail.append(rollback.entry(Kind.ROLLBACK_OUTCOME, progress, Outcome.FAILED, reason))
        deployed.progress_store.put(progress.replaced(claimed_at=""))
        raise InputError(
            f"{rollback.action.plan_id}: {reason}; the finding is suspended: fix the cause, and run this again"
        ) from error
    _finish(
        progress, rollback, deployed, "AWS has accepted the call" if after is None else "written and verified", after
    )


def _finish(progress: Progress, rollback: Rollback, deployed: Deployed, reason: str, after: Document | None) -> None:
    deployed.trail.append(rollback.entry(Kind.ROLLBACK_OUTCOME, progress, Outcome.ROLLED_BACK, reason, after))
    deployed.progress_store.put(progress.replaced(plan_id=rollback.inverse.plan_id, claimed_at=""))


def _record_interrupted(
    emergency: str | None, progress: Progress, action: Plan, target: Target, deployed: Deployed, who: str
) -> int:
    """Records the outcome of an earlier, interrupted rollback; raises InputError if there was none."""
    if progress.state != State.SUSPENDED:
        raise InputError(f"{action.plan_id}: {action.document['name']} already has the previous configuration")
    inverse = _inverse(action, target, action.after, deployed, who)
    permitted, _ = authorization(emergency, inverse, deployed)
    reason = "already rolled back by an interrupted command"
    _finish(progress, Rollback(action, inverse, who, permitted or Authorization()), deployed, reason, action.before)
    print(f"{reason}; recorded")
    return 0
