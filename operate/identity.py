"""Identity of the caller, from the AWS credentials."""

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from handlers.common.model import principal
from handlers.common.runtime import clients
from handlers.common.runtime.clients import client
from operate.arguments import InputError
from settings.model import Settings


def identified(settings: Settings) -> str:
    """Returns the caller's ARN; raises InputError without credentials of the environment's account."""
    try:
        identity = client("sts", settings.home_region).get_caller_identity()
    except (BotoCoreError, ClientError) as error:
        raise InputError(f"no AWS credentials found: {error}; sign in with the account's credentials") from error
    if identity["Account"] != settings.account_id:
        raise InputError(f"the credentials are for account {identity['Account']}, account_id is {settings.account_id}")
    return str(identity["Arn"])


def signed_in(settings: Settings) -> str:
    """Returns the caller's ARN, and makes the handlers' clients use these credentials in the home region."""
    arn = identified(settings)
    boto3.setup_default_session(region_name=settings.home_region)
    clients.forget()
    return arn


def is_ours(arn: str, settings: Settings) -> bool:
    """Returns whether a caller is a role of the deployment, by the suffix of its name."""
    name = principal.identity(arn).rpartition("/")[2]
    return ":assumed-role/" in arn and name.endswith(f"-{settings.deployment.label}")
