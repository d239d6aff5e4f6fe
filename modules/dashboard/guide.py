"""Text of the dashboard."""

from handlers.common.runtime.naming import OPERATE
from handlers.common.stores.report_bucket import AUDIT, REPORTS, SCORES, SUMMARIES
from handlers.score.figures import WEIGHTS
from modules.resources.s3 import RETENTION_DAYS
from settings.deployment import Deployment
from settings.resource_names import REPORT_BUCKET, NameKind


def guide(deployment: Deployment, queue: str) -> str:
    """Returns the explanation of the dashboard and of alarms, as Markdown."""
    bucket = deployment.name(REPORT_BUCKET, NameKind.S3_BUCKET)
    weights = ", ".join(f"{severity.lower()} {weight}" for severity, weight in WEIGHTS.items())
    return f"""\
# Compliance of {deployment.environment}, account {deployment.account_id}

- **Score**: the percentage of compliant results, weighted by severity: {weights}.
- **Coverage**: the percentage of resources with an evaluation result. With low coverage, a high score means little.
- **Incomplete**: 1 if data could not be read, a rule was not evaluated or a report is missing. The figures are then \
incomplete.
- **Colours**: of severities, red is critical, orange high, yellow medium, blue low; of resources, green is compliant, \
red non-compliant, blue waived, purple unknown, grey not applicable.
- **No value** means no data, never zero. Reports are written every six hours, the score once a day (UTC).

The documents are in the bucket `{bucket}` for {RETENTION_DAYS} days: `{REPORTS}`, `{SCORES}`, `{SUMMARIES}`. The \
audit trail of remediations and waivers is under `{AUDIT}`.

**When an alarm is red**, its description names the failure. The log group of the function, `/aws/lambda/` and its \
name, has the details. Fix the cause. Then run `{OPERATE} redrive {deployment.environment}`, which sends the \
events in the queue `{queue}` to their functions again. Do not purge the queue: its messages are evidence.
"""
