"""Applies synthesized Terraform JSON to the simulated account: one function per resource type."""
