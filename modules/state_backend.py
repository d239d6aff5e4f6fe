"""S3 backend of Terraform's state, and the stack of its bucket and key."""

from cdktf import LocalBackend, S3Backend, TerraformOutput, TerraformStack
from cdktf_cdktf_provider_aws.kms_alias import KmsAlias
from cdktf_cdktf_provider_aws.kms_key import KmsKey
from cdktf_cdktf_provider_aws.provider import AwsProvider, AwsProviderDefaultTags
from constructs import Construct

from modules.resources import iam as policy
from modules.resources.kms import administered_by_iam
from modules.resources.s3 import EncryptedBucket, noncurrent_expiry
from settings.deployment import TERRAFORM
from settings.model import Settings

NONCURRENT_STATES_DAYS = 90


def configure_backend(stack: TerraformStack, settings: Settings) -> None:
    """Sets the backend to the environment's state bucket, encrypted, with a lock file."""
    S3Backend(
        stack,
        bucket=settings.state.bucket,
        key=settings.state_key,
        region=settings.home_region,
        encrypt=True,
        kms_key_id=settings.state.kms_key,
    )
    # cdktf 0.21 has no argument for either.
    stack.add_override("terraform.backend.s3.use_lockfile", True)
    stack.add_override("terraform.required_version", TERRAFORM)


class StateStack(TerraformStack):
    """The bucket and key of an environment's states; its own state is a file beside cdktf.json.

    If `[state] kms_key` is the ARN of an existing key, no key is created.
    """

    def __init__(self, scope: Construct, settings: Settings) -> None:
        super().__init__(scope, settings.state_stack_name)
        # Relative to cdktf.out/stacks/<name>, which may be deleted at any time.
        LocalBackend(self, path=f"../../../{settings.state_stack_name}.tfstate")
        self.add_override("terraform.required_version", TERRAFORM)
        AwsProvider(
            self,
            "aws",
            region=settings.home_region,
            allowed_account_ids=[settings.account_id],
            default_tags=[AwsProviderDefaultTags(tags=settings.tags)],
        )
        key = settings.state.kms_key
        key_arn = self._key(settings) if key.startswith("alias/") else key
        bucket = EncryptedBucket(
            self,
            "bucket",
            name=settings.state.bucket,
            partition=settings.deployment.partition,
            key_arn=key_arn,
            rules=[noncurrent_expiry("former-states", NONCURRENT_STATES_DAYS)],
        )
        for name, value in {"state_bucket": bucket.name, "state_key_arn": key_arn}.items():
            TerraformOutput(self, name, value=value)

    def _key(self, settings: Settings) -> str:
        key = KmsKey(
            self,
            "key",
            description=f"Encrypts Terraform's state in {settings.state.bucket}",
            enable_key_rotation=True,
            deletion_window_in_days=30,
            policy=policy.document([administered_by_iam(settings.deployment)]),
        )
        KmsAlias(self, "alias", name=settings.state.kms_key, target_key_id=key.key_id)
        arn: str = key.arn
        return arn
