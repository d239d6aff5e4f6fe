"""Brings non-compliant resources to compliance, one rule per function, within mode and scope."""
