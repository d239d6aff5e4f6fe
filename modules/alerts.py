"""Where people are told of non-compliance: a sealed topic per severity, and one for those who operate the system."""

from collections.abc import Iterable, Mapping, Sequence

from constructs import Construct

from handlers.common.rule import Severity
from modules.deployment import Deployment
from modules.function import Function
from modules.key import Key
from modules.names import alert_topic
from modules.topic import SEALED, SEALING, Topic


class Alerts(Construct):
    """The alert topics, by severity; `readers` are e-mail addresses.

    Example: `Alerts(stack, "alerts", deployment=deployment, key=key, readers={severity: ["a@example.com"], ...})`.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        deployment: Deployment,
        key: Key,
        readers: Mapping[Severity, Sequence[str]],
    ) -> None:
        super().__init__(scope, id)
        self._key = key
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
        """Severity to topic ARN, as functions are told."""
        return {str(severity): self.topics[severity].arn for severity in sorted(set(severities))}

    def grant_publish(self, function: Function, severities: Iterable[Severity]) -> None:
        """Lets a function publish alerts of these severities, and SNS use the key that seals them in its name."""
        function.grant("PublishAlerts", ["sns:Publish"], list(self.arns(severities).values()), why="alerts people")
        function.grant_key(self._key, "PublishAlertsSealed", SEALING, via="sns", why=SEALED)
