"""Starts an evaluation of every rule in every monitored region, on what Config has last recorded."""

import logging
import time
from typing import TYPE_CHECKING, Any

from handlers.common import clients, metrics
from handlers.common.chunks import chunks
from handlers.common.names import physical_name
from handlers.common.rule import rules_in
from handlers.evaluate.environment import EvaluateEnvironment
from handlers.rules import RULES

if TYPE_CHECKING:
    from types_boto3_config import ConfigServiceClient

log = logging.getLogger(__name__)

# StartConfigRulesEvaluation takes 25 rules a call and one call a minute (AWS Config API Reference).
RULES_PER_CALL = 25
PAUSE_SECONDS = 61
ATTEMPTS = 4


def handler(_event: Any, _context: object) -> None:
    """Answers the six-hourly schedule."""
    environment = EvaluateEnvironment.from_variables()
    for region in environment.regions:
        rules = rules_in(region, environment.home_region, RULES)
        # A periodic rule comes round by itself: to start it as well would be to pay for it twice.
        names = [name for name, rule in rules.items() if not rule.periodic]
        deployed = [physical_name(name, environment.environment, environment.environment_suffix) for name in names]
        client = clients.config_service(region)
        for index, names in enumerate(chunks(deployed, RULES_PER_CALL)):
            if index:
                time.sleep(PAUSE_SECONDS)
            _start(client, names)
        log.info("evaluation started", extra={"region": region, "config_rules": len(deployed)})
    metrics.emit(environment.deployment, {}, {"EvaluationsStarted": 1})


def _start(client: "ConfigServiceClient", names: list[str]) -> None:
    """Waits while Config is busy: LimitExceeded means an evaluation in progress, or one started within the minute."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            client.start_config_rules_evaluation(ConfigRuleNames=names)
        except client.exceptions.LimitExceededException:
            if attempt == ATTEMPTS:
                raise
            log.warning("Config is busy with an evaluation: waiting", extra={"seconds": PAUSE_SECONDS})
            time.sleep(PAUSE_SECONDS)
        else:
            return
