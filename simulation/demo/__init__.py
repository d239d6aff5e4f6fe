"""Runs in the simulated account: eight days of dev, a rehearsal of any environment, a snapshot."""
