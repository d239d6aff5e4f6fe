"""IAM's quotas, which settings must not lead beyond: characters, blanks aside, if no other quota was granted."""

LONGEST_INLINE = 10_240
"""Of all inline policies of a role together."""

LONGEST_MANAGED = 6_144
"""Of a managed policy."""

MOST_MANAGED = 10
"""Managed policies of a role."""
