"""Rules that are not of the demo's story: their violating cases with `create`, as resources of an account."""

from collections.abc import Iterator

from settings.model import Settings
from settings.resource_names import NameKind
from simulation.aws.account import SimulatedAccount
from simulation.aws.config.item import Item
from simulation.demo.case_items import inventory, violating
from simulation.demo.own_rules import STORY_RULES, further_on_same_types


def scopes(settings: Settings) -> dict[str, tuple[str, ...]]:
    """Returns the scope of each remediation, by rule.

    Two resources are needed: with one, no run needs more actions than its limit.
    """
    found: dict[str, list[str]] = {}
    for rule, remediation, case in violating(settings):
        found.setdefault(rule.name, []).append(case.scope_name(remediation) or case.item["resourceId"])
    for rule in settings.own_rules.values():
        if rule.name not in STORY_RULES and rule.remediation is not None:
            count = len(found.get(rule.name, ()))
            assert count >= 2, f"{rule.name}: {count} violating cases with create and dev's settings; 2 are needed"
    return {rule: tuple(names) for rule, names in found.items()}


def delete_one_of_each(cloud: SimulatedAccount, settings: Settings, *, deleted: bool) -> None:
    """Lets AWS Config find one resource of each rule deleted, or present again."""
    first = {rule.name: case.item["resourceId"] for rule, _, case in reversed(list(violating(settings)))}.values()
    _without(cloud, settings, set(first) if deleted else set())


def delete_all(cloud: SimulatedAccount, settings: Settings) -> None:
    """Lets AWS Config find every resource deleted: only this ends each remediation, whatever its mode."""
    _without(cloud, settings, {case.item["resourceId"] for _, _, case in violating(settings)})


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
