"""The runtime of every function: clients, the clock, environment variables, metrics, names."""
