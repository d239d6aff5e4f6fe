"""S3 buckets encrypt new objects with KMS by default; the remediation sets that default, and leaves objects alone.

Without a list of allowed keys it sets the AWS managed key aws/s3, never this system's own key: destroying the system
would schedule that key for deletion, and the client's objects with it.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from botocore.exceptions import ClientError

from handlers.common import clients, guard
from handlers.common.permission import Permission
from handlers.common.remediation import Call, Document, NotRemediableError, Remediation, RuleSettings, Target
from handlers.common.rule import Category, Guard, Need, Rule, Severity

KMS_ALGORITHMS = ("aws:kms", "aws:kms:dsse")

MANAGED_ALIAS = "alias/aws/s3"
"""The AWS managed key's, with which S3 encrypts where a bucket names no key."""


def policy_values(settings: RuleSettings) -> Mapping[str, str]:
    """Without allowed keys any KMS key will do, the AWS managed one included."""
    return {
        "algorithms": guard.one_of(map(guard.text, KMS_ALGORITHMS)),
        "key_clause": "\n        ".join(_key_clause(settings.allowed_kms_keys)),
    }


def _key_clause(allowed_keys: tuple[str, ...]) -> list[str]:
    if not allowed_keys:
        return []
    named = f"kmsMasterKeyID in {guard.one_of(map(guard.text, accepted_forms(allowed_keys)))}"
    if not any(map(is_managed, allowed_keys)):
        return ["kmsMasterKeyID !is_list", named]
    return [
        "kmsMasterKeyID not exists or kmsMasterKeyID !is_list",
        f'kmsMasterKeyID not exists or kmsMasterKeyID in [null, "null", ""] or {named}',
    ]


def is_managed(key: str) -> bool:
    """Whether a key, in the form of an alias or its ARN, is the AWS managed key aws/s3."""
    return key.rpartition(":")[2] == MANAGED_ALIAS


def accepted_forms(allowed_keys: Iterable[str]) -> list[str]:
    """Each allowed key or alias ARN and its short form: S3 keeps the form that the bucket's owner once wrote.

    The system's own key is a reference that Terraform resolves later: it has one form only, and its buckets use that.
    """
    return [form for arn in allowed_keys for form in dict.fromkeys((arn, arn.rpartition(":")[2].removeprefix("key/")))]


def parameters(settings: RuleSettings) -> Document:
    """What the remediation must know of the settings: {"allowed_kms_keys": [ARN, …]}."""
    return {"allowed_kms_keys": list(settings.allowed_kms_keys)}


def read(target: Target) -> Document:
    """The bucket's encryption rule as S3 answers it; empty for a bucket from the time before default encryption."""
    try:
        answer = clients.s3(target.region).get_bucket_encryption(Bucket=target.name)
    except ClientError as error:
        if error.response["Error"]["Code"] == "ServerSideEncryptionConfigurationNotFoundError":
            return {}
        if error.response["Error"]["Code"] == "NoSuchBucket":
            raise NotRemediableError(f"the bucket {target.name} does not exist any more") from error
        raise
    rules = answer["ServerSideEncryptionConfiguration"]["Rules"]
    return dict(rules[0]) if rules else {}


def wanted(state: Document, target: Target, parameters: Document) -> Document:
    """The same rule with KMS and the bucket key on; what else the rule says (blocked encryption types) stays."""
    allowed: list[str] = parameters["allowed_kms_keys"]
    default = state.get("ApplyServerSideEncryptionByDefault", {})
    key = default.get("KMSMasterKeyID") or MANAGED_ALIAS
    if default.get("SSEAlgorithm") in KMS_ALGORITHMS and (not allowed or key in accepted_forms(allowed)):
        return state
    sealing = {"SSEAlgorithm": "aws:kms"} | _key_for(target.region, allowed)
    return state | {"ApplyServerSideEncryptionByDefault": sealing, "BucketKeyEnabled": True}


def _key_for(region: str, allowed: list[str]) -> dict[str, str]:
    if not allowed:
        return {}
    for arn in allowed:
        if arn.split(":")[3] == region:
            return {} if is_managed(arn) else {"KMSMasterKeyID": arn}
    raise NotRemediableError(
        f"allowed_kms_keys has no key in {region}, where the bucket is: add one, or move the bucket"
    )


def calls(_before: Document, after: Document, target: Target) -> list[Call]:
    """Writes the encryption rule; no rule is what S3 had before it encrypted by default."""
    if not after:
        return [Call("s3", "delete_bucket_encryption", {"Bucket": target.name})]
    configuration = {"Bucket": target.name, "ServerSideEncryptionConfiguration": {"Rules": [after]}}
    return [Call("s3", "put_bucket_encryption", configuration)]


def risk(_before: Document, after: Document) -> str:
    """Who writes without a right to the key is refused from then on."""
    default = after.get("ApplyServerSideEncryptionByDefault", {})
    if default.get("SSEAlgorithm") not in KMS_ALGORITHMS:
        return "New objects are not encrypted with KMS any more. Objects that are there keep their encryption."
    key = default.get("KMSMasterKeyID", "the AWS managed key aws/s3")
    return (
        f"Who writes new objects needs kms:GenerateDataKey on {key}, who reads them kms:Decrypt; without it they are "
        "refused, other accounts for certain where the key is AWS's own. Objects that are there stay as they are."
    )


BUCKETS = "arn:{partition}:s3:::{name}"

RULE = Rule(
    name="s3-bucket-default-encryption-kms",
    title="S3 bucket is not encrypted with KMS by default",
    titles={
        "de": "S3-Bucket wird nicht standardmäßig mit KMS verschlüsselt",
        "fr": "Le bucket S3 n’est pas chiffré par défaut avec KMS",
        "nl": "S3-bucket wordt niet standaard met KMS versleuteld",
    },
    description="S3 buckets encrypt new objects with KMS by default, with an allowed key where keys are listed.",
    severity=Severity.HIGH,
    category=Category.ENCRYPTION,
    controls=("NIST-800-53-r5/SC-28", "AWS-SecurityHub/S3.17"),
    how_to_fix="Set the bucket's default encryption to SSE-KMS (with an allowed key where the environment lists keys) "
    "and turn the bucket key on. Writers then need kms:GenerateDataKey on that key. Objects already there keep theirs.",
    source=Guard(
        policy=Path(__file__).with_suffix(".guard"),
        values=policy_values,
        needs={"AWS::S3::Bucket": Need("supplementaryConfiguration", dict)},
    ),
    remediation=Remediation(
        name="s3-encryption",
        effect="sets the bucket's default encryption to SSE-KMS with the bucket key on",
        scope_pattern=re.compile(r"(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"),
        scope_description="an S3 bucket name (3-63 lower-case letters, digits, dots and hyphens)",
        reads=(
            Permission("ReadBucketEncryption", ("s3:GetEncryptionConfiguration",), BUCKETS, "looks before it acts"),
        ),
        writes=(Permission("WriteBucketEncryption", ("s3:PutEncryptionConfiguration",), BUCKETS, "sets the default"),),
        parameters=parameters,
        read=read,
        wanted=wanted,
        calls=calls,
        risk=risk,
    ),
)
