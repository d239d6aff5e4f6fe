"""E-mail subscriptions, and the mails that they receive.

An e-mail subscription that receives more than 10 messages in a second must be confirmed again (Amazon SNS Developer
Guide, "Email subscription setup and management"). Seconds are those of the simulated clock.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from moto.sns.models import Subscription

from simulation.aws.clock import Clock

PROTOCOLS = ("email", "email-json")
MAX_PER_SECOND = 10
PENDING = "PendingConfirmation"
"""SNS's placeholder for the ARN of an unconfirmed subscription."""


@dataclass(frozen=True)
class Delivered:
    """A delivered message."""

    topic: str
    address: str
    subject: str | None
    message: str
    at: datetime


class MailBox:
    """The mails of an account, and its suspended subscriptions."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._sent: Counter[tuple[str, str, datetime]] = Counter()
        self.mails: list[Delivered] = []
        self.suspended: dict[tuple[str, str], datetime] = {}
        """Times by topic and address."""
        self._subscriptions: list[tuple[Subscription, str]] = []

    def take(self, subscription: Subscription, subject: str | None, message: str) -> None:
        """Delivers a message, unless the subscription is suspended or exceeds its rate."""
        recipient, at = (subscription.topic_arn, subscription.endpoint), self._clock.look()
        if recipient in self.suspended:
            return
        second = (*recipient, at.replace(microsecond=0))
        self._sent[second] += 1
        if self._sent[second] > MAX_PER_SECOND:
            self.suspend(subscription)
            return
        self.mails.append(Delivered(*recipient, subject, message, at))

    def suspend(self, subscription: Subscription) -> None:
        """Suspends a subscription until it is confirmed again."""
        self.suspended[subscription.topic_arn, subscription.endpoint] = self._clock.look()
        self._subscriptions.append((subscription, subscription.arn))
        subscription.arn = PENDING
        subscription.attributes["PendingConfirmation"] = "true"

    def confirm_all(self) -> None:
        """Confirms all suspended subscriptions."""
        for subscription, arn in self._subscriptions:
            subscription.arn = arn
            subscription.attributes["PendingConfirmation"] = "false"
        self._subscriptions.clear()
        self.suspended.clear()

    def of(self, address: str) -> list[Delivered]:
        """Returns the mails of an address, oldest first."""
        return [mail for mail in self.mails if mail.address == address]
