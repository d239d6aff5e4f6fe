"""Applies synthesized Terraform JSON to the simulated account: one maker per resource type."""
