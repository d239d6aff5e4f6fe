"""The team's functions."""
