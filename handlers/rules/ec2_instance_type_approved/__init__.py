"""The rule on EC2 instance types."""
