"""The team's constructs."""
