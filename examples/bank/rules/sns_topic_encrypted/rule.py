"""SNS topics are encrypted with a KMS key."""

from pathlib import Path

from compliance_monitor.handlers.common.model.rule import Category, Guard, RequiredField, Rule, Severity

RULE = Rule(
    name="sns-topic-encrypted",
    title="SNS topic is not encrypted",
    titles={
        "de": "SNS-Thema ist nicht verschlüsselt",
        "fr": "La rubrique SNS n’est pas chiffrée",
        "nl": "SNS-onderwerp is niet versleuteld",
    },
    description="SNS topics are encrypted with a KMS key.",
    severity=Severity.MEDIUM,
    category=Category.ENCRYPTION,
    controls=("NIST-800-53-r5/SC-28",),
    how_to_fix="Set the topic's KMS key.",
    source=Guard(
        policy=Path(__file__).with_name("policy.guard"),
        needs={"AWS::SNS::Topic": RequiredField("configuration.KmsMasterKeyId", str)},
    ),
)
