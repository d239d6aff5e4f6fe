"""What the evaluate function is given, and what follows from the limits of what it calls."""

from dataclasses import dataclass

from handlers.common.runtime.environment import FunctionEnvironment

# StartConfigRulesEvaluation takes 25 rules a call and one call a minute in a region (AWS Config API Reference).
RULES_PER_CALL = 25
PAUSE_SECONDS = 61
ATTEMPTS = 4

TIMEOUT_SECONDS = 900
MOST_RULES = RULES_PER_CALL * (TIMEOUT_SECONDS // PAUSE_SECONDS - ATTEMPTS + 2)
"""Rules of a region that are started in time although Config is busy three times; if more often, the rest is said."""

RESERVE_MILLISECONDS = (PAUSE_SECONDS + 30) * 1000
"""What a pause and the calls after it take."""


@dataclass(frozen=True, kw_only=True)
class EvaluateEnvironment(FunctionEnvironment):
    """The regions whose rules are to be evaluated; global types have theirs in the home region."""

    home_region: str
    regions: tuple[str, ...]
