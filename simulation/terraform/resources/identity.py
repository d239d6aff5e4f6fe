"""IAM roles and policies, and KMS keys."""

import json

from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.models import AWSManagedPolicy, iam_backends

from settings.deployment import partition
from simulation.aws.iam.directory import Directory
from simulation.terraform.context import Arguments, Attributes, Maker, Place, StackError

# Characters without white space, and numbers of policies (IAM quotas; the last can be increased).
INLINE_POLICIES_OF_A_ROLE = 10_240
MANAGED_POLICY = 6_144
MANAGED_POLICIES_OF_A_ROLE = 10


class QuotaError(StackError):
    """IAM rejects a policy with LimitExceeded."""


def role(place: Place, arguments: Arguments) -> Attributes:
    answer = place.client("iam").create_role(
        RoleName=arguments["name"], AssumeRolePolicyDocument=arguments["assume_role_policy"], Tags=place.tag_list()
    )
    return {"arn": answer["Role"]["Arn"], "id": arguments["name"]}


def role_policy(place: Place, arguments: Arguments) -> Attributes:
    role, name = arguments["role"], arguments["name"]
    policies = Directory(place.account, partition(place.region)).inline_policies(role) | {name: arguments["policy"]}
    size = sum(map(_size, policies.values()))
    if size > INLINE_POLICIES_OF_A_ROLE:
        raise QuotaError(
            f"LimitExceeded: the inline policies of {role} have {size} characters with {name}, limit "
            f"{INLINE_POLICIES_OF_A_ROLE}"
        )
    place.client("iam").put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=arguments["policy"])
    return {"id": f"{role}:{name}"}


def managed_policy(place: Place, arguments: Arguments) -> Attributes:
    name, size = arguments["name"], _size(arguments["policy"])
    if size > MANAGED_POLICY:
        raise QuotaError(f"LimitExceeded: the policy {name} has {size} characters, limit {MANAGED_POLICY}")
    answer = place.client("iam").create_policy(
        PolicyName=name, PolicyDocument=arguments["policy"], Tags=place.tag_list()
    )
    return {"arn": answer["Policy"]["Arn"], "id": answer["Policy"]["Arn"]}


def role_policy_attachment(place: Place, arguments: Arguments) -> Attributes:
    iam, role = place.client("iam"), arguments["role"]
    if len(iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]) >= MANAGED_POLICIES_OF_A_ROLE:
        raise QuotaError(
            f"LimitExceeded: {arguments['policy_arn']} exceeds the limit of {MANAGED_POLICIES_OF_A_ROLE} managed "
            f"policies of {role}"
        )
    _load_aws_policy(place, arguments["policy_arn"])
    iam.attach_role_policy(RoleName=role, PolicyArn=arguments["policy_arn"])
    return {}


def _load_aws_policy(place: Place, arn: str) -> None:
    """Adds one AWS managed policy to moto's backend; loading all of them takes seconds."""
    if ":iam::aws:policy/" not in arn:
        return
    name, backend = arn.rpartition("/")[2], iam_backends[place.account][partition(place.region)]
    content = json.loads(aws_managed_policies_data).get(name)
    if content is not None:
        policy = AWSManagedPolicy.from_data(name, place.account, place.region, content)
        backend.managed_policies[policy.arn] = policy


def _size(policy: str) -> int:
    """Returns the number of characters without white space, as IAM counts them."""
    return len("".join(policy.split()))


def kms_key(place: Place, arguments: Arguments) -> Attributes:
    kms = place.client("kms")
    tags = [{"TagKey": key, "TagValue": value} for key, value in place.tags.items()]
    answer = kms.create_key(Description=arguments["description"], Policy=arguments["policy"], Tags=tags)
    metadata = answer["KeyMetadata"]
    if arguments["enable_key_rotation"]:
        kms.enable_key_rotation(KeyId=metadata["KeyId"])
    return {"arn": metadata["Arn"], "key_id": metadata["KeyId"], "id": metadata["KeyId"]}


def kms_alias(place: Place, arguments: Arguments) -> Attributes:
    place.client("kms").create_alias(AliasName=arguments["name"], TargetKeyId=arguments["target_key_id"])
    return {}


MAKERS: dict[str, Maker] = {
    "aws_iam_policy": managed_policy,
    "aws_iam_role": role,
    "aws_iam_role_policy": role_policy,
    "aws_iam_role_policy_attachment": role_policy_attachment,
    "aws_kms_alias": kms_alias,
    "aws_kms_key": kms_key,
}

CHANGERS: dict[str, Maker] = {"aws_iam_role_policy": role_policy}
