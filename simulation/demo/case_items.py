"""Resources of types that the simulation does not create: the configuration items in the cases of own rules."""

from collections.abc import Iterator
from typing import NamedTuple

from handlers.common.model.criteria import Criteria
from handlers.common.model.rule import Guard, Rule
from settings.errors import SettingsError
from settings.model import Settings
from settings.rule_cases import RuleCase, cases_of
from simulation.aws import guard_engine
from simulation.aws.config.inventory import LIVE_TYPES, item, live_items
from simulation.aws.config.item import Item


class CaseItem(NamedTuple):
    """An item, and its expected results by rule."""

    item: Item
    expected: dict[str, str]


def inventory(settings: Settings, region: str) -> Iterator[Item]:
    """Yields the simulated resources of a region, and the items of cases."""
    yield from live_items(settings.account_id, region)
    yield from (found for _, _, found in _items(settings, region))


def case_items(settings: Settings, region: str) -> Iterator[CaseItem]:
    """Yields the cases whose settings are those of the environment, in the home region.

    The result of another rule for the same resource is that of its policy.
    """
    for rule, case, found in _items(settings, region):
        yield CaseItem(found, _results(settings, found) | {rule.name: case.expected})


def _items(settings: Settings, region: str) -> Iterator[tuple[Rule, RuleCase, Item]]:
    if region == settings.home_region:
        for rule, case in cases_for(settings):
            if case.item["resourceType"] not in LIVE_TYPES:
                yield rule, case, _item(case, settings.account_id, region)


def cases_for(settings: Settings) -> Iterator[tuple[Rule, RuleCase]]:
    """Yields the cases of the own rules whose settings are those of the environment."""
    criteria = settings.criteria()
    for name, rule in settings.own_rules.items():
        for case in cases_of(rule):
            if case.criteria(rule).values == criteria[name].values:
                yield rule, case


def _item(case: RuleCase, account: str, region: str) -> Item:
    kind, identity = case.item["resourceType"], case.item["resourceId"]
    arn = case.item.get("ARN") or f"arn:aws:{kind.split('::')[1].lower()}:{region}:{account}:{identity}"
    parts = (case.item.get(key, {}) for key in ("configuration", "tags", "supplementaryConfiguration"))
    return item(account, region, arn, kind, identity, case.item.get("resourceName"), *parts)


def _results(settings: Settings, item: Item) -> dict[str, str]:
    criteria = settings.criteria()
    return {
        name: _result(item, rule.source, criteria[name])
        for name, rule in settings.own_rules.items()
        if isinstance(rule.source, Guard) and item.resource_type in rule.resource_types
    }


def _result(item: Item, source: Guard, criteria: Criteria) -> str:
    """Returns the result of a policy; raises SettingsError if the policy does not parse."""
    try:
        return guard_engine.evaluate(item.document, source.text(criteria))
    except guard_engine.GuardError as error:
        # The engine counts the lines of the policy with its values, and quotes the rest of the policy.
        raise SettingsError(f"{source.policy}: cannot be evaluated: {str(error).splitlines()[0]}") from error
