"""Fault injection into every call, for which the tests have no time: `make prove`."""
