"""Authorizes every call of a function against its role's policies, as IAM does; rejects unsupported parts."""
