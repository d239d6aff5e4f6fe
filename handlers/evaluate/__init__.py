"""Starts evaluations by AWS Config, every six hours."""
