"""The Guard engine, behind one function."""

import json
from functools import lru_cache
from typing import Any

from guardpycfn import validate_with_guard

from handlers.common.runtime.errors import ComplianceMonitorError

COMPLIANCE = {"PASS": "COMPLIANT", "FAIL": "NON_COMPLIANT", "SKIP": "NOT_APPLICABLE"}


# Most items are unchanged from one evaluation to the next.
_validate = lru_cache(10_000)(validate_with_guard)


class GuardError(ComplianceMonitorError, ValueError):
    """The engine could not evaluate a policy; the message is the engine's."""


def evaluate(item: dict[str, Any], policy: str) -> str:
    """Returns the compliance type of an item under a policy; raises GuardError if the policy does not parse."""
    answer = _validate(json.dumps(item), policy)
    if not answer["success"]:
        raise GuardError(answer["error"])
    result = answer["result"]
    # The binding truncates long output to a string. Output is long only with many failed checks.
    return COMPLIANCE["FAIL" if isinstance(result, str) else result["status"]]
