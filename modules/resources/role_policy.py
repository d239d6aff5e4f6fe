"""Policies of a role, with the reason for each permission. Apart from iam.py, which needs no Node.js."""

from collections.abc import Sequence

from cdktf_cdktf_provider_aws.iam_policy import IamPolicy
from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.iam_role_policy import IamRolePolicy
from cdktf_cdktf_provider_aws.iam_role_policy_attachment import IamRolePolicyAttachment
from constructs import Construct

from modules.resources import iam as policy
from modules.resources.iam import Statement


class RolePolicy(IamRolePolicy):  # type: ignore[misc]  # mypy does not follow the bindings: see pyproject.toml
    """An inline policy of a role, named after its permission."""

    def __init__(
        self, scope: Construct, id: str, *, name: str, role: IamRole, statements: Sequence[Statement], why: str
    ) -> None:
        super().__init__(scope, id, name=name, role=role.name, policy=policy.document(statements))
        self.holder = role
        self.why = why


class ManagedRolePolicy(IamPolicy):  # type: ignore[misc]  # as above
    """A customer managed policy for statements that exceed a role's inline policies, and its `attachment`.

    Quotas are 10,240 characters for all inline policies of a role, 6,144 for a managed policy, and ten managed policies
    for a role (IAM quotas).
    """

    def __init__(
        self, scope: Construct, id: str, *, name: str, role: IamRole, statements: Sequence[Statement], why: str
    ) -> None:
        super().__init__(scope, id, name=name, policy=policy.document(statements))
        self.holder = role
        self.why = why
        self.attachment = IamRolePolicyAttachment(scope, f"{id}-attachment", role=role.name, policy_arn=self.arn)
