"""KMS key that encrypts the monitor's data, logs and messages."""

from cdktf_cdktf_provider_aws.kms_alias import KmsAlias
from cdktf_cdktf_provider_aws.kms_key import KmsKey
from constructs import Construct

from handlers.common.runtime.naming import physical_name
from modules.resources import iam as policy
from modules.resources.iam import Statement
from settings.deployment import Deployment
from settings.resource_names import NameKind

# In a key policy "*" means this key, whose ARN does not exist yet (KMS Developer Guide, "Key policies").
THIS_KEY = ("*",)


class EncryptionKey(Construct):
    """A key with yearly rotation, deleted seven days after its stack is destroyed.

    Example: `EncryptionKey(stack, "key", deployment=Deployment("dev", "ew1", "111122223333", "eu-west-1"))`.
    """

    def __init__(self, scope: Construct, id: str, *, deployment: Deployment) -> None:
        super().__init__(scope, id)
        self.resource = KmsKey(
            self,
            "Resource",
            description=f"Encrypts the resources of {deployment.label}",
            enable_key_rotation=True,
            deletion_window_in_days=7,
            policy=policy.document(_statements(deployment)),
        )
        alias = deployment.name("compliance", NameKind.KMS_ALIAS)
        KmsAlias(self, "alias", name=f"alias/{alias}", target_key_id=self.resource.key_id)

    @property
    def arn(self) -> str:
        """The key's ARN; in IAM policies an alias cannot replace it."""
        arn: str = self.resource.arn
        return arn


def administered_by_iam(deployment: Deployment) -> Statement:
    """Returns the statement of a key policy that delegates permissions to the account's IAM policies."""
    root = policy.allow("AdministerByIam", ["kms:*"], THIS_KEY)
    return root | {"Principal": {"AWS": f"arn:{deployment.partition}:iam::{deployment.account_id}:root"}}


def _statements(deployment: Deployment) -> list[Statement]:
    account, region = deployment.account_id, deployment.region
    functions = physical_name("*", deployment.environment, deployment.suffix)
    groups = f"arn:{deployment.partition}:logs:{region}:{account}:log-group:/aws/lambda/{functions}"
    return [
        administered_by_iam(deployment),
        policy.allow(
            "EncryptLogs",
            [
                "kms:Encrypt",
                "kms:Decrypt",
                "kms:ReEncryptFrom",
                "kms:ReEncryptTo",
                "kms:GenerateDataKey",
                "kms:DescribeKey",
            ],
            THIS_KEY,
            service=f"logs.{region}.amazonaws.com",
            conditions={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": groups}},
        ),
        policy.allow(
            "EncryptConfigDelivery",
            ["kms:Decrypt", "kms:GenerateDataKey"],
            THIS_KEY,
            service="config.amazonaws.com",
            conditions=policy.of_account(account),
        ),
        policy.allow(
            "EncryptAlarmMessages",
            ["kms:Decrypt", "kms:GenerateDataKey"],
            THIS_KEY,
            service="cloudwatch.amazonaws.com",
            conditions=policy.of_account(account),
        ),
    ]
