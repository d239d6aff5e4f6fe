"""The base of every exception of the compliance monitor."""


class ComplianceMonitorError(Exception):
    """The base class of errors from settings, constructs, functions and commands."""
