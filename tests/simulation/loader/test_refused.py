"""What the provider would deploy and AWS would then not do as meant is refused when the stack is loaded."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from simulation.cloud import Cloud
from simulation.loader.functions import LogLevelError
from simulation.loader.place import StackError


def changed(stack: Path, folder: Path, kind: str, change: Any) -> Path:
    """A copy of the stack with every resource of a type changed."""
    shutil.copytree(stack, folder)
    file = folder / "cdk.tf.json"
    document = json.loads(file.read_text())
    for arguments in document["resource"][kind].values():
        change(arguments)
    file.write_text(json.dumps(document))
    return folder


def test_a_log_level_at_which_metrics_are_dropped(cloud: Cloud, stacks: dict[str, Path], tmp_path: Path) -> None:
    def silence(arguments: Any) -> None:
        arguments["logging_config"]["application_log_level"] = "WARN"

    stack = changed(stacks["dev"], tmp_path / "stack", "aws_lambda_function", silence)
    with pytest.raises(LogLevelError, match="would drop its metrics at the log level WARN"):
        cloud.deploy(stack)


def test_a_bucket_whose_plan_would_never_be_empty(cloud: Cloud, stacks: dict[str, Path], tmp_path: Path) -> None:
    def forget(arguments: Any) -> None:
        for rule in arguments["rule"]:
            del rule["blocked_encryption_types"]

    kind = "aws_s3_bucket_server_side_encryption_configuration"
    with pytest.raises(StackError, match="S3 blocks SSE-C of new buckets"):
        cloud.deploy(changed(stacks["dev"], tmp_path / "stack", kind, forget))
