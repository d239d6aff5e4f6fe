"""AWS Config's recorder: which resources it follows, with whose rights, and where it delivers."""

from collections.abc import Iterable

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
from cdktf_cdktf_provider_aws.iam_role_policy_attachment import IamRolePolicyAttachment
from constructs import Construct

from handlers.common.rule import ACCOUNT_TYPE
from modules import policy
from modules.bucket import Bucket
from modules.deployment import Deployment
from modules.key import Key
from modules.names import NameKind
from modules.policy import Conditions
from modules.right import Right

# What AWS Config may read, kept by AWS: the describe calls behind it know no resource level.
READ_FOR_CONFIG = "iam::aws:policy/service-role/AWS_ConfigRole"


class Recording(Construct):
    """The role with which Config records in every region, and the bucket to which it delivers.

    Example: `Recording(stack, "recording", deployment=deployment, key=key, bucket=bucket)`.
    """

    def __init__(self, scope: Construct, id: str, *, deployment: Deployment, key: Key, bucket: Bucket) -> None:
        super().__init__(scope, id)
        self.deployment = deployment
        self.key = key
        self.bucket = bucket
        self.role = IamRole(
            self,
            "role",
            name=deployment.name("config-recorder", NameKind.IAM_ROLE),
            assume_role_policy=policy.trust("config.amazonaws.com", policy.of_account(deployment.account_id)),
        )
        self.rights = self._rights()

    def _rights(self) -> list[IamRolePolicyAttachment | Right]:
        """Config delivers with its role's rights, and as the service itself if they do not suffice: both are given."""
        delivered = f"{self.bucket.arn}/AWSLogs/{self.deployment.account_id}/Config/*"
        ours = policy.of_account(self.deployment.account_id)
        owned: Conditions = {"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}}
        self.bucket.allow(
            [
                policy.allow(
                    "FindBucket",
                    ["s3:GetBucketAcl", "s3:ListBucket"],
                    [self.bucket.arn],
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
            policy.allow("FindBucket", ["s3:GetBucketAcl", "s3:ListBucket"], [self.bucket.arn]),
            policy.allow("Deliver", ["s3:PutObject"], [delivered], conditions=owned),
            policy.allow("DeliverSealed", ["kms:Decrypt", "kms:GenerateDataKey"], [self.key.arn]),
        ]
        return [
            IamRolePolicyAttachment(
                self, "read", role=self.role.name, policy_arn=f"arn:{self.deployment.partition}:{READ_FOR_CONFIG}"
            ),
            Right(
                self,
                "deliver",
                name="Deliver",
                role=self.role,
                statements=statements,
                why="delivers configuration history and snapshots to the bucket",
            ),
        ]


class Recorder(Construct):
    """A region's recorder of just the types that rules judge. Everything that needs recording depends on `status`.

    Example: `Recorder(stack, "recorder", region="eu-west-1", recording=recording, types=["AWS::S3::Bucket"])`.
    """

    def __init__(self, scope: Construct, id: str, *, region: str, recording: Recording, types: Iterable[str]) -> None:
        super().__init__(scope, id)
        deployment = recording.deployment
        recorder = ConfigConfigurationRecorder(
            self,
            "Resource",
            region=region,
            name=deployment.name("recorder", NameKind.CONFIG_RECORDER),
            role_arn=recording.role.arn,
            recording_group=_recording_group(types),
            depends_on=recording.rights,
        )
        channel = ConfigDeliveryChannel(
            self,
            "channel",
            region=region,
            name=deployment.name("delivery-channel", NameKind.CONFIG_RECORDER),
            s3_bucket_name=recording.bucket.resource.bucket,
            s3_kms_key_arn=recording.key.arn,
            snapshot_delivery_properties=ConfigDeliveryChannelSnapshotDeliveryProperties(
                delivery_frequency="TwentyFour_Hours"
            ),
            depends_on=[recorder, recording.bucket.policy],
        )
        # Config refuses to start without a channel, and to lose the channel while it records.
        self.status = ConfigConfigurationRecorderStatus(
            self, "status", region=region, name=recorder.name, is_enabled=True, depends_on=[channel]
        )


def _recording_group(types: Iterable[str]) -> ConfigConfigurationRecorderRecordingGroup:
    recorded = sorted(set(types) - {ACCOUNT_TYPE})
    only = ConfigConfigurationRecorderRecordingGroupRecordingStrategy(use_only="INCLUSION_BY_RESOURCE_TYPES")
    return ConfigConfigurationRecorderRecordingGroup(
        all_supported=False, resource_types=recorded, recording_strategy=[only]
    )
