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


@cache
def _client(service: Any, region: str | None) -> Any:
    config = Config(
        retries={"mode": "standard", "max_attempts": 5},
        connect_timeout=5,
        read_timeout=20,
        user_agent_extra=f"compliance-monitor/{__version__}",
    )
    return boto3.client(service, region_name=region, config=config)


def forget() -> None:
    """Makes new clients from now on: whoever is signed in has changed."""
    _client.cache_clear()


def config_service(region: str | None = None) -> "ConfigServiceClient":
    """AWS Config in a region; without one, in the function's own."""
    client: ConfigServiceClient = _client("config", region)
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


def carry_out(service: str, operation: str, region: str, parameters: Mapping[str, Any]) -> None:
    """Makes a call that is known as data: the one that a plan lists, and no other."""
    getattr(_client(service, region), operation)(**parameters)
