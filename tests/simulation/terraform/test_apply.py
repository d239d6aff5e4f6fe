import json
from pathlib import Path

import pytest

from simulation.aws.account import SimulatedAccount
from simulation.terraform.apply import UnknownResourceTypeError, UnresolvedReferenceError, UnsupportedChangeError
from simulation.terraform.context import StackError
from tests.support.stacks import right, role, stack


def test_creates_resources_after_their_references(cloud: SimulatedAccount, tmp_path: Path) -> None:
    made = cloud.deploy(stack(tmp_path, aws_iam_role_policy__a=right("${aws_iam_role.z.name}"), aws_iam_role__z=role()))
    assert made == 2
    assert cloud.client("iam").get_role_policy(RoleName="role", PolicyName="Read")["PolicyDocument"]
    assert cloud.client("iam").get_role(RoleName="role")["Role"]["Tags"] == [{"Key": "Owner", "Value": "x"}]


def test_unknown_type_is_rejected_with_its_address(cloud: SimulatedAccount, tmp_path: Path) -> None:
    with pytest.raises(UnknownResourceTypeError, match=r"aws_vpc\.main: .* does not support the type aws_vpc"):
        cloud.deploy(stack(tmp_path, aws_vpc__main={}))


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("${aws_iam_role.nowhere.name}", r"aws_iam_role_policy\.a: refers to aws_iam_role\.nowhere"),
        ("${aws_iam_role.z.colour}", r"policy\.a: refers to aws_iam_role\.z\.colour, which does not exist"),
        ("${var.role}", r"aws_iam_role_policy\.a: cannot resolve \$\{var\.role\}"),
        ("${upper(aws_iam_role.z.name)}", r"aws_iam_role_policy\.a: cannot resolve"),
    ],
)
def test_unresolved_reference_is_rejected_with_its_address(
    cloud: SimulatedAccount, tmp_path: Path, value: str, message: str
) -> None:
    with pytest.raises(UnresolvedReferenceError, match=message):
        cloud.deploy(stack(tmp_path, aws_iam_role_policy__a=right(value), aws_iam_role__z=role()))


def test_cycle_of_references_is_named(cloud: SimulatedAccount, tmp_path: Path) -> None:
    circle = {
        "aws_iam_role__a": role(depends_on=["aws_iam_role.b"]),
        "aws_iam_role__b": role("b", depends_on=["aws_iam_role.a"]),
    }
    with pytest.raises(UnresolvedReferenceError, match=r"role\.a: in a cycle of references with aws_iam_role\.b"):
        cloud.deploy(stack(tmp_path, **circle))


def test_error_for_a_missing_stack_names_the_command(cloud: SimulatedAccount, tmp_path: Path) -> None:
    with pytest.raises(StackError, match="make synth"):
        cloud.deploy(tmp_path / "nowhere")


def test_same_stack_again_changes_nothing(deployed: SimulatedAccount, stacks: dict[str, Path]) -> None:
    assert deployed.deploy(stacks["dev"]) == 0


def test_changed_policy_is_updated(cloud: SimulatedAccount, tmp_path: Path) -> None:
    cloud.deploy(stack(tmp_path, aws_iam_role_policy__a=right("${aws_iam_role.z.name}"), aws_iam_role__z=role()))
    changed = right("${aws_iam_role.z.name}", "s3:PutObject")
    assert cloud.deploy(stack(tmp_path, aws_iam_role_policy__a=changed, aws_iam_role__z=role())) == 1
    document = cloud.client("iam").get_role_policy(RoleName="role", PolicyName="Read")["PolicyDocument"]
    assert document["Statement"][0]["Action"] == ["s3:PutObject"]


def test_unsupported_change_is_rejected(cloud: SimulatedAccount, tmp_path: Path) -> None:
    cloud.deploy(stack(tmp_path, aws_iam_role__z=role()))
    with pytest.raises(UnsupportedChangeError, match=r"aws_iam_role\.z"):
        cloud.deploy(stack(tmp_path, aws_iam_role__z=role("other")))


def test_resource_missing_in_the_stack_is_removed(cloud: SimulatedAccount, tmp_path: Path) -> None:
    cloud.deploy(stack(tmp_path, aws_iam_role_policy__a=right("${aws_iam_role.z.name}"), aws_iam_role__z=role()))
    assert cloud.deploy(stack(tmp_path, aws_iam_role__z=role())) == 1
    assert cloud.client("iam").list_role_policies(RoleName="role")["PolicyNames"] == []
    assert cloud.deploy(stack(tmp_path)) == 1
    assert "role" not in {found["RoleName"] for found in cloud.client("iam").list_roles()["Roles"]}


def test_archive_with_another_hash_is_refused(cloud: SimulatedAccount, tmp_path: Path, stacks: dict[str, Path]) -> None:
    text = (stacks["dev"] / "cdk.tf.json").read_text()
    document = json.loads(text)
    functions = document["resource"]["aws_lambda_function"]
    for function in functions.values():
        function["filename"] = str(stacks["dev"] / function["filename"])
        function["source_code_hash"] = "another"
    (tmp_path / "cdk.tf.json").write_text(json.dumps(document))
    with pytest.raises(StackError, match="does not have the hash in the stack"):
        cloud.deploy(tmp_path)
