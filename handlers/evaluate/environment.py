"""Environment variables of the evaluate function, and the limits of the API that it calls."""

from dataclasses import dataclass

from handlers.common.runtime.environment import FunctionEnvironment

# StartConfigRulesEvaluation takes 25 rules a call and one call a minute in a region (AWS Config API Reference).
RULES_PER_CALL = 25
PAUSE_SECONDS = 61
ATTEMPTS = 4

TIMEOUT_SECONDS = 900
MOST_RULES = RULES_PER_CALL * (TIMEOUT_SECONDS // PAUSE_SECONDS - ATTEMPTS + 2)
"""Maximum rules of a region that are started within the timeout if AWS Config is busy three times."""

RESERVE_MILLISECONDS = (PAUSE_SECONDS + 30) * 1000
"""Time for a pause and the calls after it."""


@dataclass(frozen=True, kw_only=True)
class EvaluateEnvironment(FunctionEnvironment):
    """The monitored regions; global resource types are evaluated in the home region."""

    home_region: str
    regions: tuple[str, ...]
