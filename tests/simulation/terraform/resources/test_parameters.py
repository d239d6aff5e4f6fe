from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from simulation.aws.account import SimulatedAccount
from simulation.terraform.apply import UnknownLifecycleError
from simulation.terraform.resources.parameters import ParameterTypeError
from tests.support.stacks import right, role, stack

NAME = "/compliance/remediation"
ADDRESS = "aws_ssm_parameter.switch"
LEFT_ALONE = {"ignore_changes": ["value"]}


def deploy(cloud: SimulatedAccount, folder: Path, **changes: Any) -> int:
    usual = {"name": NAME, "type": "String", "value": "on", "description": "Off stops every remediation."}
    return cloud.deploy(stack(folder, aws_ssm_parameter__switch=usual | changes))


def value(cloud: SimulatedAccount) -> str:
    return str(cloud.client("ssm").get_parameter(Name=NAME)["Parameter"]["Value"])


def operator_says(cloud: SimulatedAccount, text: str) -> None:
    cloud.client("ssm").put_parameter(Name=NAME, Value=text, Overwrite=True)


def test_parameter_is_made_and_referred_to(cloud: SimulatedAccount, tmp_path: Path) -> None:
    arn = f"arn:aws:ssm:eu-west-1:111122223333:parameter{NAME}"
    deploy(cloud, tmp_path, lifecycle=LEFT_ALONE)
    attributes = cloud.deployment.resources[ADDRESS][1]
    assert {name: attributes[name] for name in ("arn", "name", "value", "version")} == {
        "arn": arn,
        "name": NAME,
        "value": "on",
        "version": "1",
    }
    (found,) = cloud.client("ssm").describe_parameters()["Parameters"]
    assert (found["Description"], found["Type"]) == ("Off stops every remediation.", "String")
    tags = cloud.client("ssm").list_tags_for_resource(ResourceType="Parameter", ResourceId=NAME)["TagList"]
    assert tags == [{"Key": "Owner", "Value": "x"}]
    parameter = {"name": NAME, "type": "String", "value": "on", "description": "Off stops every remediation."}
    policy = right("${aws_iam_role.z.name}", "ssm:GetParameter")
    policy["policy"] = policy["policy"].replace("arn:aws:s3:::b/*", "${aws_ssm_parameter.switch.arn}")
    cloud.deploy(
        stack(
            tmp_path,
            aws_ssm_parameter__switch=parameter,
            aws_iam_role__z=role(),
            aws_iam_role_policy__a=policy,
        )
    )
    document = cloud.client("iam").get_role_policy(RoleName="role", PolicyName="Read")["PolicyDocument"]
    assert document["Statement"][0]["Resource"] == [arn]


@pytest.mark.parametrize("lifecycle", [LEFT_ALONE, [LEFT_ALONE]])
def test_operator_s_value_is_kept_if_changes_are_ignored(
    cloud: SimulatedAccount, tmp_path: Path, lifecycle: Any
) -> None:
    deploy(cloud, tmp_path, lifecycle=lifecycle)
    operator_says(cloud, "off")
    assert deploy(cloud, tmp_path, lifecycle=lifecycle) == 0
    assert deploy(cloud, tmp_path, lifecycle=lifecycle, value="other") == 0
    assert value(cloud) == "off"
    assert deploy(cloud, tmp_path, lifecycle=lifecycle, value="other", description="New.") == 1
    assert value(cloud) == "off"
    (found,) = cloud.client("ssm").describe_parameters()["Parameters"]
    assert found["Description"] == "New."


def test_value_is_updated_if_changes_are_not_ignored(cloud: SimulatedAccount, tmp_path: Path) -> None:
    deploy(cloud, tmp_path)
    operator_says(cloud, "off")
    assert deploy(cloud, tmp_path, value="other") == 1
    assert value(cloud) == "other"
    assert cloud.deployment.resources[ADDRESS][1]["version"] == "3"


def test_parameter_is_removed_with_its_stack(cloud: SimulatedAccount, tmp_path: Path) -> None:
    deploy(cloud, tmp_path, lifecycle=LEFT_ALONE)
    assert cloud.destroy() == 1
    assert cloud.client("ssm").describe_parameters()["Parameters"] == []


def test_new_name_is_not_an_update(cloud: SimulatedAccount, tmp_path: Path) -> None:
    deploy(cloud, tmp_path)
    with pytest.raises(ClientError, match="ParameterNotFound"):
        deploy(cloud, tmp_path, name="another")


def test_parameter_of_another_type_is_refused(cloud: SimulatedAccount, tmp_path: Path) -> None:
    with pytest.raises(ParameterTypeError, match="type SecureString, not String"):
        deploy(cloud, tmp_path, type="SecureString")


@pytest.mark.parametrize(
    "lifecycle", [{"prevent_destroy": True}, {"ignore_changes": "all"}, {"ignore_changes": ["tags[0]"]}]
)
def test_unsupported_lifecycle_is_rejected(cloud: SimulatedAccount, tmp_path: Path, lifecycle: Any) -> None:
    with pytest.raises(UnknownLifecycleError, match=r"aws_ssm_parameter\.switch"):
        deploy(cloud, tmp_path, lifecycle=lifecycle)


def test_supported_lifecycle_is_accepted(cloud: SimulatedAccount, tmp_path: Path) -> None:
    cloud.deploy(stack(tmp_path, aws_iam_role__z=role()))
    assert cloud.deploy(stack(tmp_path, aws_iam_role__z=role(lifecycle={"create_before_destroy": True}))) == 0
    described = role(description="new", lifecycle={"ignore_changes": ["description"]})
    assert cloud.deploy(stack(tmp_path, aws_iam_role__z=described)) == 0
