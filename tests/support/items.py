"""Rendered policies and configuration items."""

from types import SimpleNamespace
from typing import Any

from handlers.common.model import guard as rendering
from handlers.common.model.rule import Guard
from handlers.rules import RULES
from simulation.aws import guard_engine as guard


def settings(**changes: Any) -> Any:
    defaults = {
        "approved_instance_types": ("m7i.large", "t3.*"),
        "minimum_rds_backup_retention_days": 7,
        "s3_keys": "any",
        "account_id": "111122223333",
    }
    return SimpleNamespace(**(defaults | changes))


def policy(rule: str, **changes: Any) -> str:
    source = RULES[rule].source
    assert isinstance(source, Guard)
    return rendering.render(source.policy, source.values(settings(**changes)))


def evaluate(rule: str, item: dict[str, Any], **changes: Any) -> str:
    return guard.evaluate(item, policy(rule, **changes))
