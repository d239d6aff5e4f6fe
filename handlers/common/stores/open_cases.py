"""Which findings have a remediation's case that is not at rest: a list per rule, kept in the journal.

AWS Config sends the event that closes a case once. The report reads the lists, and puts the event again where it has
failed. With each finding the list has the revision of its case: whoever takes off the list what has come to rest
leaves there what another invocation has begun since.
"""

from handlers.common.model.finding import parts_of
from handlers.common.stores.journal import Journal

PREFIX = "open/"
"""Of the keys under which the journal has the lists."""


def key_of(rule: str) -> str:
    """Returns the key of a rule's list."""
    return f"{PREFIX}{rule}"


def enter(journal: Journal, finding_id: str, revision: int) -> None:
    """Puts a finding on the list of its rule, before its case is written in a revision that is not at rest."""
    journal.raise_number(_key(finding_id), finding_id, revision)


def leave(journal: Journal, finding_id: str, revision: int) -> None:
    """Takes a finding off, after its case was written in a revision that is at rest."""
    journal.remove_number(_key(finding_id), finding_id, revision)


def listed(journal: Journal, *rules: str) -> list[str]:
    """Returns the findings on the lists of some rules."""
    keys = [key_of(rule) for rule in rules]
    return [finding_id for _, found in journal.get_many(keys) for finding_id in found]


def is_listed(journal: Journal, finding_id: str) -> bool:
    """Returns whether a finding is on the list of its rule."""
    return finding_id in listed(journal, parts_of(finding_id)[0])


def _key(finding_id: str) -> str:
    return key_of(parts_of(finding_id)[0])
