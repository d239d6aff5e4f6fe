"""IAM roles and their rights, and the KMS key."""

from simulation.loader.place import Arguments, Attributes, Maker, Place


def role(place: Place, arguments: Arguments) -> Attributes:
    answer = place.client("iam").create_role(
        RoleName=arguments["name"], AssumeRolePolicyDocument=arguments["assume_role_policy"], Tags=place.tag_list()
    )
    return {"arn": answer["Role"]["Arn"], "id": arguments["name"]}


def role_policy(place: Place, arguments: Arguments) -> Attributes:
    place.client("iam").put_role_policy(
        RoleName=arguments["role"], PolicyName=arguments["name"], PolicyDocument=arguments["policy"]
    )
    return {"id": f"{arguments['role']}:{arguments['name']}"}


def role_policy_attachment(place: Place, arguments: Arguments) -> Attributes:
    place.client("iam").attach_role_policy(RoleName=arguments["role"], PolicyArn=arguments["policy_arn"])
    return {}


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
    "aws_iam_role": role,
    "aws_iam_role_policy": role_policy,
    "aws_iam_role_policy_attachment": role_policy_attachment,
    "aws_kms_alias": kms_alias,
    "aws_kms_key": kms_key,
}

CHANGERS: dict[str, Maker] = {"aws_iam_role_policy": role_policy}
