"""AWS Config's recorder: which resources it follows, with whose rights, and where it delivers."""

from cdktf_cdktf_provider_aws.config_configuration_recorder import (
    ConfigConfigurationRecorder,
    ConfigConfigurationRecorderRecordingGroup,
    ConfigConfigurationRecorderRecordingGroupRecordingStrategy,
)
from cdktf_cdktf_provider_aws.config_configuration_recorder_status import ConfigConfigurationRecorderStatus
from cdktf_cdktf_provider_aws.config_delivery_channel import (
    ConfigDeliveryChannel,
    ConfigDeliveryChannelSnapshotDeliveryProperties,
)
from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.iam_role_policy import IamRolePolicy
from cdktf_cdktf_provider_aws.iam_role_policy_attachment import IamRolePolicyAttachment
from constructs import Construct

from handlers.rules import RULES
from modules import policy
from modules.bucket import Bucket
from modules.key import Key
from modules.names import NameKind
from modules.policy import Conditions
from modules.settings import Settings

# What AWS Config may read, kept by AWS: the describe calls behind it know no resource level.
READ_FOR_CONFIG = "iam::aws:policy/service-role/AWS_ConfigRole"


class Recorder(Construct):
    """A recorder of just the types that rules judge. Everything that needs recording depends on `status`."""

    def __init__(self, scope: Construct, id: str, *, settings: Settings, key: Key, bucket: Bucket) -> None:
        super().__init__(scope, id)
        self._settings = settings
        ours = policy.of_account(settings.account_id)
        role = IamRole(
            self,
            "role",
            name=settings.name("config-recorder", NameKind.IAM_ROLE),
            assume_role_policy=policy.trust("config.amazonaws.com", ours),
        )
        rights = self._rights(role, key, bucket)
        recorder = ConfigConfigurationRecorder(
            self,
            "Resource",
            name=settings.name("recorder", NameKind.CONFIG_RECORDER),
            role_arn=role.arn,
            recording_group=_recording_group(),
            depends_on=rights,
        )
        channel = ConfigDeliveryChannel(
            self,
            "channel",
            name=settings.name("delivery-channel", NameKind.CONFIG_RECORDER),
            s3_bucket_name=bucket.resource.bucket,
            s3_kms_key_arn=key.arn,
            snapshot_delivery_properties=ConfigDeliveryChannelSnapshotDeliveryProperties(
                delivery_frequency="TwentyFour_Hours"
            ),
            depends_on=[recorder, bucket.policy],
        )
        # Config refuses to start without a channel, and to lose the channel while it records.
        self.status = ConfigConfigurationRecorderStatus(
            self, "status", name=recorder.name, is_enabled=True, depends_on=[channel]
        )

    def _rights(self, role: IamRole, key: Key, bucket: Bucket) -> list[IamRolePolicyAttachment | IamRolePolicy]:
        """Config delivers with its role's rights, and as the service itself if they do not suffice: both are given."""
        delivered = f"{bucket.arn}/AWSLogs/{self._settings.account_id}/Config/*"
        ours = policy.of_account(self._settings.account_id)
        owned: Conditions = {"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}}
        bucket.allow(
            [
                policy.allow(
                    "FindBucket",
                    ["s3:GetBucketAcl", "s3:ListBucket"],
                    [bucket.arn],
                    service="config.amazonaws.com",
                    conditions=ours,
                ),
                policy.allow(
                    "Deliver",
                    ["s3:PutObject"],
                    [delivered],
                    service="config.amazonaws.com",
                    conditions={"StringEquals": {**ours["StringEquals"], **owned["StringEquals"]}},
                ),
            ]
        )
        statements = [
            policy.allow("FindBucket", ["s3:GetBucketAcl", "s3:ListBucket"], [bucket.arn]),
            policy.allow("Deliver", ["s3:PutObject"], [delivered], conditions=owned),
            policy.allow("DeliverSealed", ["kms:Decrypt", "kms:GenerateDataKey"], [key.arn]),
        ]
        document = policy.document(statements)
        return [
            IamRolePolicyAttachment(
                self, "read", role=role.name, policy_arn=f"arn:{self._settings.partition}:{READ_FOR_CONFIG}"
            ),
            IamRolePolicy(self, "deliver", name="Deliver", role=role.name, policy=document),
        ]


def _recording_group() -> ConfigConfigurationRecorderRecordingGroup:
    types = sorted({kind for rule in RULES.values() for kind in rule.resource_types})
    only = ConfigConfigurationRecorderRecordingGroupRecordingStrategy(use_only="INCLUSION_BY_RESOURCE_TYPES")
    return ConfigConfigurationRecorderRecordingGroup(
        all_supported=False, resource_types=types, recording_strategy=[only]
    )
