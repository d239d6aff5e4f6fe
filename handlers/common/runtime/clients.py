"""AWS clients with standard retries, and a user agent that names the compliance monitor in CloudTrail."""

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from handlers import __version__

if TYPE_CHECKING:
    from types_boto3_config import ConfigServiceClient
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_events import EventBridgeClient
    from types_boto3_s3 import S3Client
    from types_boto3_sns import SNSClient
    from types_boto3_sqs import SQSClient

# One stuck call must end within the shortest function, of 60 seconds: 5 x (2 + 5), and waits of 1 + 2 + 4 + 8 at most.
ATTEMPTS = 5
CONNECT_SECONDS = 2
READ_SECONDS = 5
SLOW_READ_SECONDS = 20
"""For an API that may think for long, in a function that has the time."""


def client(service: Any, region: str | None, read_seconds: int = READ_SECONDS) -> Any:
    """Returns a new client in a region; without one, in the default region of the environment."""
    config = Config(
        # botocore's max_attempts would not count the first.
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
        connect_timeout=CONNECT_SECONDS,
        read_timeout=read_seconds,
        user_agent_extra=f"compliance-monitor/{__version__}",
    )
    return boto3.client(service, region_name=region, config=config)


_client = cache(client)
"""Functions keep their clients from one invocation to the next."""


def forget() -> None:
    """Makes new clients from now on: whoever is signed in has changed."""
    _client.cache_clear()


def config_service(region: str | None = None, *, read_seconds: int = READ_SECONDS) -> "ConfigServiceClient":
    """AWS Config in a region; without one, in the function's own."""
    found: ConfigServiceClient = _client("config", region, read_seconds)
    return found


def dynamodb() -> "DynamoDBClient":
    """DynamoDB in the function's own region."""
    found: DynamoDBClient = _client("dynamodb", None)
    return found


def events() -> "EventBridgeClient":
    """EventBridge in the function's own region."""
    found: EventBridgeClient = _client("events", None)
    return found


def rds(region: str) -> Any:
    """RDS in a region."""
    return _client("rds", region)


def s3(region: str | None = None) -> "S3Client":
    """S3 in a region; without one, in the function's own."""
    found: S3Client = _client("s3", region)
    return found


def sns() -> "SNSClient":
    """SNS in the function's own region."""
    found: SNSClient = _client("sns", None)
    return found


def sqs() -> "SQSClient":
    """SQS in the function's own region."""
    found: SQSClient = _client("sqs", None)
    return found


def ssm() -> Any:
    """Systems Manager in the function's own region."""
    return _client("ssm", None)


def call(service: str, operation: str, region: str, parameters: Mapping[str, Any]) -> None:
    """Makes a call that is known as data: the one that a plan lists, and no other."""
    getattr(_client(service, region), operation)(**parameters)
