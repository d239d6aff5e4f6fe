"""Starts an evaluation of every change-triggered rule in every monitored region, on the last recorded items."""

import logging
import time
from dataclasses import dataclass
from typing import Any

from handlers.common.model.rule import rules_in
from handlers.common.runtime import clients, metrics
from handlers.common.runtime.batches import chunks
from handlers.common.runtime.errors import ComplianceMonitorError
from handlers.common.runtime.naming import physical_name
from handlers.evaluate.environment import (
    ATTEMPTS,
    PAUSE_SECONDS,
    RESERVE_MILLISECONDS,
    RULES_PER_CALL,
    EvaluateEnvironment,
)
from handlers.rules import RULES

log = logging.getLogger(__name__)


class FailedStartError(ComplianceMonitorError, RuntimeError):
    """Evaluations could not be started in some regions. A retry starts those of all regions."""


def handler(_event: Any, context: Any) -> None:
    """Handles the six-hourly schedule."""
    environment = EvaluateEnvironment.from_env()
    starts = [
        _Start(region, list(chunks(_config_rules(environment, region), RULES_PER_CALL)))
        for region in environment.regions
    ]
    while True:
        for start in starts:
            start.next_call()
        if all(start.is_over for start in starts):
            break
        if context.get_remaining_time_in_millis() < RESERVE_MILLISECONDS:
            for start in starts:
                start.give_up()
            break
        time.sleep(PAUSE_SECONDS)
    if failed := [f"{start.region}: {start.failure}" for start in starts if start.failure]:
        raise FailedStartError("; ".join(failed))
    metrics.emit(environment.deployment, {}, {"EvaluationsStarted": 1})


@dataclass
class _Start:
    """The remaining calls for a region's rules, and the failure, if any."""

    region: str
    calls: list[list[str]]
    busy: int = 0
    failure: str = ""

    @property
    def is_over(self) -> bool:
        """Whether there are no more calls to make."""
        return bool(self.failure) or not self.calls

    def give_up(self) -> None:
        """Sets the failure if the function's time is over before all calls were made."""
        if not self.is_over:
            self.failure = f"timeout with {sum(map(len, self.calls))} rules not started: AWS Config was busy"

    def next_call(self) -> None:
        """Makes the next call, and keeps it while AWS Config is busy. A failure does not stop other regions."""
        if self.is_over:
            return
        try:
            started = _is_started(self.region, self.calls[0])
        except Exception as error:
            log.exception("evaluation not started", extra={"region": self.region})
            self.failure = f"{type(error).__name__}: {error}"
            return
        self.busy = 0 if started else self.busy + 1
        if started:
            log.info("evaluation started", extra={"region": self.region, "config_rules": len(self.calls.pop(0))})
        elif self.busy == ATTEMPTS:
            self.failure = f"AWS Config was busy {ATTEMPTS} times"


def _config_rules(environment: EvaluateEnvironment, region: str) -> list[str]:
    """Returns the change-triggered rules of a region; starting periodic rules, too, would double their cost."""
    names = [name for name, rule in rules_in(region, environment.home_region, RULES).items() if not rule.periodic]
    return [physical_name(name, environment.environment, environment.environment_suffix) for name in names]


def _is_started(region: str, names: list[str]) -> bool:
    """Starts evaluations; returns False on LimitExceeded: one is in progress, or was started within the minute."""
    client = clients.config_service(region)
    try:
        client.start_config_rules_evaluation(ConfigRuleNames=names)
    except client.exceptions.LimitExceededException:
        log.warning("AWS Config is busy, waiting", extra={"region": region, "seconds": PAUSE_SECONDS})
        return False
    return True
