"""What any function needs to run: clients, the clock, its environment, metrics, names."""
