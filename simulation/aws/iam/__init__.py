"""Decides every call of a function against its own role's policies, as IAM would; fails closed on what it cannot."""
