"""AWS's resources with a bank's defaults, by service."""
