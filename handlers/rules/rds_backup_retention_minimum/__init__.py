"""The rule on RDS backup retention."""
