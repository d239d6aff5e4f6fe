"""How much is monitored, as a score has it: what the estimate of the cost is made from."""

from collections.abc import Mapping
from typing import Any

from handlers.cost.estimate import Usage
from handlers.rules import RULES


def usage_of(score: Mapping[str, Any]) -> Usage:
    """Returns the usage; the own account's part of the results is taken to be the same in every region.

    A resource under several rules is taken for as many, and every remediation for one that is switched on: a day's
    attempts would say less, and make the cost look as if it moved.
    """
    total = score["total"]
    own = score["accounts"].get(score["account"], {"evaluated": 0, "discovered": 0})
    share = own["evaluated"] / max(1, total["evaluated"])
    results = {region: found["evaluated"] for region, found in score["regions"].items()}
    return Usage(
        results=total["evaluated"],
        by_clock={region: round(count * share) for region, count in results.items()},
        at_changes=results,
        resources=own["discovered"],
        regions=len(results),
        rules=len(score["rules"]),
        severities=len(score["severities"]),
        categories=len(score["categories"]),
        remediations=sum(name in score["rules"] for name, rule in RULES.items() if rule.remediation is not None),
    )
