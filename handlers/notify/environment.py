"""The environment variables of the notify function."""

from dataclasses import dataclass

from handlers.common.runtime.environment import FunctionEnvironment


@dataclass(frozen=True, kw_only=True)
class NotifyEnvironment(FunctionEnvironment):
    """`topics` has the ARNs of all topics that people read, by what handlers.common.topics calls them."""

    topics: dict[str, str]
    findings_table: str
    journal_table: str
