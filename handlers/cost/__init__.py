"""The monthly cost of the monitoring."""
