"""SQS queues are encrypted."""

from collections.abc import Mapping
from pathlib import Path

from handlers.rules.sqs_queue_encrypted.remediation import EncryptQueue

from handlers.common.model import guard
from handlers.common.model.criteria import Criteria
from handlers.common.model.rule import Category, Guard, RequiredField, Rule, Severity
from handlers.common.model.setting import Setting, Texts


def policy_values(criteria: Criteria) -> Mapping[str, str]:
    """Returns the accepted keys."""
    return {"kms_keys": guard.one_of(map(guard.text, criteria["kms_keys"]))}


RULE = Rule(
    name="sqs-queue-encrypted",
    title="SQS queue is not encrypted",
    titles={
        "de": "SQS-Warteschlange ist nicht verschlüsselt",
        "fr": "La file SQS n’est pas chiffrée",
        "nl": "SQS-wachtrij is niet versleuteld",
    },
    description="SQS queues are encrypted at rest.",
    severity=Severity.MEDIUM,
    category=Category.ENCRYPTION,
    controls=("NIST-800-53-r5/SC-28",),
    how_to_fix="Turn on SSE-SQS for the queue.",
    source=Guard(
        policy=Path(__file__).with_name("policy.guard"),
        needs={"AWS::SQS::Queue": RequiredField("configuration.SqsManagedSseEnabled", bool)},
        settings=(
            Setting(
                name="kms_keys",
                description="KMS keys that are accepted in place of SQS's own",
                form=Texts("^alias/[a-z-]+$", "alias/NAME", "not an alias"),
                default=("alias/bank",),
            ),
        ),
        values=policy_values,
    ),
    remediation=EncryptQueue(),
)
