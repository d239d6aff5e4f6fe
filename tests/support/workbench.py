"""A stack for one construct, and what constructs need from others, each created when a test asks for it."""

import json
from functools import cached_property
from typing import Any

from cdktf import TerraformStack, Testing

from handlers.common.runtime.environment import FunctionEnvironment
from modules.resources.kms import EncryptionKey
from modules.resources.lambda_archive import ROOT, Code
from modules.resources.lambda_function import Function, FunctionContext
from modules.resources.s3 import Bucket
from modules.resources.sns import Topic
from modules.resources.sqs import DeadLetterQueue
from settings.deployment import Deployment
from tests.support.resources import Document, of_type


class Workbench:
    """`one` and `all` read the synthesized JSON, as `Testing.synth` writes it."""

    def __init__(self) -> None:
        self.stack = TerraformStack(Testing.app(), "stack")
        self.deployment = Deployment("dev", "ew1", "111122223333", "eu-west-1")

    @cached_property
    def key(self) -> EncryptionKey:
        return EncryptionKey(self.stack, "key", deployment=self.deployment)

    @cached_property
    def bucket(self) -> Bucket:
        return Bucket(self.stack, "bucket", deployment=self.deployment, key=self.key, resource_type="documents")

    @cached_property
    def dead_letter_queue(self) -> DeadLetterQueue:
        return DeadLetterQueue(self.stack, "failures", deployment=self.deployment)

    @cached_property
    def context(self) -> FunctionContext:
        named: dict[str, Any] = {"resource_type": "alerts-operations", "addresses": ["operations@example.com"]}
        operations = Topic(self.stack, "operations", deployment=self.deployment, key=self.key, **named)
        return FunctionContext(
            deployment=self.deployment,
            key=self.key,
            dead_letter_queue=self.dead_letter_queue,
            operations=operations,
        )

    @cached_property
    def function(self) -> Function:
        return self.make_function("tidy")

    def make_function(self, id: str, **changes: Any) -> Function:
        given: dict[str, Any] = {
            "context": self.context,
            "code": Code("handlers.tidy.app.handler", ("handlers",), root=ROOT / "examples" / "own_app"),
            "environment": FunctionEnvironment(environment="dev", environment_suffix="ew1"),
            "timeout_seconds": 60,
            "memory_mb": 256,
        }
        return Function(self.stack, id, **given | changes)

    def synthesized(self) -> Document:
        found: Document = json.loads(Testing.synth(self.stack))
        return found

    def all(self, resource_type: str) -> list[Document]:
        document = self.synthesized()
        return list(of_type(document, resource_type).values()) if "resource" in document else []

    def one(self, resource_type: str) -> Document:
        [found] = self.all(resource_type)
        return found

    def granted(self) -> dict[str, Document]:
        """Returns the only statement of each inline policy, by the policy's name."""
        policies = self.all("aws_iam_role_policy")
        found = {}
        for each in policies:
            [found[each["name"]]] = json.loads(each["policy"])["Statement"]
        return found


def statements(policy: str) -> dict[str, Document]:
    """Returns a policy's statements, by their ids."""
    return {each["Sid"]: each for each in json.loads(policy)["Statement"]}
