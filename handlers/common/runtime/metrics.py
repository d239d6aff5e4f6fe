"""The metrics of the functions, written in embedded metric format: a JSON line in the log.

The format requires permission to write logs only; PutMetricData has no resource-level permissions. Specification:
CloudWatch User Guide, "Embedded metric format". Dimension values come from the registered rules and the monitored
regions, so their number is bounded.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from handlers.common.runtime import clock

NAMESPACE = "ComplianceMonitor"
DEPLOYMENT = "Deployment"


@dataclass(frozen=True)
class Metric:
    """A metric with its CloudWatch unit, and its dimensions in addition to the deployment (`dev-ew1`)."""

    name: str
    unit: str = "Count"
    dimensions: tuple[str, ...] = ()


CATALOGUE = {
    metric.name: metric
    for metric in (
        Metric("EvaluationsStarted"),
        Metric("FindingsOpened", dimensions=("Severity",)),
        Metric("FindingsReopened", dimensions=("Severity",)),
        Metric("FindingsResolved", dimensions=("Severity",)),
        Metric("Remediations", dimensions=("Rule", "Result")),
        Metric("ReportsWritten"),
        Metric("ReportIncomplete"),
        Metric("SilentRules"),
        Metric("LostEvents"),
        Metric("DiscoveredResources", dimensions=("Rule",)),
        Metric("CompliantResources", dimensions=("Rule",)),
        Metric("NonCompliantResources", dimensions=("Rule",)),
        Metric("WaivedResources", dimensions=("Rule",)),
        Metric("NotApplicableResources", dimensions=("Rule",)),
        Metric("UnknownResources", dimensions=("Rule",)),
        Metric("OpenFindings", dimensions=("Severity",)),
        Metric("OverdueFindings", dimensions=("Severity",)),
        Metric("MeanAgeDays", unit="None", dimensions=("Severity",)),
        Metric("MeanTimeToResolveDays", unit="None", dimensions=("Severity",)),
        Metric("Score", unit="Percent"),
        Metric("Coverage", unit="Percent"),
        Metric("ScoreIncomplete"),
        Metric("CategoryScore", unit="Percent", dimensions=("Category",)),
        Metric("SeverityScore", unit="Percent", dimensions=("Severity",)),
        Metric("RuleScore", unit="Percent", dimensions=("Rule",)),
        Metric("RegionScore", unit="Percent", dimensions=("Region",)),
        Metric("SummariesSent"),
        Metric("MailsSent"),
        Metric("MailsWaiting"),
        Metric("UnreadTopics"),
        Metric("PendingSubscriptions"),
    )
}


def emit(deployment: str, dimensions: Mapping[str, str], values: Mapping[str, float]) -> None:
    """Writes values of metrics with the same dimensions; raises LookupError for metrics not in CATALOGUE."""
    for name in values:
        if name not in CATALOGUE or CATALOGUE[name].dimensions != tuple(dimensions):
            raise LookupError(f"{name} by {tuple(dimensions)} is not in the catalogue of metrics")
    every_dimension = {DEPLOYMENT: deployment, **dimensions}
    directive = {
        "Namespace": NAMESPACE,
        "Dimensions": [list(every_dimension)],
        "Metrics": [{"Name": name, "Unit": CATALOGUE[name].unit} for name in values],
    }
    metadata = {"Timestamp": int(clock.now().timestamp() * 1000), "CloudWatchMetrics": [directive]}
    print(json.dumps({"_aws": metadata, **every_dimension, **values}))
