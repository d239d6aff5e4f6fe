"""The gate of a rollback: approvals of other principals, the kill switch and the change windows, or an emergency.

The same checks apply as to a remediation in mode `approve`, in every mode: the requester of a rollback is a person.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from handlers.common.model import change_window as windows
from handlers.common.model.approval import approvers, required
from handlers.common.runtime import clock
from handlers.common.stores import kill_switch as switch
from handlers.remediate.approvals import valid_approvals
from handlers.remediate.plan import Plan
from operate.arguments import InputError
from operate.deployed_environment import Deployed

ALTERNATIVE = 'or --emergency "REASON"'


@dataclass(frozen=True)
class Authorization:
    """The permission of a rollback: its approvers, or the reason of an emergency. After an interruption neither may be
    known; the intent's record has it.
    """

    approvers: str = ""
    emergency: str = ""

    def who(self, caller: str) -> Mapping[str, Any]:
        """Returns the principals of a record."""
        return {"caller": caller} | ({"approver": self.approvers} if self.approvers else {})

    def why(self) -> Mapping[str, Any]:
        """Returns the reason of an emergency, for a record."""
        return {"emergency": self.emergency} if self.emergency else {}


def authorization(given: str | None, inverse: Plan, deployed: Deployed) -> tuple[Authorization | None, str]:
    """Returns the permission of a rollback, or None and what is missing; `given` is the reason of an emergency.

    Raises InputError for an empty reason.
    """
    if given is not None:
        if not given.strip():
            raise InputError("--emergency: is empty; allowed: the reason, for the audit trail")
        return Authorization(emergency=given.strip()), ""
    chosen = deployed.remediation_settings(inverse)
    valid, problems = valid_approvals(deployed.bucket, inverse, clock.now(), chosen.approval_hours)
    if len(valid) >= chosen.approvals_needed:
        return Authorization(approvers(valid)), ""
    missing = required(chosen.approvals_needed, valid)
    return None, f"{missing}; an approval is not valid: {problems[0]}" if problems else missing


def check_open(inverse: Plan, deployed: Deployed) -> None:
    """Raises InputError while the kill switch is engaged or no change window is open."""
    state = switch.read(deployed.switch)
    if not state.running:
        raise InputError(
            f"kill switch engaged at {state.changed_at}: {state.value}; allowed: when it is released, {ALTERNATIVE}"
        )
    listed = deployed.remediation_settings(inverse).change_windows
    if not windows.is_open(listed, clock.now()):
        raise InputError(f"no change window is open: {', '.join(listed)} UTC; allowed: in a window, {ALTERNATIVE}")
