"""What the monitoring costs in a month."""
