"""A team's own function."""
