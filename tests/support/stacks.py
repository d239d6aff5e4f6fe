"""Small stacks, written as cdktf writes them."""

import json
from pathlib import Path
from typing import Any

TRUST = '{"Statement":[],"Version":"2012-10-17"}'


def stack(folder: Path, **resources: Any) -> Path:
    """Returns a stack of `type__name=arguments`."""
    provider = {"region": "eu-west-1", "default_tags": [{"tags": {"Owner": "x"}}]}
    document: dict[str, Any] = {"provider": {"aws": [provider]}, "resource": {}}
    for address, arguments in resources.items():
        resource_type, _, name = address.partition("__")
        document["resource"].setdefault(resource_type, {})[name] = arguments
    (folder / "cdk.tf.json").write_text(json.dumps(document))
    return folder


def role(name: str = "role", **more: Any) -> dict[str, Any]:
    return {"name": name, "assume_role_policy": TRUST, **more}


def right(role_name: str, action: str = "s3:GetObject") -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": [action], "Resource": ["arn:aws:s3:::b/*"]}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    return {"name": "Read", "role": role_name, "policy": json.dumps(document)}
