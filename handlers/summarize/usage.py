"""The extent of the monitoring from a score, for the estimate of the cost."""

from collections.abc import Mapping
from typing import Any

from handlers.cost.estimate import Usage
from handlers.rules import RULES


def usage_of(score: Mapping[str, Any]) -> Usage:
    """Returns the usage, on the assumption that the own account's share of the results is equal in every region.

    A resource under several rules counts several times. Every remediation counts as enabled, because the attempts of a
    day would vary from day to day.
    """
    total = score["total"]
    own = score["accounts"].get(score["account"], {"evaluated": 0, "discovered": 0})
    share = own["evaluated"] / max(1, total["evaluated"])
    results = {region: counts["evaluated"] for region, counts in score["regions"].items()}
    return Usage(
        results=total["evaluated"],
        periodic_results={region: round(count * share) for region, count in results.items()},
        changed_results=results,
        resources=own["discovered"],
        regions=len(results),
        rules=len(score["rules"]),
        severities=len(score["severities"]),
        categories=len(score["categories"]),
        remediations=sum(name in score["rules"] for name, rule in RULES.items() if rule.remediation is not None),
    )
