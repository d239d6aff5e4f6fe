"""A configuration item as AWS Config passes it to a rule."""

from dataclasses import dataclass
from typing import Any

Key = tuple[str, str]
"""Type and id."""

DELETED = "ResourceDeleted"
NOT_RECORDED = "ResourceNotRecorded"


@dataclass(frozen=True)
class Item:
    """One recorded resource. An unreadable one exists, but cannot be evaluated."""

    resource_type: str
    resource_id: str
    document: dict[str, Any]
    readable: bool = True

    @property
    def key(self) -> Key:
        """The resource's identity within its account and region."""
        return self.resource_type, self.resource_id

    @property
    def is_deleted(self) -> bool:
        """Whether the resource was recorded as deleted."""
        return self.document.get("configurationItemStatus") == DELETED

    def deleted(self) -> "Item":
        """Returns the item of the resource's deletion."""
        return Item(self.resource_type, self.resource_id, self.document | {"configurationItemStatus": DELETED})
