"""Environment variables of a remediation function."""

from dataclasses import dataclass

from handlers.common.runtime.environment import FunctionEnvironment
from handlers.common.runtime.naming import physical_name


@dataclass(frozen=True, kw_only=True)
class RemediateEnvironment(FunctionEnvironment):
    """`rule` is the name in the registry; `scope` has the names of the resources that may be changed.

    `role` is the ARN of the function's role, the requester of its plans. Limits are numbers of actions, and a
    percentage of the resources that the rule evaluates; `first_evaluation` is "HH:MM" in UTC. `change_windows` have the
    format of handlers.common.model.change_window. `mail_queue` and `switch_parameter` are empty in mode plan.
    """

    account: str
    regions: tuple[str, ...]
    role: str
    rule: str
    mode: str
    scope: tuple[str, ...]
    aggregator: str
    report_bucket: str = ""
    journal_table: str
    audit_queue: str
    mail_queue: str = ""
    switch_parameter: str = ""
    max_per_run: int
    max_per_day: int
    max_percent: int
    change_windows: tuple[str, ...]
    approval_hours: int
    approvals_needed: int = 1
    first_evaluation: str

    @property
    def config_rule(self) -> str:
        """The name of the Config rule."""
        return physical_name(self.rule, self.environment, self.environment_suffix)
