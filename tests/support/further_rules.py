"""Rules for which the demo creates no resources: their violating cases, as resources of an account."""

from collections.abc import Iterator

from handlers.common.model.remediation import Remediation
from handlers.common.model.rule import Rule
from handlers.rules import RULES
from settings.model import Settings
from settings.rule_cases import RuleCase, cases_of
from simulation.aws.account import SimulatedAccount
from simulation.aws.config.item import Item
from simulation.demo.case_items import inventory
from simulation.demo.own_rules import STORY_RULES


def _violating() -> Iterator[tuple[Rule, Remediation, RuleCase]]:
    """Yields the violating cases that a remediation can change."""
    for name, rule in RULES.items():
        if name not in STORY_RULES and rule.remediation is not None:
            for case in cases_of(rule):
                if case.expected == "NON_COMPLIANT" and case.create:
                    yield rule, rule.remediation, case


def scopes() -> dict[str, tuple[str, ...]]:
    """Returns the scope of each remediation, by rule."""
    found: dict[str, list[str]] = {}
    for rule, remediation, case in _violating():
        item = case.item
        name = remediation.name_of(item["resourceType"], item["resourceId"], item.get("resourceName"))
        found.setdefault(rule.name, []).append(name or item["resourceId"])
    return {rule: tuple(names) for rule, names in found.items()}


def create(cloud: SimulatedAccount) -> None:
    """Creates the resources."""
    for _, _, case in _violating():
        for call in case.create:
            getattr(cloud.client(call.service), call.operation)(**call.parameters)


def delete_one_of_each(cloud: SimulatedAccount, settings: Settings, *, deleted: bool) -> None:
    """Lets AWS Config find one resource of each rule deleted, or present again."""
    first = {rule.name: case.item["resourceId"] for rule, _, case in reversed(list(_violating()))}.values()

    def items(region: str) -> Iterator[Item]:
        return (each for each in inventory(settings, region) if not deleted or each.resource_id not in first)

    cloud.config.inventory = items
