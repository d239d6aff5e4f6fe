"""Findings whose remediation is not idle: a list per rule, stored in the journal.

AWS Config sends the event that closes a remediation once. The report reads the lists, and sends missed events again.
Each entry has the revision of the progress, so that a removal keeps an entry that another invocation has made since.
"""

from handlers.common.model.finding import parts_of
from handlers.common.stores.journal import Journal

PREFIX = "open/"
"""The prefix of the lists' keys in the journal."""


def key_of(rule: str) -> str:
    """Returns the key of a rule's list."""
    return f"{PREFIX}{rule}"


def enter(journal: Journal, finding_id: str, revision: int) -> None:
    """Adds a finding to the list of its rule, before its progress is written in a revision that is not idle."""
    journal.raise_number(_key(finding_id), finding_id, revision)


def leave(journal: Journal, finding_id: str, revision: int) -> None:
    """Removes a finding, after its progress was written in a revision that is idle."""
    journal.remove_number(_key(finding_id), finding_id, revision)


def listed(journal: Journal, *rules: str) -> list[str]:
    """Returns the findings on the lists of some rules."""
    keys = [key_of(rule) for rule in rules]
    return [finding_id for _, findings in journal.get_many(keys) for finding_id in findings]


def is_listed(journal: Journal, finding_id: str) -> bool:
    """Returns whether a finding is on the list of its rule."""
    return finding_id in listed(journal, parts_of(finding_id)[0])


def _key(finding_id: str) -> str:
    return key_of(parts_of(finding_id)[0])
