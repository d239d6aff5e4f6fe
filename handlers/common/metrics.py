"""Metrics as embedded metric format: a JSON line in the log that CloudWatch turns into metrics.

It needs no permission but to write logs; PutMetricData knows no resource level. Specification: CloudWatch User Guide,
"Embedded metric format".
"""

import json
from collections.abc import Mapping

from handlers.common import clock

NAMESPACE = "ComplianceMonitor"
DEPLOYMENT = "Deployment"


def emit(deployment: str, dimensions: Mapping[str, str], counts: Mapping[str, int]) -> None:
    """Writes counts under the deployment (`dev-ew1`) and the dimensions: one metric per name and dimension set."""
    every_dimension = {DEPLOYMENT: deployment, **dimensions}
    directive = {
        "Namespace": NAMESPACE,
        "Dimensions": [list(every_dimension)],
        "Metrics": [{"Name": name, "Unit": "Count"} for name in counts],
    }
    metadata = {"Timestamp": int(clock.now().timestamp() * 1000), "CloudWatchMetrics": [directive]}
    print(json.dumps({"_aws": metadata, **every_dimension, **counts}))
