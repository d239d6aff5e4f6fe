"""The accounts that a deployment monitors: its own, or also other member accounts of an organization."""

from dataclasses import dataclass

from handlers.common.runtime.environment import FunctionEnvironment


@dataclass(frozen=True, kw_only=True)
class AccountVariables(FunctionEnvironment):
    """`account` is the deployment's own. If `members` is true, other accounts of the organization are monitored too."""

    account: str
    members: bool = False
    excluded_accounts: tuple[str, ...] = ()

    def monitors(self, account: str) -> bool:
        """Returns whether the deployment monitors an account."""
        return account == self.account or (self.members and account not in self.excluded_accounts)
