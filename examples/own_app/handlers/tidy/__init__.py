"""Function of the team."""
