"""Checks of constructs' arguments that Terraform's schema does not make."""

from handlers.common.runtime.errors import ComplianceMonitorError


class ArgumentError(ComplianceMonitorError, ValueError):
    """An argument of a construct is invalid."""


def require(is_valid: bool, argument: str, value: object, allowed: str) -> None:
    """Raises ArgumentError with the argument, its value and what is allowed, unless it `is_valid`.

    A token of cdktf is not checked: its value is known to Terraform only.
    """
    if is_valid:
        return
    # Loading cdktf starts Node.js.
    from cdktf import Token

    if not (isinstance(value, str | int | float | list) and Token.is_unresolved(value)):
        raise ArgumentError(f"{argument} = {value!r}: not valid; allowed: {allowed}")
