"""Rules for which the demo creates no resources: their violating cases, as resources of an account."""

from collections.abc import Iterator

from handlers.common.model.remediation import Remediation
from handlers.common.model.rule import Rule
from settings.model import Settings
from settings.resource_names import NameKind
from settings.rule_cases import CreatingCall, RuleCase
from simulation.aws.account import SimulatedAccount
from simulation.aws.config.item import Item
from simulation.demo.case_items import cases_for, inventory
from simulation.demo.own_rules import STORY_RULES, further_on_same_types


def _violating(settings: Settings) -> Iterator[tuple[Rule, Remediation, RuleCase]]:
    """Yields the violating cases that a remediation can change."""
    for rule, case in cases_for(settings):
        is_violating = case.expected == "NON_COMPLIANT" and case.create
        if rule.name not in STORY_RULES and rule.remediation is not None and is_violating:
            yield rule, rule.remediation, case


def scopes(settings: Settings) -> dict[str, tuple[str, ...]]:
    """Returns the scope of each remediation, by rule.

    Two resources are needed: with one, no run needs more actions than its limit.
    """
    found: dict[str, list[str]] = {}
    for rule, remediation, case in _violating(settings):
        item = case.item
        name = remediation.name_of(item["resourceType"], item["resourceId"], item.get("resourceName"))
        found.setdefault(rule.name, []).append(name or item["resourceId"])
    for rule in settings.own_rules.values():
        if rule.name not in STORY_RULES and rule.remediation is not None:
            count = len(found.get(rule.name, ()))
            assert count >= 2, f"{rule.name}: {count} violating cases with create and dev's settings; 2 are needed"
    return {rule: tuple(names) for rule, names in found.items()}


def create(cloud: SimulatedAccount, settings: Settings) -> None:
    """Creates the resources; the error of a call names its case."""
    for rule, _, case in _violating(settings):
        for call in case.create:
            _make(cloud, call, f"create of the case of {rule.name}: {case.why}")


def _make(cloud: SimulatedAccount, call: CreatingCall, where: str) -> None:
    try:
        getattr(cloud.client(call.service), call.operation)(**call.parameters)
    except Exception as error:
        error.add_note(where)
        raise


def delete_one_of_each(cloud: SimulatedAccount, settings: Settings, *, deleted: bool) -> None:
    """Lets AWS Config find one resource of each rule deleted, or present again."""
    first = {rule.name: case.item["resourceId"] for rule, _, case in reversed(list(_violating(settings)))}.values()
    _without(cloud, settings, set(first) if deleted else set())


def delete_all(cloud: SimulatedAccount, settings: Settings) -> None:
    """Lets AWS Config find every resource deleted: only this ends a remediation, as the items of cases never change."""
    _without(cloud, settings, {case.item["resourceId"] for _, _, case in _violating(settings)})


def _without(cloud: SimulatedAccount, settings: Settings, deleted: set[str]) -> None:
    def items(region: str) -> Iterator[Item]:
        return (each for each in inventory(settings, region) if each.resource_id not in deleted)

    cloud.config.inventory = items


def place_in_every_region(cloud: SimulatedAccount, settings: Settings) -> None:
    """Lets AWS Config find the resources of cases in each region, so that every rule has results there."""

    def items(region: str) -> Iterator[Item]:
        return inventory(settings.model_copy(update={"home_region": region}), region)

    cloud.config.inventory = items


def remove(cloud: SimulatedAccount, settings: Settings) -> None:
    """Removes the further rules on types of the story's resources, where a test counts events or mails."""
    for name in further_on_same_types(settings):
        cloud.client("config").delete_config_rule(ConfigRuleName=settings.name(name, NameKind.CONFIG_RULE))
