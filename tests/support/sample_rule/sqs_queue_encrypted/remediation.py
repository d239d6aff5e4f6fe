"""Turns on SSE-SQS, with keys that SQS manages."""

import re

from botocore.exceptions import ClientError

from handlers.common.model.permission import Permission
from handlers.common.model.remediation import Call, Document, NotRemediableError, Remediation, Target
from handlers.common.runtime import clients

QUEUES = "arn:{partition}:sqs:{region}:{account}:{name}"
MANAGED = "SqsManagedSseEnabled"


class EncryptQueue(Remediation):
    """Turns on SSE-SQS of a queue."""

    name = "sqs-encryption"
    effect = "turns on SSE-SQS for the queue"
    scope_pattern = re.compile(r"[A-Za-z0-9_-]{1,80}(\.fifo)?")
    scope_description = "the name of an SQS queue"
    reads = (Permission("ReadQueues", ("sqs:GetQueueAttributes", "sqs:GetQueueUrl"), QUEUES, "reads the state"),)
    writes = (Permission("EncryptQueues", ("sqs:SetQueueAttributes",), QUEUES, "turns on the encryption"),)

    def name_of(self, resource_type: str, resource_id: str, recorded_name: str | None) -> str | None:
        """Returns the name of the queue; AWS Config's id is its URL."""
        return resource_id.rpartition("/")[2]

    def find(self, region: str, name: str) -> str | None:
        """Returns the URL of a queue."""
        try:
            url: str = clients.in_region("sqs", region).get_queue_url(QueueName=name)["QueueUrl"]
        except ClientError as error:
            if error.response["Error"]["Code"].endswith("NonExistentQueue"):
                return None
            raise
        return url

    def read(self, target: Target) -> Document:
        """Returns {"SqsManagedSseEnabled": bool}."""
        try:
            answer = clients.in_region("sqs", target.region).get_queue_attributes(
                QueueUrl=target.resource_id, AttributeNames=[MANAGED]
            )
        except ClientError as error:
            if error.response["Error"]["Code"].endswith("NonExistentQueue"):
                raise NotRemediableError(f"{target.name} no longer exists") from error
            raise
        return {MANAGED: answer.get("Attributes", {}).get(MANAGED) == "true"}

    def desired(self, state: Document, target: Target, parameters: Document) -> Document:
        """Returns the state with SSE-SQS."""
        return {MANAGED: True}

    def calls(self, before: Document, after: Document, target: Target) -> list[Call]:
        """Returns the call that turns SSE-SQS on or off."""
        attributes = {MANAGED: str(after[MANAGED]).lower()}
        return [Call("sqs", "set_queue_attributes", {"QueueUrl": target.resource_id, "Attributes": attributes})]

    def risk(self, before: Document, after: Document) -> str:
        """Returns the effects of the change."""
        return "Messages are encrypted from now on. Senders and receivers need no further permission."
