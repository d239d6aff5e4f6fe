"""Which accounts a deployment monitors: its own, or with it the other members of an organization."""

from dataclasses import dataclass

from handlers.common.runtime.environment import FunctionEnvironment


@dataclass(frozen=True, kw_only=True)
class AccountVariables(FunctionEnvironment):
    """`account` is the deployment's own; `members` says whether the organization's others count as well."""

    account: str
    members: bool = False
    excluded_accounts: tuple[str, ...] = ()

    def monitors(self, account: str) -> bool:
        """Returns whether findings of an account are this deployment's business."""
        return account == self.account or (self.members and account not in self.excluded_accounts)
