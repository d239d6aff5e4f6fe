"""A role's right with the reason for it, which docs/security.md tells."""

from collections.abc import Sequence

from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.iam_role_policy import IamRolePolicy
from constructs import Construct

from modules import policy
from modules.policy import Statement


class Right(IamRolePolicy):  # type: ignore[misc]  # mypy does not follow the bindings: see pyproject.toml
    """An inline policy of a role, called by what it allows."""

    def __init__(
        self, scope: Construct, id: str, *, name: str, role: IamRole, statements: Sequence[Statement], why: str
    ) -> None:
        super().__init__(scope, id, name=name, role=role.name, policy=policy.document(statements))
        self.why = why
