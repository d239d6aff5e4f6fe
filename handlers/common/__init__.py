"""What every function's archive carries."""
