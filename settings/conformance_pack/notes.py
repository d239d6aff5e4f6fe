"""Notes on content of a template that is ignored or has a different meaning here."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from settings.managed_rules import ManagedRuleSettings

RESOURCE_TYPES = "ComplianceResourceTypes"
SIX_HOURS = "Six_Hours"

RESOURCE_KEYS = {"Type", "Properties", "Condition"}
PROPERTIES = {"ConfigRuleName", "InputParameters", "MaximumExecutionFrequency", "Scope", "Source"}
SOURCE_KEYS = {"Owner", "SourceIdentifier"}
IF = "Fn::If"


def ignored_keys(resources: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yields the ignored keys of rules, each with the number of rules that have it."""
    found: Counter[str] = Counter()
    for resource in resources:
        properties = _mapping(resource, "Properties")
        found.update(str(key) for key in resource.keys() - RESOURCE_KEYS)
        found.update(f"Properties.{key}" for key in properties.keys() - PROPERTIES - {IF})
        found.update(f"Properties.Source.{key}" for key in _mapping(properties, "Source").keys() - SOURCE_KEYS - {IF})
    for key, count in sorted(found.items()):
        yield f"{key} of {count} {'rule' if count == 1 else 'rules'} is ignored"


def _mapping(outer: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = outer.get(name)
    return found if isinstance(found, dict) else {}


def differences(name: str, rule: ManagedRuleSettings, properties: Mapping[str, Any]) -> list[str]:
    """Returns the differences between a rule and its template."""
    notes = []
    frequency = properties.get("MaximumExecutionFrequency", SIX_HOURS)
    if frequency != SIX_HOURS and rule.periodic:
        notes.append(f"{name} is evaluated every six hours instead of {frequency}")
    if rule.unchecked:
        notes.append(f"{name}: managed rule {rule.identifier} is not in the catalogue: used without checks")
    named = (properties.get("Scope") or {}).get(RESOURCE_TYPES, ())
    if other := sorted(set([named] if isinstance(named, str) else named) - set(rule.resource_types)):
        notes.append(f"{name} does not evaluate {', '.join(other)} of its scope")
    return notes
