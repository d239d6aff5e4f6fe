"""What becomes of a non-compliant resource that is brought to a remediation; audit records and their keys tell it."""

from enum import StrEnum


class Outcome(StrEnum):
    """One for each attempt."""

    OUT_OF_SCOPE = "OUT_OF_SCOPE"
    ALREADY_COMPLIANT = "ALREADY_COMPLIANT"
    NOT_REMEDIABLE = "NOT_REMEDIABLE"
    WOULD_REMEDIATE = "WOULD_REMEDIATE"
    REMEDIATED = "REMEDIATED"
    NOT_VERIFIED = "NOT_VERIFIED"
