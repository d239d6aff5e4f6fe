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

# A call without answer must end within the shortest timeout, 60 seconds: 5 x (2 + 5), and pauses up to 1 + 2 + 4 + 8.
ATTEMPTS = 5
CONNECT_SECONDS = 2
READ_SECONDS = 5
SLOW_READ_SECONDS = 20
"""Read timeout for slow APIs, in functions with a longer timeout."""


def client(service: Any, region: str | None, read_seconds: int = READ_SECONDS) -> Any:
    """Returns a new client in a region; without one, in the default region of the environment."""
    config = Config(
        # botocore's max_attempts does not count the first attempt.
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
        connect_timeout=CONNECT_SECONDS,
        read_timeout=read_seconds,
        user_agent_extra=f"compliance-monitor/{__version__}",
    )
    return boto3.client(service, region_name=region, config=config)


_client = cache(client)
"""Clients are reused by later invocations."""


def forget() -> None:
    """Discards the cached clients, because the credentials have changed."""
    _client.cache_clear()


def in_region(service: str, region: str) -> Any:
    """Returns the client of a service in a region, by its name in boto3, for remediations."""
    return _client(service, region)


def config_service(region: str | None = None, *, read_seconds: int = READ_SECONDS) -> "ConfigServiceClient":
    """Returns the client of AWS Config in a region; by default in the function's own."""
    client: ConfigServiceClient = _client("config", region, read_seconds)
    return client


def dynamodb() -> "DynamoDBClient":
    """Returns the client of DynamoDB in the function's own region."""
    client: DynamoDBClient = _client("dynamodb", None)
    return client


def events() -> "EventBridgeClient":
    """Returns the client of EventBridge in the function's own region."""
    client: EventBridgeClient = _client("events", None)
    return client


def s3(region: str | None = None) -> "S3Client":
    """Returns the client of S3 in a region; by default in the function's own."""
    client: S3Client = _client("s3", region)
    return client


def sns() -> "SNSClient":
    """Returns the client of SNS in the function's own region."""
    client: SNSClient = _client("sns", None)
    return client


def sqs() -> "SQSClient":
    """Returns the client of SQS in the function's own region."""
    client: SQSClient = _client("sqs", None)
    return client


def ssm() -> Any:
    """Returns the client of Systems Manager in the function's own region."""
    return _client("ssm", None)


def call(service: str, operation: str, region: str, parameters: Mapping[str, Any]) -> None:
    """Makes an API call given as data, as a plan lists it."""
    getattr(in_region(service, region), operation)(**parameters)
