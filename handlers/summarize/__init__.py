"""Writes the executive summary of each score as JSON, page and mail."""
