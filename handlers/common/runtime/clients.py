"""AWS clients, made once per function and region: standard retries, and a user agent that names us in CloudTrail."""

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


@cache
def _client(service: Any, region: str | None, read_seconds: int = READ_SECONDS) -> Any:
    config = Config(
        # botocore's max_attempts would not count the first.
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
        connect_timeout=CONNECT_SECONDS,
        read_timeout=read_seconds,
        user_agent_extra=f"compliance-monitor/{__version__}",
    )
    return boto3.client(service, region_name=region, config=config)


def forget() -> None:
    """Makes new clients from now on: whoever is signed in has changed."""
    _client.cache_clear()


def config_service(region: str | None = None, *, read_seconds: int = READ_SECONDS) -> "ConfigServiceClient":
    """AWS Config in a region; without one, in the function's own."""
    client: ConfigServiceClient = _client("config", region, read_seconds)
    return client


def dynamodb() -> "DynamoDBClient":
    """DynamoDB in the function's own region."""
    client: DynamoDBClient = _client("dynamodb", None)
    return client


def events() -> "EventBridgeClient":
    """EventBridge in the function's own region."""
    client: EventBridgeClient = _client("events", None)
    return client


def rds(region: str) -> Any:
    """RDS in a region."""
    return _client("rds", region)


def s3(region: str | None = None) -> "S3Client":
    """S3 in a region; without one, in the function's own."""
    client: S3Client = _client("s3", region)
    return client


def sns() -> "SNSClient":
    """SNS in the function's own region."""
    client: SNSClient = _client("sns", None)
    return client


def sqs() -> "SQSClient":
    """SQS in the function's own region."""
    client: SQSClient = _client("sqs", None)
    return client


def ssm() -> Any:
    """Systems Manager in the function's own region."""
    return _client("ssm", None)


def call(service: str, operation: str, region: str, parameters: Mapping[str, Any]) -> None:
    """Makes a call that is known as data: the one that a plan lists, and no other."""
    getattr(_client(service, region), operation)(**parameters)
