"""What the dashboard says in words."""

from handlers.common.stores.report_bucket import AUDIT, REPORTS, SCORES, SUMMARIES
from handlers.score.figures import WEIGHTS
from modules.resources.document_bucket import RETENTION_DAYS
from settings.deployment import Deployment
from settings.resource_names import REPORT_BUCKET, NameKind


def guide(deployment: Deployment, queue: str) -> str:
    """Returns how to read the dashboard, and what to do about it, as Markdown."""
    bucket = deployment.name(REPORT_BUCKET, NameKind.S3_BUCKET)
    weights = ", ".join(f"{severity.lower()} {weight}" for severity, weight in WEIGHTS.items())
    return f"""\
# Compliance of {deployment.environment}, account {deployment.account_id}

- **Score**: the percentage of evaluated resources that meets the rules. Rules weigh by severity: {weights}.
- **Coverage**: the percentage of resources that have a result at all. A high score with a low coverage says little.
- **Incomplete**: 1 where something could not be read, a rule was silent or a report is missing. What is shown is then \
incomplete.
- **Colours**: of severities, red is critical, orange high, yellow medium, blue low; of resources, green is compliant, \
red non-compliant, blue waived, purple unknown, grey not applicable.
- **No value** means that nothing was written, and never zero. Reports come every six hours, the score once a day (UTC).

The documents are in the bucket `{bucket}` for {RETENTION_DAYS} days: `{REPORTS}`, `{SCORES}`, `{SUMMARIES}`. The \
audit trail of remediations and waivers is under `{AUDIT}`.

**When an alarm is red**, its description says what has failed. The function's log group, `/aws/lambda/` and its name, \
says why. Fix the cause; then `python -m operate redrive {deployment.environment}` gives what waits in the queue \
`{queue}` to its functions again. Do not purge the queue: what waits there is evidence.
"""
