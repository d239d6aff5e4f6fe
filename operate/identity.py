"""Who runs a command, and with which credentials."""

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from handlers.common.model import principal
from handlers.common.runtime import clients
from handlers.common.runtime.clients import client
from operate.arguments import InputError
from settings.model import Settings


def identified(settings: Settings) -> str:
    """Returns the caller's ARN; raises InputError without credentials, or with those of another account."""
    try:
        found = client("sts", settings.home_region).get_caller_identity()
    except (BotoCoreError, ClientError) as error:
        raise InputError(f"no AWS credentials found: {error}; sign in with the account's credentials") from error
    if found["Account"] != settings.account_id:
        raise InputError(
            f"these are credentials of account {found['Account']}, and account_id is {settings.account_id}"
        )
    return str(found["Arn"])


def signed_in(settings: Settings) -> str:
    """Returns the same; from now on the handlers' own code works with these credentials, in the home region."""
    arn = identified(settings)
    boto3.setup_default_session(region_name=settings.home_region)
    clients.forget()
    return arn


def is_ours(arn: str, settings: Settings) -> bool:
    """Returns whether a caller is one of the system's own roles, whose names all end in the deployment's label."""
    name = principal.identity(arn).rpartition("/")[2]
    return ":assumed-role/" in arn and name.endswith(f"-{settings.deployment.label}")
