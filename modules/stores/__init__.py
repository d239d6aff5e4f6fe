"""Stores of the functions, with the names of handlers/common/stores."""
