"""The subscriptions of topics: an e-mail subscription gets mails only after its confirmation."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from handlers.common.model.waiver import OWNER_ATTRIBUTE
from handlers.common.runtime import clients

PENDING, DELETED = "PendingConfirmation", "Deleted"
"""Values of SNS in place of a subscription's ARN."""


@dataclass(frozen=True)
class Readers:
    """The addresses of confirmed subscriptions of a topic, and the number of pending subscriptions."""

    confirmed: frozenset[str]
    pending: int

    @classmethod
    def of(cls, topic: str) -> "Readers":
        """Returns the present readers of a topic, including subscriptions of other protocols than e-mail."""
        pages = clients.sns().get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic)
        subscriptions: list[Any] = [each for page in pages for each in page["Subscriptions"]]
        pending = [each for each in subscriptions if each["SubscriptionArn"] == PENDING]
        confirmed = [each["Endpoint"] for each in subscriptions if each["SubscriptionArn"] not in (PENDING, DELETED)]
        return cls(frozenset(confirmed), len(pending))

    def includes(self, attributes: Mapping[str, str]) -> bool:
        """Returns whether a confirmed subscription gets a mail with these attributes."""
        owner = attributes.get(OWNER_ATTRIBUTE)
        return bool(self.confirmed) if owner is None else owner in self.confirmed
