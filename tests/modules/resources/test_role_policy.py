import json

from cdktf_cdktf_provider_aws.iam_role import IamRole

from modules.resources import iam
from modules.resources.role_policy import ManagedRolePolicy, RolePolicy
from tests.support.workbench import Workbench

READ = iam.allow("Read", ["s3:GetObject"], ["arn:aws:s3:::a/*"])


def test_a_permission_keeps_its_holder_and_its_reason(workbench: Workbench) -> None:
    role = IamRole(workbench.stack, "role", name="reader", assume_role_policy=iam.trust("lambda.amazonaws.com"))
    inline = RolePolicy(workbench.stack, "read", name="Read", role=role, statements=[READ], why="reads")
    managed = ManagedRolePolicy(
        workbench.stack, "more", name="read-more", role=role, statements=[READ], why="reads more"
    )
    assert (inline.holder, inline.why, managed.holder, managed.why) == (role, "reads", role, "reads more")
    assert json.loads(workbench.one("aws_iam_role_policy")["policy"])["Statement"] == [READ]
    assert workbench.one("aws_iam_policy")["name"] == "read-more"
    attachment = workbench.one("aws_iam_role_policy_attachment")
    assert attachment["role"] and attachment["policy_arn"].startswith("${aws_iam_policy.")
