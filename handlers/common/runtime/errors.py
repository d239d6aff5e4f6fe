"""The base of every exception of the compliance monitor."""


class ComplianceMonitorError(Exception):
    """Raised, as one of its subclasses, by the settings, the constructs, the functions and the commands."""
