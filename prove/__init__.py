"""Longer proofs than the tests run: faults in every call. `make prove` runs them."""
