"""Processes compliance changes into findings, alerts and metrics."""
