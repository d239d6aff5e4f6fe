"""Encrypted alert topics, one for each severity."""

from collections.abc import Iterable, Mapping, Sequence

from constructs import Construct

from handlers.common.model.rule import Severity
from handlers.common.runtime.naming import alert_topic
from modules.resources.kms import EncryptionKey
from modules.resources.sns import Topic
from settings.deployment import Deployment


class Alerts(Construct):
    """The alert topics by severity; `readers` are e-mail addresses.

    Example: `Alerts(stack, "alerts", deployment=deployment, key=key,
    readers=dict.fromkeys(Severity, ["a@example.com"]))`.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        deployment: Deployment,
        key: EncryptionKey,
        readers: Mapping[Severity, Sequence[str]],
    ) -> None:
        super().__init__(scope, id)
        self.topics = {
            severity: Topic(
                self,
                severity.lower(),
                deployment=deployment,
                key=key,
                resource_type=alert_topic(severity),
                addresses=readers[severity],
            )
            for severity in Severity
        }

    def arns(self, severities: Iterable[Severity]) -> dict[str, str]:
        """Returns topic ARNs by severity, for environment variables."""
        return {str(severity): self.topics[severity].arn for severity in sorted(set(severities))}
