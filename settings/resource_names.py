"""Resource names and their limits, by kind of resource."""

import re
from enum import Enum

from handlers.common.runtime.errors import ComplianceMonitorError
from handlers.common.stores.mail_queue import ROUTINE, URGENT

REPORT_BUCKET = "compliance-reports"
"""Resource type of the bucket with reports, scores, summaries and the audit trail."""

DELIVERY_BUCKET = "compliance-delivery"
"""Resource type of the delivery bucket of the deployment's recorders."""

FAILURE_QUEUE = "compliance-failures"
AUDIT_QUEUE, AUDIT_FAILURES = "audit", "audit-failures"
FIFO = ".fifo"
"""Suffix of the name of every FIFO queue."""

MAIL_QUEUES = {URGENT: "mails-urgent", ROUTINE: "mails-routine"}
OWN_BUS = "compliance"
JOURNAL = "journal"
SWITCH = "remediation-switch"


UPPER_LOWER_DIGITS = r"[0-9A-Za-z_.-]+"


class NameKind(Enum):
    """Maximum length and pattern by kind (API reference of each service; for AWS Config rules the shorter of two)."""

    ALARM = (255, UPPER_LOWER_DIGITS)
    CONFIG_AGGREGATOR = (256, r"[\w-]+")
    CONFIG_RECORDER = (256, r"[\w.-]+")
    CONFIG_RULE = (64, r"[\w-]+")
    DASHBOARD = (255, r"[0-9A-Za-z_-]+")
    DYNAMODB_TABLE = (255, UPPER_LOWER_DIGITS)
    EVENT_BUS = (256, r"(?!aws\.)[0-9A-Za-z_.-]+")  # slashes are reserved for partner event buses
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
        """The maximum number of characters."""
        return self.value[0]

    def fits(self, name: str) -> bool:
        """Returns whether the name is valid."""
        return len(name) <= self.longest and re.fullmatch(self.value[1], name) is not None


class NameRefusedError(ComplianceMonitorError, ValueError):
    """A name is invalid for AWS; the message says what to change."""


def checked(name: str, kind: NameKind) -> str:
    """Returns the name; raises NameRefusedError if it is invalid for this kind."""
    if kind.fits(name):
        return name
    what = f"{name!r} is not a valid name of this kind: {kind.name.lower().replace('_', ' ')}"
    if (length := len(name)) > kind.longest:
        remedy = "shorten environment_suffix, environment or the resource type"
        raise NameRefusedError(f"{what}: {length} characters, at most {kind.longest}: {remedy}")
    raise NameRefusedError(f"{what}: allowed: {kind.value[1]}: change the resource type")
