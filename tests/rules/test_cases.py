"""The cases of every rule, and what follows from them for any rule."""

from typing import Any

import pytest

from handlers.common.model.rule import Guard, RequiredField, Rule
from handlers.rules import RULES
from settings import rule_folders
from settings.rule_cases import RuleCase, cases_of
from simulation.aws import guard_engine

rule_folders.require()  # names a mistake in a folder

COMPLIANT, NON_COMPLIANT, NOT_APPLICABLE = "COMPLIANT", "NON_COMPLIANT", "NOT_APPLICABLE"
GONE = ("ResourceDeleted", "ResourceDeletedNotRecorded", "ResourceNotRecorded")


def listed(*expected: str) -> list[Any]:
    return [
        pytest.param(rule, case, id=f"{rule.name}: {case.why}")
        for rule in RULES.values()
        for case in cases_of(rule)
        if not expected or case.expected in expected
    ]


def guard(rule: Rule) -> Guard:
    assert isinstance(rule.source, Guard)
    return rule.source


def evaluate(rule: Rule, case: RuleCase, **changes: Any) -> str:
    item = {"configurationItemStatus": "OK"} | case.item | changes
    document = {key: value for key, value in item.items() if value is not ...}
    return guard_engine.evaluate(document, guard(rule).text(case.criteria(rule)))


@pytest.mark.parametrize(("rule", "case"), listed())
def test_case_has_the_expected_result(rule: Rule, case: RuleCase) -> None:
    assert evaluate(rule, case) == case.expected
    assert evaluate(rule, case, configurationItemStatus=...) == case.expected
    assert evaluate(rule, case, configurationItemStatus="ResourceDiscovered") == case.expected


@pytest.mark.parametrize(("rule", "case"), listed())
def test_deleted_resource_or_other_type_is_not_applicable(rule: Rule, case: RuleCase) -> None:
    for status in GONE:
        assert evaluate(rule, case, configurationItemStatus=status) == NOT_APPLICABLE
    assert evaluate(rule, case, resourceType="AWS::CloudTrail::Trail") == NOT_APPLICABLE


@pytest.mark.parametrize(("rule", "case"), listed(COMPLIANT))
def test_no_item_is_compliant_without_the_required_value(rule: Rule, case: RuleCase) -> None:
    need = guard(rule).needs[case.item["resourceType"]]
    assert need.is_present_in(case.item)
    top = need.path.partition(".")[0]
    for value in (..., None, {}, []):
        assert evaluate(rule, case, **{top: value}) == NON_COMPLIANT
    for value in (None, [], {}):
        changed = with_value(case.item, need, value)
        assert evaluate(rule, case, **{top: changed[top]}) == NON_COMPLIANT


def with_value(item: dict[str, Any], need: RequiredField, value: Any) -> dict[str, Any]:
    """Returns the item with another value at the required path."""
    head, _, rest = need.path.partition(".")
    inner = with_value(item[head], RequiredField(rest, need.kind), value) if rest else value
    return item | {head: inner}


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_each_resource_type_has_compliant_and_violating_cases(rule: Rule) -> None:
    found = {(case.item["resourceType"], case.expected) for case in cases_of(rule)}
    kinds = {kind for kind, _ in found}
    assert kinds == set(rule.resource_types)
    assert {(kind, result) for kind in kinds for result in (COMPLIANT, NON_COMPLIANT)} <= found
    identities = [(case.item["resourceType"], case.item["resourceId"]) for case in cases_of(rule)]
    assert len(set(identities)) == len(identities)


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_each_reason_is_a_phrase_of_its_own(rule: Rule) -> None:
    reasons = [case.why for case in cases_of(rule)]
    assert len(set(reasons)) == len(reasons) and all(reasons)
