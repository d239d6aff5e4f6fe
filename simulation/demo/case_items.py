"""Resources of types that the simulation does not create: the configuration items in the cases of own rules.

A case with `create` also has a resource in the simulated account, which its remediation can change.
"""

import dataclasses
from collections.abc import Iterator
from typing import NamedTuple

from botocore.exceptions import ClientError

from handlers.common.model.criteria import Criteria
from handlers.common.model.events import COMPLIANT, NON_COMPLIANT
from handlers.common.model.remediation import NotRemediableError, Remediation, Target
from handlers.common.model.rule import Guard, Rule
from settings.errors import SettingsError, line, place
from settings.fields import Problem
from settings.model import Settings
from settings.rule_cases import FILE, RuleCase, cases_of
from settings.rule_folders import REMEDIATION
from simulation.aws import guard_engine
from simulation.aws.account import SimulatedAccount
from simulation.aws.config.inventory import LIVE_TYPES, item, live_items
from simulation.aws.config.item import Item


class CaseItem(NamedTuple):
    """An item, and its expected results by rule."""

    item: Item
    expected: dict[str, str]


def require(settings: Settings) -> None:
    """Raises SettingsError for cases with which a rule cannot be rehearsed.

    The policy's result with the settings of a case must be the one that it expects. A resource that is to be remediated
    needs a case that is compliant with the settings of the environment.
    """
    found = []
    for rule in settings.own_rules.values():
        for number, case in enumerate(cases_of(rule)):
            document = {"configurationItemStatus": "OK"} | case.item
            result = _result(document, _guard(rule), case.criteria(rule))
            if result != case.expected:
                what = f"the policy's result is {result} ({case.why})"
                problem = Problem(("case", number, "expected"), case.expected, what, "the result of the policy")
                found.append(line(place(_guard(rule).policy.with_name(FILE), problem), problem))
    for rule, remediation, case in violating(settings):
        item = _item(case, settings.account_id, settings.home_region)
        is_needed = remediation.resolves and item.resource_type not in LIVE_TYPES
        if is_needed and not _remediated_forms(settings, rule, item):
            what = f"a remediated resource needs a case that is compliant with the settings of {settings.environment}"
            found.append(f"{_guard(rule).policy.with_name(FILE)}: {item.resource_type}: {what}; allowed: add one")
    if found:
        raise SettingsError("\n".join(dict.fromkeys(found)))


def inventory(settings: Settings, region: str) -> Iterator[Item]:
    """Yields the simulated resources of a region, and the items of cases."""
    yield from live_items(settings.account_id, region)
    if region == settings.home_region:
        yield from (_present(settings, rule, found) if case.create else found for rule, case, found in _items(settings))


def case_items(settings: Settings) -> Iterator[CaseItem]:
    """Yields the items of cases in the home region, with the results of the policies and the environment's settings."""
    for _, _, found in _items(settings):
        yield CaseItem(found, _results(settings, found))


def violating(settings: Settings) -> Iterator[tuple[Rule, Remediation, RuleCase]]:
    """Yields the cases with `create` that violate their rule and can be remediated."""
    criteria = settings.criteria()
    for rule, case, found in _all_items(settings):
        if not case.create or rule.remediation is None:
            continue
        if _result(found.document, _guard(rule), criteria[rule.name]) == NON_COMPLIANT:
            yield rule, rule.remediation, case


def create(cloud: SimulatedAccount, settings: Settings, *, live: bool = False) -> None:
    """Creates the resources of violating cases in the home region, of types that the simulation creates or of others.

    Raises SettingsError for a call that fails.
    """
    for rule, _, case in violating(settings):
        if (case.item["resourceType"] in LIVE_TYPES) == live:
            make(cloud, rule, case)


def make(cloud: SimulatedAccount, rule: Rule, case: RuleCase) -> None:
    """Makes the calls that create the resource of a case; raises SettingsError for a call that fails."""
    for call in case.create:
        try:
            getattr(cloud.client(call.service), call.operation)(**call.parameters)
        except Exception as error:
            file, of = _guard(rule).policy.with_name(FILE), f"{call.service}.{call.operation}"
            raise SettingsError(f"{file}: create of {case.why!r}: {of}: {type(error).__name__}: {error}") from error


def _items(settings: Settings) -> Iterator[tuple[Rule, RuleCase, Item]]:
    """Yields the items of cases, except those of types that the simulation creates."""
    return (each for each in _all_items(settings) if each[2].resource_type not in LIVE_TYPES)


def _all_items(settings: Settings) -> Iterator[tuple[Rule, RuleCase, Item]]:
    for rule in settings.own_rules.values():
        for case in cases_of(rule):
            yield rule, case, _item(case, settings.account_id, settings.home_region)


def _item(case: RuleCase, account: str, region: str) -> Item:
    kind, identity = case.item["resourceType"], case.item["resourceId"]
    arn = case.item.get("ARN") or f"arn:aws:{kind.split('::')[1].lower()}:{region}:{account}:{identity}"
    parts = (case.item.get(key, {}) for key in ("configuration", "tags", "supplementaryConfiguration"))
    return item(account, region, arn, kind, identity, case.item.get("resourceName"), *parts)


def _present(settings: Settings, rule: Rule, found: Item) -> Item:
    """Returns an item as AWS Config records it now: that of a remediated resource has a compliant case's content."""
    if rule.remediation is None or not _is_remediated(settings, rule, rule.remediation, found):
        return found
    expected = _results(settings, found) | {rule.name: COMPLIANT}
    compliant = _remediated_forms(settings, rule, found)
    # Other rules' results are better kept: a remediation does not change them.
    return next((each for each in compliant if _results(settings, each) == expected), next(iter(compliant), found))


def _remediated_forms(settings: Settings, rule: Rule, found: Item) -> list[Item]:
    """Returns a resource's item with the content of each case that is compliant with the environment's settings."""
    others = (_item(case, settings.account_id, settings.home_region) for case in cases_of(rule))
    alike = [_with_content(found, other) for other in others if other.resource_type == found.resource_type]
    return [each for each in alike if _results(settings, each)[rule.name] == COMPLIANT]


def _with_content(found: Item, other: Item) -> Item:
    content = {key: other.document[key] for key in ("configuration", "supplementaryConfiguration")}
    return dataclasses.replace(found, document=found.document | content)


def _is_remediated(settings: Settings, rule: Rule, remediation: Remediation, found: Item) -> bool:
    """Returns whether the resource of an item exists, and is in the state that the remediation reaches."""
    name = remediation.name_of(found.resource_type, found.resource_id, found.document["resourceName"])
    place = (settings.account_id, settings.home_region, found.resource_type, found.resource_id)
    target = Target(*place, name or found.resource_id, found.document)
    try:
        state = remediation.read(target)
        parameters = remediation.parameters(settings.criteria()[rule.name])
        return remediation.resolves and remediation.desired(state, target, parameters) == state
    except (ClientError, NotRemediableError):
        return False
    except Exception as error:
        file = _guard(rule).policy.with_name(REMEDIATION)
        raise SettingsError(f"{file}: state of {target.name}: {type(error).__name__}: {error}") from error


def _guard(rule: Rule) -> Guard:
    assert isinstance(rule.source, Guard)
    return rule.source


def _results(settings: Settings, item: Item) -> dict[str, str]:
    criteria = settings.criteria()
    return {
        name: _result(item.document, _guard(rule), criteria[name])
        for name, rule in settings.own_rules.items()
        if item.resource_type in rule.resource_types
    }


def _result(document: dict[str, object], source: Guard, criteria: Criteria) -> str:
    """Returns the result of a policy; raises SettingsError if the policy does not parse."""
    try:
        return guard_engine.evaluate(document, source.text(criteria))
    except guard_engine.GuardError as error:
        # The engine counts the lines of the policy with its values, and quotes the rest of the policy.
        raise SettingsError(f"{source.policy}: cannot be evaluated: {str(error).splitlines()[0]}") from error
