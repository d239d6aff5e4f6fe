"""Cases of the own rules: configuration items with their expected evaluation results, in `cases.json` of each rule."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, ValidationError

from handlers.common.model.criteria import Criteria
from handlers.common.model.remediation import Remediation
from handlers.common.model.rule import Guard, Rule
from settings.base import StrictModel
from settings.errors import problems_of
from settings.fields import Problem, refused
from settings.own_rules import value_problems, values_of

FILE = "cases.json"
EXAMPLE_ACCOUNT = "111122223333"


class CreatingCall(StrictModel):
    """An API call as boto3 takes it."""

    service: str
    operation: str
    parameters: dict[str, Any]


def _identified(item: dict[str, Any]) -> dict[str, Any]:
    if missing := [name for name in ("resourceType", "resourceId") if not isinstance(item.get(name), str)]:
        raise refused(f"the item has no {missing[0]}", "a configuration item with resourceType and resourceId")
    return item


class RuleCase(StrictModel):
    """A configuration item, as AWS Config passes it to a rule, and the expected result with its reason."""

    why: str
    expected: Literal["COMPLIANT", "NON_COMPLIANT", "NOT_APPLICABLE"]
    item: Annotated[dict[str, Any], AfterValidator(_identified)]
    settings: dict[str, Any] = Field(default_factory=dict)
    """keys of the rule's table, in addition to the defaults"""
    create: tuple[CreatingCall, ...] = Field(default=(), strict=False)
    """calls that create the resource in an account, for the demo and for tests of the remediation"""

    def criteria(self, rule: Rule) -> Criteria:
        """Returns the criteria for the case; raises ValidationError for invalid settings."""
        return Criteria(values_of(rule.name, self.settings), EXAMPLE_ACCOUNT)

    def scope_name(self, remediation: Remediation) -> str | None:
        """Returns the name of the resource in a scope of its remediation; None if it needs a recorded name."""
        return remediation.name_of(self.item["resourceType"], self.item["resourceId"], self.item.get("resourceName"))


class _Cases(StrictModel):
    case: tuple[RuleCase, ...] = Field(min_length=1)


def cases_of(rule: Rule) -> tuple[RuleCase, ...]:
    """Returns the cases of a rule; none for an AWS managed rule. Raises ValidationError for an invalid file."""
    if not isinstance(rule.source, Guard):
        return ()
    listed = rule.source.policy.with_name(FILE).read_bytes()
    return _Cases.model_validate_json(b'{"case": ' + listed + b"}").case


def case_problems(rule: Rule) -> Iterator[Problem]:
    """Yields the problems of a rule's cases; raises FileNotFoundError."""
    try:
        cases = cases_of(rule)
    except ValidationError as error:
        [first, *_] = error.errors()
        if first["type"] == "json_invalid" or len(first["loc"]) < 2:
            what = first["msg"] if first["type"] == "json_invalid" else "no cases"
            yield Problem((), None, what, "a list with at least one case, as in another rule")
        else:
            yield from problems_of(error, _Cases, "the cases of another rule")
        return
    compliant = {case.item["resourceType"] for case in cases if case.expected == "COMPLIANT"}
    found: set[tuple[str, str]] = set()
    for number, case in enumerate(cases):
        at, kind, identity = ("case", number), case.item["resourceType"], case.item["resourceId"]
        if kind not in rule.resource_types:
            yield Problem((*at, "item", "resourceType"), kind, "not a type of the rule", ", ".join(rule.resource_types))
        if (kind, identity) in found:
            yield Problem((*at, "item", "resourceId"), identity, "another case has this resource", "an id of its own")
        found.add((kind, identity))
        if case.create and kind not in compliant:
            yield Problem(
                (*at, "create"), kind, "no compliant case has this type", "one: a remediated resource is like it"
            )
        yield from (each.below(*at, "settings") for each in value_problems(rule.name, case.settings))
