"""Where people are told of non-compliance: a sealed topic per severity, and one for those who operate the system."""

from collections.abc import Iterable

from constructs import Construct

from handlers.common.rule import Severity
from modules.function import Function
from modules.key import Key
from modules.settings import Settings
from modules.topic import SEALING, Topic


class Alerts(Construct):
    """The alert topics, by severity."""

    def __init__(self, scope: Construct, id: str, *, settings: Settings, key: Key) -> None:
        super().__init__(scope, id)
        self._key = key
        self.topics = {
            severity: Topic(
                self,
                severity.lower(),
                settings=settings,
                key=key,
                resource_type=f"alerts-{severity.lower()}",
                addresses=getattr(settings.alerts, severity.lower()),
            )
            for severity in Severity
        }

    def arns(self, severities: Iterable[Severity]) -> dict[str, str]:
        """Severity to topic ARN, as functions are told."""
        return {str(severity): self.topics[severity].arn for severity in sorted(set(severities))}

    def grant_publish(self, function: Function, severities: Iterable[Severity]) -> None:
        """Lets a function publish alerts of these severities, and SNS use the key that seals them in its name."""
        function.grant("PublishAlerts", ["sns:Publish"], list(self.arns(severities).values()))
        function.grant_key(self._key, "PublishAlertsSealed", SEALING, via="sns")
