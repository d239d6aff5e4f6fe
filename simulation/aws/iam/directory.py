"""A directory of the simulated resources for IAM: the ARN of a name, and its encryption key."""

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from moto.config.models import config_backends
from moto.dynamodb.models import dynamodb_backends
from moto.ec2.models import ec2_backends
from moto.events.models import events_backends
from moto.iam.models import ManagedPolicy, iam_backends
from moto.kms.models import kms_backends
from moto.s3.models import s3_backends
from moto.sns.models import sns_backends


@dataclass(frozen=True)
class Directory:
    """One account, looked up without permission checks. A missing resource has an ARN that no policy names."""

    account: str
    partition: str = "aws"

    def arn(self, service: str, region: str, resource: str) -> str:
        """Returns an ARN of this account."""
        return f"arn:{self.partition}:{service}:{region}:{self.account}:{resource}"

    def config_rule(self, region: str, name: str) -> str:
        """Returns a Config rule's ARN, which ends in a generated id."""
        rule = config_backends[self.account][region].config_rules.get(name)
        return str(rule.config_rule_arn) if rule else self.arn("config", region, "config-rule/does-not-exist")

    def aggregator(self, region: str, name: str) -> str:
        """Returns an aggregator's ARN, which ends in a generated id."""
        named = config_backends[self.account][region].config_aggregators.get(name)
        missing = self.arn("config", region, "config-aggregator/does-not-exist")
        return str(named.configuration_aggregator_arn) if named else missing

    def bucket_key(self, bucket: str) -> str | None:
        """Returns the customer managed key of a bucket's default encryption."""
        named = s3_backends[self.account][self.partition].buckets.get(bucket)
        if named is None or not named.encryption:
            return None
        default = named.encryption["Rule"]["ApplyServerSideEncryptionByDefault"]
        return str(default["KMSMasterKeyID"]) if default.get("KMSMasterKeyID") else None

    @property
    def root(self) -> str:
        """The account's root, which represents the account in a resource-based policy."""
        return f"arn:{self.partition}:iam::{self.account}:root"

    def resource_policy(self, arn: str) -> dict[str, Any] | None:
        """Returns the policy of a bucket (also for an object's ARN), topic, event bus or KMS key."""
        _, _, service, region, _, name = arn.split(":", 5) if arn.count(":") > 4 else [""] * 6
        text: str | bytes | None = None
        if service == "s3":
            bucket = s3_backends[self.account][self.partition].buckets.get(name.partition("/")[0])
            text = bucket.policy if bucket else None
        elif service == "sns":
            topic = sns_backends[self.account][region].topics.get(arn)
            text = topic.policy if topic else None
        elif service == "events":
            bus = events_backends[self.account][region].event_buses.get(name.removeprefix("event-bus/"))
            text = bus.policy if bus else None
        elif service == "kms":
            key = kms_backends[self.account][region].keys.get(name.removeprefix("key/"))
            text = key.policy if key and key.arn == arn else None
        return parsed(text) if text else None

    def topic_key(self, region: str, arn: str) -> str | None:
        """Returns the key that encrypts a topic."""
        topic = sns_backends[self.account][region].topics.get(arn)
        return (topic.kms_master_key_id or None) if topic else None

    def table_key(self, region: str, name: str) -> str | None:
        """Returns the key that encrypts a table."""
        table = dynamodb_backends[self.account][region].tables.get(name)
        return (table.sse_specification or {}).get("KMSMasterKeyId") if table else None

    def partition_key(self, region: str, name: str) -> str | None:
        """Returns the name of a table's partition key."""
        table = dynamodb_backends[self.account][region].tables.get(name)
        return table.hash_key_attr if table else None

    def instance_tags(self, region: str, identity: str) -> dict[str, str]:
        """Returns the current tags of an instance."""
        return dict(ec2_backends[self.account][region].tags.get(identity, {}))

    def inline_policies(self, role: str) -> dict[str, str]:
        """Returns a role's inline policies, as JSON by name."""
        return dict(iam_backends[self.account][self.partition].get_role(role).policies)

    def role_policies(self, role: str) -> dict[str, str]:
        """Returns a role's inline and customer managed policies, as JSON by name."""
        named = iam_backends[self.account][self.partition].get_role(role)
        own = [each for arn, each in named.managed_policies.items() if f":{self.account}:" in arn]
        return {**named.policies, **{each.name: _document(each) for each in own}}


def _document(policy: ManagedPolicy) -> str:
    return next(each.document for each in policy.versions if each.version_id == policy.default_version_id)


@cache
def parsed(policy: str | bytes) -> dict[str, Any]:
    """Returns a parsed policy; cached, because every call needs it."""
    document: dict[str, Any] = json.loads(policy)
    return document
