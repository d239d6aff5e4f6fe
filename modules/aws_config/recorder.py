"""AWS Config recorders, their recording groups and their delivery channels."""

from collections.abc import Sequence

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
from constructs import Construct

from modules.resources import iam as policy
from modules.resources.arguments import require
from modules.resources.kms import EncryptionKey
from modules.resources.s3 import Bucket
from settings.deployment import Deployment
from settings.recording import CONFIG, role_arn
from settings.resource_names import NameKind


class RecorderDelivery(Construct):
    """What the recorders of all regions share: the delivery bucket, its key, and AWS Config's permission to deliver.

    Example: `RecorderDelivery(stack, "recording", deployment=deployment, key=key, bucket=bucket)`.
    """

    def __init__(
        self, scope: Construct, id: str, *, deployment: Deployment, key: EncryptionKey, bucket: Bucket
    ) -> None:
        super().__init__(scope, id)
        self.deployment = deployment
        self.key = key
        self.bucket = bucket
        self._allow_delivery()

    def _allow_delivery(self) -> None:
        """Allows the service principal of AWS Config, whose service-linked role has no permission on any bucket."""
        from_account = policy.of_account(self.deployment.account_id)
        bucket_owner = {"s3:x-amz-acl": "bucket-owner-full-control"}
        self.bucket.allow(
            [
                policy.allow(
                    "FindBucket",
                    ["s3:GetBucketAcl", "s3:ListBucket"],
                    [self.bucket.arn],
                    service=CONFIG,
                    conditions=from_account,
                ),
                policy.allow(
                    "Deliver",
                    ["s3:PutObject"],
                    [f"{self.bucket.arn}/AWSLogs/{self.deployment.account_id}/Config/*"],
                    service=CONFIG,
                    conditions={"StringEquals": {**from_account["StringEquals"], **bucket_owner}},
                ),
            ]
        )


class ConfigRecorder(Construct):
    """A region's recorder of `types`, or of all types if None.

    AWS Config refuses rules in a region without a recorder: pass its `status` to `Rules`, as `after=[recorder.status]`.

    Example: `ConfigRecorder(stack, "recorder", region="eu-west-1", recording=recording, types=["AWS::S3::Bucket"])`.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        region: str,
        recording: RecorderDelivery,
        types: Sequence[str] | None,
        global_types: bool = False,
    ) -> None:
        super().__init__(scope, id)
        require(types is None or bool(types), f"{id}: types", types, "at least one type, or None for all")
        deployment = recording.deployment
        recorder = ConfigConfigurationRecorder(
            self,
            "Resource",
            region=region,
            name=deployment.name("recorder", NameKind.CONFIG_RECORDER),
            role_arn=role_arn(deployment),
            recording_group=_of_all(global_types) if types is None else _of_types(types),
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
        # AWS Config neither starts a recorder without a channel nor deletes the channel of a running recorder.
        self.status = ConfigConfigurationRecorderStatus(
            self, "status", region=region, name=recorder.name, is_enabled=True, depends_on=[channel]
        )


def _of_types(types: Sequence[str]) -> ConfigConfigurationRecorderRecordingGroup:
    return ConfigConfigurationRecorderRecordingGroup(
        all_supported=False, resource_types=list(types), recording_strategy=[_strategy("INCLUSION_BY_RESOURCE_TYPES")]
    )


def _of_all(global_types: bool) -> ConfigConfigurationRecorderRecordingGroup:
    return ConfigConfigurationRecorderRecordingGroup(
        all_supported=True,
        include_global_resource_types=global_types,
        recording_strategy=[_strategy("ALL_SUPPORTED_RESOURCE_TYPES")],
    )


def _strategy(name: str) -> ConfigConfigurationRecorderRecordingGroupRecordingStrategy:
    return ConfigConfigurationRecorderRecordingGroupRecordingStrategy(use_only=name)
