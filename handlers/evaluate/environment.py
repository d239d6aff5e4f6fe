"""What the evaluate function is told."""

from dataclasses import dataclass

from handlers.common.variables import Variables


@dataclass(frozen=True, kw_only=True)
class EvaluateEnvironment(Variables):
    """The Config rules' physical names, the same in every region."""

    config_rules: tuple[str, ...]
    regions: tuple[str, ...]
