"""AWS resources with secure defaults, by service."""
