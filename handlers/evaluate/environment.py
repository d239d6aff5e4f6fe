"""What the evaluate function is told."""

from dataclasses import dataclass

from handlers.common.variables import Variables


@dataclass(frozen=True, kw_only=True)
class EvaluateEnvironment(Variables):
    """The regions whose rules are to be evaluated; global types have theirs in the home region."""

    home_region: str
    regions: tuple[str, ...]
