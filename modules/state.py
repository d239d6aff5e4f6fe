"""Where Terraform keeps a stack's state."""

from cdktf import S3Backend, TerraformStack

from modules.settings import Settings

TERRAFORM = ">= 1.11.0"


def keep_state(stack: TerraformStack, settings: Settings) -> None:
    """Keeps it in the environment's state bucket, sealed, with a lock file beside it."""
    S3Backend(
        stack,
        bucket=settings.state.bucket,
        key=f"{settings.stack_name}-{settings.environment_suffix}/terraform.tfstate",
        region=settings.home_region,
        encrypt=True,
        kms_key_id=settings.state.kms_key,
    )
    # cdktf 0.21 has no argument for either.
    stack.add_override("terraform.backend.s3.use_lockfile", True)
    stack.add_override("terraform.required_version", TERRAFORM)
