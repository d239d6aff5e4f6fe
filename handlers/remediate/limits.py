"""How much a remediation may do: so many actions in a run and a day, and only a share of all resources.

A run is the six hours from one evaluation to the next. A run that would need more actions than it may have does not
begin: nothing is written, and operations is notified.
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
    """The limits of one rule's remediation; `waits` says of a resource whether it needs an action."""

    environment: RemediateEnvironment
    resource_types: tuple[str, ...]
    journal: Journal
    waits: Callable[[Resource], bool]

    def reached(self, now: datetime, action: str, planned_one_by_one: bool) -> str | None:
        """Returns which limit keeps an action from being done, by its plan's id, in words; None if none does.

        What someone approves one by one does not make a run: there only the actions done count.
        """
        env = self.environment
        if not planned_one_by_one and self.needed(env.max_per_run) > env.max_per_run:
            return f"this run would need more actions than max_actions_per_run allows ({env.max_per_run}): none is done"
        for key, most, setting in self._counters(now):
            done = self.journal.entered(key)
            if len(done) >= most and action not in done:
                return f"{len(done)} actions are done, and {setting} allows {most}"
        return None

    def take(self, now: datetime, action: str) -> bool:
        """Counts an action, once however often it is tried; False if another invocation took the last one."""
        expires = int((now + KEPT).timestamp())
        return all(self.journal.enter(key, action, most, expires) for key, most, _ in self._counters(now))

    def give_back(self, now: datetime, action: str) -> None:
        """Counts an action no more that was taken at a moment: it wrote nothing."""
        for key, _, _ in self._counters(now):
            self.journal.leave(key, action)

    def needed(self, enough: int) -> int:
        """Returns how many non-compliant resources need an action, counted until there are more than enough."""
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
        """Returns the actions that the percentage allows, at least one: of few resources any share would be none."""
        found = sum(_discovered(self.environment, each) for each in self.resource_types)
        return max(1, found * self.environment.max_percent // 100)


def run_of(now: datetime, first_evaluation: str) -> datetime:
    """Returns when the run began in which a moment lies."""
    first = datetime.combine(now.astimezone(UTC).date(), time.fromisoformat(first_evaluation), UTC)
    return first + (now - first) // timedelta(hours=EVALUATION_HOURS) * timedelta(hours=EVALUATION_HOURS)


def violating(environment: RemediateEnvironment) -> Iterator[Resource]:
    """Yields every resource that Config now finds non-compliant under the rule, page by page: region, type and id."""
    wanted: Any = NON_COMPLIANT
    for region in environment.regions:
        token: Any = {}
        while True:
            answer = clients.config_service().get_aggregate_compliance_details_by_config_rule(
                ConfigurationAggregatorName=environment.aggregator,
                ConfigRuleName=environment.config_rule,
                AccountId=environment.account,
                AwsRegion=region,
                ComplianceType=wanted,
                Limit=PAGE,
                **token,
            )
            for found in answer.get("AggregateEvaluationResults", []):
                try:
                    yield region, *resource_of(found)
                except MalformedResultError as error:
                    log.warning("result left out", extra={"region": region, "error": str(error)})
            if "NextToken" not in answer:
                break
            token = {"NextToken": answer["NextToken"]}


def _discovered(environment: RemediateEnvironment, resource_type: str) -> int:
    filters: Any = {"AccountId": environment.account, "ResourceType": resource_type}
    answer = clients.config_service().get_aggregate_discovered_resource_counts(
        ConfigurationAggregatorName=environment.aggregator, Filters=filters
    )
    return answer["TotalDiscoveredResources"]
