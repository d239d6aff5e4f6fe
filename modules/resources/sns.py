"""Encrypted SNS topic and its e-mail subscriptions."""

from collections.abc import Sequence

from cdktf_cdktf_provider_aws.sns_topic import SnsTopic
from cdktf_cdktf_provider_aws.sns_topic_policy import SnsTopicPolicy
from cdktf_cdktf_provider_aws.sns_topic_subscription import SnsTopicSubscription
from constructs import Construct

from modules.resources import iam as policy
from modules.resources.arguments import require
from modules.resources.iam import Statement
from modules.resources.kms import EncryptionKey
from settings.deployment import Deployment
from settings.resource_names import NameKind

# Applies to HTTP endpoints subscribed outside this stack; e-mail has a fixed policy of 50 attempts over six hours (SNS
# Developer Guide, "Message delivery retries").
DELIVERY_POLICY = {
    "http": {
        "defaultHealthyRetryPolicy": {
            "backoffFunction": "exponential",
            "minDelayTarget": 5,
            "maxDelayTarget": 300,
            "numRetries": 10,
            "numNoDelayRetries": 0,
            "numMinDelayRetries": 2,
            "numMaxDelayRetries": 3,
        },
        "disableSubscriptionOverrides": False,
    }
}


PUBLISHING = ("kms:GenerateDataKey", "kms:Decrypt")
"""KMS actions that a publisher to an encrypted topic needs."""

ENCRYPTED = "SNS encrypts messages with the topic's key on behalf of the function"


class Topic(Construct):
    """A topic `<resource type>-…`; with `addressed_by`, an address receives messages with it in that attribute only.

    Example: `Topic(stack, "news", deployment=deployment, key=key, resource_type="news", addresses=["a@example.com"])`.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        deployment: Deployment,
        key: EncryptionKey,
        resource_type: str,
        addresses: Sequence[str],
        addressed_by: str | None = None,
    ) -> None:
        super().__init__(scope, id)
        require(not isinstance(addresses, str), f"{id}: addresses", addresses, "a list of addresses")
        self._deployment = deployment
        self.resource = SnsTopic(
            self,
            "Resource",
            name=deployment.name(resource_type, NameKind.SNS_TOPIC),
            kms_master_key_id=key.arn,
            delivery_policy=policy.compact(DELIVERY_POLICY),
        )
        self._policy = SnsTopicPolicy(self, "policy", arn=self.arn, policy=policy.document([self._tls_only()]))
        for address in addresses:
            only = policy.compact({addressed_by: [address]}) if addressed_by else None
            SnsTopicSubscription(
                self, address, topic_arn=self.arn, protocol="email", endpoint=address, filter_policy=only
            )

    @property
    def arn(self) -> str:
        """The topic's ARN."""
        arn: str = self.resource.arn
        return arn

    def accept_alarms(self) -> None:
        """Allows this account's CloudWatch alarms to publish."""
        alarms = policy.allow(
            "PublishAlarms",
            ["sns:Publish"],
            [self.arn],
            service="cloudwatch.amazonaws.com",
            conditions=policy.of_account(self._deployment.account_id),
        )
        self._policy.policy = policy.document([self._tls_only(), alarms])

    def _tls_only(self) -> Statement:
        return policy.deny_without_tls(["sns:Publish"], [self.arn])
