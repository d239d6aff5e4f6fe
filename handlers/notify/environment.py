"""The environment variables of the notify function."""

from dataclasses import dataclass

from handlers.common.runtime.environment import FunctionEnvironment


@dataclass(frozen=True, kw_only=True)
class NotifyEnvironment(FunctionEnvironment):
    """`topics` has the ARNs of all topics with subscriptions, by the names of handlers.common.runtime.naming."""

    topics: dict[str, str]
    findings_table: str
    journal_table: str
