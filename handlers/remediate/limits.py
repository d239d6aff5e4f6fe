"""The limits of a remediation: actions per run, per day, and as a percentage of the resources.

A run is the six hours from one evaluation to the next. If a run needs more actions than its limit, nothing is written,
and operations is notified.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from handlers.common.model.cadence import EVALUATION_HOURS
from handlers.common.model.events import NON_COMPLIANT
from handlers.common.model.results import MalformedResultError, resource_of
from handlers.common.runtime import clients, clock
from handlers.common.stores.journal import Journal
from handlers.remediate.environment import RemediateEnvironment

log = logging.getLogger(__name__)

KEPT = timedelta(days=3)
PAGE = 100

Resource = tuple[str, str, str]
"""Region, type and id."""


@dataclass(frozen=True)
class Limits:
    """The limits of one rule's remediation; `waits` returns whether a resource needs an action."""

    environment: RemediateEnvironment
    resource_types: tuple[str, ...]
    journal: Journal
    waits: Callable[[Resource], bool]

    def exceeded(self) -> str:
        """Returns a description of the limit that the run exceeds, because it needs more actions; or empty."""
        most = self.environment.max_per_run
        is_exceeded = self.needed(most) > most
        return f"more than {most} remediations needed (max_actions_per_run): none was made" if is_exceeded else ""

    def reached(self, now: datetime, action: str) -> str:
        """Returns a description of the limit that blocks an action, which is a plan's id; empty if none does."""
        for key, most, setting in self._counters(now):
            actions = self.journal.entered(key)
            if len(actions) >= most and action not in actions:
                return f"{len(actions)} actions were made, limit {most} ({setting})"
        return ""

    def take(self, now: datetime, action: str) -> bool:
        """Counts an action, once for all attempts; returns False if other invocations have reached a limit."""
        expires = int((now + KEPT).timestamp())
        return all(self.journal.enter(key, action, most, expires) for key, most, _ in self._counters(now))

    def give_back(self, now: datetime, action: str) -> None:
        """Removes an action that was counted at the time `now` and wrote nothing."""
        for key, _, _ in self._counters(now):
            self.journal.leave(key, action)

    def needed(self, enough: int) -> int:
        """Returns how many non-compliant resources need an action; counting stops above `enough`."""
        count = 0
        for resource in violating(self.environment):
            count += self.waits(resource)
            if count > enough:
                break
        return count

    def _counters(self, now: datetime) -> list[tuple[str, int, str]]:
        env, rule = self.environment, self.environment.rule
        day = min((env.max_per_day, "max_actions_per_day"), (self._share(), "max_percent_per_day"))
        run = clock.stamp(run_of(now, env.first_evaluation))
        return [
            (f"{rule}/run/{run}", env.max_per_run, "max_actions_per_run"),
            (f"{rule}/day/{now.astimezone(UTC):%Y-%m-%d}", *day),
        ]

    def _share(self) -> int:
        """Returns the number of actions for the percentage, and at least one where there are few resources."""
        discovered = sum(_discovered(self.environment, each) for each in self.resource_types)
        return max(1, discovered * self.environment.max_percent // 100)


def run_of(now: datetime, first_evaluation: str) -> datetime:
    """Returns the start of the run that includes a time."""
    first = datetime.combine(now.astimezone(UTC).date(), time.fromisoformat(first_evaluation), UTC)
    return first + (now - first) // timedelta(hours=EVALUATION_HOURS) * timedelta(hours=EVALUATION_HOURS)


def violating(environment: RemediateEnvironment) -> Iterator[Resource]:
    """Yields every non-compliant resource of the rule: region, type and id."""
    compliance_type: Any = NON_COMPLIANT
    for region in environment.regions:
        token: Any = {}
        while True:
            answer = clients.config_service().get_aggregate_compliance_details_by_config_rule(
                ConfigurationAggregatorName=environment.aggregator,
                ConfigRuleName=environment.config_rule,
                AccountId=environment.account,
                AwsRegion=region,
                ComplianceType=compliance_type,
                Limit=PAGE,
                **token,
            )
            for result in answer.get("AggregateEvaluationResults", []):
                try:
                    yield region, *resource_of(result)
                except MalformedResultError as error:
                    log.warning("malformed evaluation result ignored", extra={"region": region, "error": str(error)})
            if "NextToken" not in answer:
                break
            token = {"NextToken": answer["NextToken"]}


def _discovered(environment: RemediateEnvironment, resource_type: str) -> int:
    filters: Any = {"AccountId": environment.account, "ResourceType": resource_type}
    answer = clients.config_service().get_aggregate_discovered_resource_counts(
        ConfigurationAggregatorName=environment.aggregator, Filters=filters
    )
    return answer["TotalDiscoveredResources"]
