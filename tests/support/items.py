"""Rendered policies and configuration items."""

from typing import Any

from handlers.common.model.criteria import Criteria
from handlers.common.model.rule import Guard
from handlers.rules import RULES
from settings.own_rules import values_of
from simulation.aws import guard_engine as guard

REQUIRED = {"ec2-instance-type-approved": {"approved_instance_types": ("m7i.large", "t3.*")}}
"""Values of settings without a default."""


def policy(rule: str, **changes: Any) -> str:
    source = RULES[rule].source
    assert isinstance(source, Guard)
    return source.text(Criteria(values_of(rule, REQUIRED.get(rule, {})) | changes, "111122223333"))


def evaluate(rule: str, item: dict[str, Any], **changes: Any) -> str:
    return guard.evaluate(item, policy(rule, **changes))
