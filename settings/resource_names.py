"""What AWS takes for a name, by kind of resource."""

import re
from enum import Enum

from handlers.common.runtime.errors import ComplianceMonitorError
from handlers.common.stores.mail_queue import ROUTINE, URGENT

REPORT_BUCKET = "compliance-reports"
"""The resource type of the bucket of reports, scores, summaries and the audit trail."""

DELIVERY_BUCKET = "compliance-delivery"
"""The resource type of the bucket to which AWS Config delivers, where the recorders are the system's own."""

FAILURE_QUEUE = "compliance-failures"
AUDIT_QUEUE, AUDIT_FAILURES = "audit", "audit-failures"
FIFO = ".fifo"
"""How the name of every FIFO queue ends."""

MAIL_QUEUES = {URGENT: "mails-urgent", ROUTINE: "mails-routine"}
OWN_BUS = "compliance"
JOURNAL = "journal"
SWITCH = "remediation-switch"


UPPER_LOWER_DIGITS = r"[0-9A-Za-z_.-]+"


class NameKind(Enum):
    """Longest name and alphabet of a kind (from each service's API reference; for Config rules the shorter of two)."""

    ALARM = (255, UPPER_LOWER_DIGITS)
    CONFIG_AGGREGATOR = (256, r"[\w-]+")
    CONFIG_RECORDER = (256, r"[\w.-]+")
    CONFIG_RULE = (64, r"[\w-]+")
    DASHBOARD = (255, r"[0-9A-Za-z_-]+")
    DYNAMODB_TABLE = (255, UPPER_LOWER_DIGITS)
    EVENT_BUS = (256, r"(?!aws\.)[0-9A-Za-z_.-]+")  # a slash is for partners' buses
    EVENT_STATEMENT = (64, r"[0-9A-Za-z_-]+")
    EVENT_RULE = (64, UPPER_LOWER_DIGITS)
    IAM_POLICY = (128, r"[\w+=,.@-]+")
    IAM_ROLE = (64, r"[\w+=,.@-]+")
    KMS_ALIAS = (250, r"[0-9A-Za-z_/-]+")
    LAMBDA_FUNCTION = (64, r"[0-9A-Za-z_-]+")
    S3_BUCKET = (63, r"[a-z0-9][a-z0-9.-]+[a-z0-9]")
    SNS_TOPIC = (256, r"[0-9A-Za-z_-]+")
    SQS_QUEUE = (80, r"[0-9A-Za-z_-]+")
    SSM_PARAMETER = (1011, r"[0-9A-Za-z_./-]+")

    @property
    def longest(self) -> int:
        """The most characters a name may have."""
        return self.value[0]

    def fits(self, name: str) -> bool:
        """Returns whether AWS takes the name."""
        return len(name) <= self.longest and re.fullmatch(self.value[1], name) is not None


class NameRefusedError(ComplianceMonitorError, ValueError):
    """A name that AWS would refuse; the message says which setting to shorten."""


def checked(name: str, kind: NameKind) -> str:
    """Returns the name itself; raises NameRefusedError if it is none for this kind."""
    if not kind.fits(name):
        what = kind.name.lower().replace("_", " ")
        raise NameRefusedError(
            f"{name!r} has {len(name)} characters and is no name for a {what} (at most {kind.longest}, "
            f"{kind.value[1]}): shorten environment_suffix or environment"
        )
    return name
