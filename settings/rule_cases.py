"""Cases of the own rules: configuration items with their expected evaluation results, in `cases.json` of each rule."""

from typing import Any, Literal

from pydantic import Field, TypeAdapter

from handlers.common.model.criteria import Criteria
from handlers.common.model.rule import Guard, Rule
from settings.base import StrictModel
from settings.own_rules import values_of

FILE = "cases.json"
EXAMPLE_ACCOUNT = "111122223333"


class CreatingCall(StrictModel):
    """An API call as boto3 takes it."""

    service: str
    operation: str
    parameters: dict[str, Any]


class RuleCase(StrictModel):
    """A configuration item, as AWS Config passes it to a rule, and the expected result with its reason."""

    why: str
    expected: Literal["COMPLIANT", "NON_COMPLIANT", "NOT_APPLICABLE"]
    item: dict[str, Any]
    settings: dict[str, Any] = Field(default_factory=dict)
    """keys of the rule's table, in addition to the defaults"""
    create: tuple[CreatingCall, ...] = Field(default=(), strict=False)
    """calls that create the resource in an account, for a test of the remediation's permissions"""

    def criteria(self, rule: Rule) -> Criteria:
        """Returns the criteria for the case; raises ValidationError for invalid settings."""
        return Criteria(values_of(rule.name, self.settings), EXAMPLE_ACCOUNT)


_CASES = TypeAdapter(tuple[RuleCase, ...])


def cases_of(rule: Rule) -> tuple[RuleCase, ...]:
    """Returns the cases of a rule; none for an AWS managed rule. Raises ValidationError for an invalid file."""
    if not isinstance(rule.source, Guard):
        return ()
    return _CASES.validate_json(rule.source.policy.with_name(FILE).read_bytes())
