"""S3 buckets encrypt new objects with KMS by default."""

from collections.abc import Mapping
from pathlib import Path

from handlers.common.model import guard
from handlers.common.model.criteria import Criteria
from handlers.common.model.rule import Category, Guard, RequiredField, Rule, Severity
from handlers.rules.s3_bucket_default_encryption_kms import keys
from handlers.rules.s3_bucket_default_encryption_kms.remediation import KMS_ALGORITHMS, EncryptBucket


def policy_values(criteria: Criteria) -> Mapping[str, str]:
    """Returns the algorithms, and the conditions on the bucket's key."""
    given = criteria["keys"]
    # The system's own buckets use its own key.
    allowed = given if isinstance(given, str) or not criteria.own_key else (*given, criteria.own_key)
    return {
        "algorithms": guard.one_of(map(guard.text, KMS_ALGORITHMS)),
        "key_clause": "\n        ".join(keys.clauses(allowed, criteria.account_id)),
    }


RULE = Rule(
    name="s3-bucket-default-encryption-kms",
    title="S3 bucket is not encrypted with KMS by default",
    titles={
        "de": "S3-Bucket wird nicht standardmäßig mit KMS verschlüsselt",
        "fr": "Le bucket S3 n’est pas chiffré par défaut avec KMS",
        "nl": "S3-bucket wordt niet standaard met KMS versleuteld",
    },
    description="S3 buckets encrypt new objects with KMS by default, with a key that the rule's keys allow.",
    severity=Severity.HIGH,
    category=Category.ENCRYPTION,
    controls=("NIST-800-53-r5/SC-28", "AWS-SecurityHub/S3.17"),
    how_to_fix="Set the bucket's default encryption to SSE-KMS (with a key that the rule's keys allow) "
    "and enable the bucket key. Writers then need kms:GenerateDataKey on that key. Existing objects keep their "
    "encryption. Do not do this for a bucket with log delivery: load balancers need SSE-S3, other services SSE-S3 or a "
    "customer managed key whose policy permits it. Have the finding waived, or deliver logs into another bucket.",
    source=Guard(
        policy=Path(__file__).with_name("policy.guard"),
        values=policy_values,
        needs={"AWS::S3::Bucket": RequiredField("supplementaryConfiguration", dict)},
    ),
    remediation=EncryptBucket(),
)
