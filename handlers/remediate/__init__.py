"""Remediates non-compliant resources, one function per rule, within the rule's mode and scope."""
