"""Clients with the operator's own credentials."""

from typing import Any

import boto3
from botocore.config import Config


def client(service: Any, region: str) -> Any:
    """Returns a client in a region, which does not wait long."""
    retries: Any = {"mode": "standard", "max_attempts": 3}
    return boto3.client(service, region, config=Config(retries=retries, connect_timeout=5, read_timeout=15))
