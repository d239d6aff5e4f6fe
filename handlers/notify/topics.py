"""Who reads a topic: an e-mail subscription gets mails only once its reader has confirmed it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from handlers.common.model.waiver import OWNER_ATTRIBUTE
from handlers.common.runtime import clients

PENDING, DELETED = "PendingConfirmation", "Deleted"
"""What SNS shows in place of a subscription's ARN."""


@dataclass(frozen=True)
class Readers:
    """The addresses that have confirmed the subscription of a topic, and the number of those that have not."""

    confirmed: frozenset[str]
    pending: int

    @classmethod
    def of(cls, topic: str) -> "Readers":
        """As SNS has them now; a subscription of another kind than e-mail counts like one."""
        pages = clients.sns().get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic)
        found: list[Any] = [each for page in pages for each in page["Subscriptions"]]
        waiting = [each for each in found if each["SubscriptionArn"] == PENDING]
        confirmed = [each["Endpoint"] for each in found if each["SubscriptionArn"] not in (PENDING, DELETED)]
        return cls(frozenset(confirmed), len(waiting))

    def includes(self, attributes: Mapping[str, str]) -> bool:
        """Returns whether anybody gets a mail with these attributes."""
        owner = attributes.get(OWNER_ATTRIBUTE)
        return bool(self.confirmed) if owner is None else owner in self.confirmed
