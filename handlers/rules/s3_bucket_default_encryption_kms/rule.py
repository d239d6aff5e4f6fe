"""S3 buckets encrypt new objects with KMS by default."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from handlers.common.model import guard, kms_key
from handlers.common.model.criteria import Criteria
from handlers.common.model.rule import Category, Guard, RequiredField, Rule, Severity
from handlers.common.model.setting import Monitored, Setting, SettingProblem, Texts, Word
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


def problems(criteria: Criteria, monitored: Monitored) -> Iterator[SettingProblem]:
    """Yields a key of one account for an organization, keys outside the monitored regions, and regions without a key.

    In an organization all accounts have the same policy. In a region without a key no bucket can be compliant.
    """
    allowed, regions = criteria["keys"], monitored.regions
    if isinstance(allowed, str):
        if monitored.organization and allowed == keys.ACCOUNT:
            remedy = f"{keys.ANY}, {keys.CUSTOMER}, or a list of ARNs of keys and aliases"
            what = 'applies to one account, but aggregator is "organization"'
            yield SettingProblem(("keys",), allowed, what, remedy)
        return
    listed = [arn.split(":")[3] for arn in allowed]
    for number, region in enumerate(listed):
        if region not in regions:
            what = f"in {region}, which is not monitored"
            yield SettingProblem(("keys", number), allowed[number], what, ", ".join(regions))
    missing = [] if any(map(keys.is_managed, allowed)) else [each for each in regions if each not in listed]
    if missing:
        yield SettingProblem(
            ("keys",), None, f"no key in {', '.join(missing)}", "at least one in each monitored region"
        )


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
        needs={"AWS::S3::Bucket": RequiredField("supplementaryConfiguration", dict)},
        settings=(
            Setting(
                name="keys",
                description="KMS keys allowed for bucket encryption: any key, a customer managed key, a customer "
                "managed key of this account, or the listed keys",
                form=Word(
                    (keys.ANY, keys.CUSTOMER, keys.ACCOUNT),
                    Texts(
                        f"^{kms_key.ARN}({kms_key.KEY}|{kms_key.ALIAS})$",
                        "arn:aws:kms:REGION:ACCOUNT:key/UUID or …:alias/NAME",
                        "not the ARN of a KMS key or alias",
                    ),
                ),
                default=keys.ANY,
            ),
        ),
        values=policy_values,
        problems=problems,
    ),
    remediation=EncryptBucket(),
)
