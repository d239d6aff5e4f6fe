"""A role's rights with the reason for each, which docs/security.md has."""

from collections.abc import Sequence

from cdktf_cdktf_provider_aws.iam_policy import IamPolicy
from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.iam_role_policy import IamRolePolicy
from cdktf_cdktf_provider_aws.iam_role_policy_attachment import IamRolePolicyAttachment
from constructs import Construct

from modules.resources import iam as policy
from modules.resources.iam import Statement


class RolePolicy(IamRolePolicy):  # type: ignore[misc]  # mypy does not follow the bindings: see pyproject.toml
    """An inline policy of a role, called by what it allows."""

    def __init__(
        self, scope: Construct, id: str, *, name: str, role: IamRole, statements: Sequence[Statement], why: str
    ) -> None:
        super().__init__(scope, id, name=name, role=role.name, policy=policy.document(statements))
        self.holder = role
        self.why = why


class FurtherRight(IamPolicy):  # type: ignore[misc]  # as above
    """A customer managed policy for statements beyond a role's inline policies; `attachment` attaches it.

    A role's inline policies take 10,240 characters in all, a managed policy 6,144; a role takes ten of those (IAM
    quotas).
    """

    def __init__(
        self, scope: Construct, id: str, *, name: str, role: IamRole, statements: Sequence[Statement], why: str
    ) -> None:
        super().__init__(scope, id, name=name, policy=policy.document(statements))
        self.holder = role
        self.why = why
        self.attachment = IamRolePolicyAttachment(scope, f"{id}-attachment", role=role.name, policy_arn=self.arn)
