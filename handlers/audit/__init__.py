"""Writes the audit trail."""
