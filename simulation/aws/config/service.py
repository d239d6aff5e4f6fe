"""AWS Config in one account: recorded items, evaluation results and events."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from moto.config.models import ConfigBackend, config_backends

from handlers.common.model.events import NOT_APPLICABLE
from handlers.common.model.rule import GLOBAL_TYPES
from handlers.common.runtime.errors import ComplianceMonitorError
from simulation.aws import guard_engine as guard
from simulation.aws import managed_rules as managed
from simulation.aws.clock import Clock
from simulation.aws.config import news
from simulation.aws.config.item import DELETED, Item, Key
from simulation.aws.config.news import Result

Inventory = Callable[[str], Iterable[Item]]
"""Returns the items that exist now in a region."""

Emit = Callable[[dict[str, Any]], None]

Gate = Callable[[str], None]
"""Called before each API call with its name in snake case; its exceptions reach the caller."""


StandIn = Callable[[str, Item, Mapping[str, str]], str]
"""Evaluates an item like an AWS managed rule, given its identifier and parameters."""

SIX_HOURS = timedelta(hours=6)
"""The only frequency of the system's periodic rules."""

NEVER = datetime.min.replace(tzinfo=UTC)


def open_gate(_action: str) -> None:
    """Allows every call."""


class RecorderOffError(ComplianceMonitorError, RuntimeError):
    """The region has no started recorder."""


@dataclass
class Recorded:
    """A configuration item and its capture time."""

    item: Item
    captured: datetime


class ConfigService:
    """Records resources, evaluates changed ones, or all on request, and emits events of changed compliance types.

    `undecided` has a message per item that could not be evaluated. It gets no result: reports count it as unknown.
    """

    def __init__(self, account: str, clock: Clock, inventory: Inventory, emit: Emit) -> None:
        self.account = account
        self._clock = clock
        self.inventory = inventory
        self._emit = emit
        self.gate: Gate = open_gate
        self.undecided: list[str] = []
        self._recorded: dict[str, dict[Key, Recorded]] = {}
        self._results: dict[tuple[str, str], dict[Key, Result]] = {}
        self._evaluated: dict[tuple[str, str], datetime] = {}
        self.stand_in: StandIn = managed.evaluate

    def record(self, region: str) -> int:
        """Records the region's resources, evaluates the changed ones, and returns their number."""
        records = self._recorder(region)
        known = self._recorded.setdefault(region, {})
        now = {item.key: item for item in self.inventory(region) if records(item.resource_type)}
        changed = [item for key, item in now.items() if key not in known or known[key].item != item]
        deleted = [recorded.item.deleted() for key, recorded in known.items() if key not in now]
        for item in [*changed, *deleted]:
            known[item.key] = Recorded(item, self._clock.now())
            self._evaluate_under_all(region, known[item.key])
        for item in deleted:
            del known[item.key]
        return len(changed) + len(deleted)

    def evaluate_periodic(self, region: str) -> None:
        """Evaluates the region's due periodic rules on current resources: such rules read them from the services."""
        now = self._clock.now()
        due = [
            name
            for name, rule in self.backend(region).config_rules.items()
            if _is_periodic(rule) and now - self._evaluated.get((region, name), NEVER) >= SIX_HOURS
        ]
        items = list(self.inventory(region)) if due else []
        for name in due:
            self._evaluated[region, name] = now
            types = managed.types_of(self.backend(region).config_rules[name].source.source_identifier)
            present = {item.key: item for item in items if item.resource_type in types}
            # A deleted resource loses its result, which is an event as well.
            deleted = [key for key in self.results(region, name) if key not in present]
            for item in [*present.values(), *(Item(*key, {"configurationItemStatus": DELETED}) for key in deleted)]:
                if not self._evaluate(region, name, Recorded(item, now)):
                    break  # an unsupported rule has no result for any item

    @contextmanager
    def losing_events(self) -> Iterator[None]:
        """Drops the events emitted within the context: AWS Config delivers events on a best-effort basis."""
        emit, self._emit = self._emit, lambda _event: None
        try:
            yield
        finally:
            self._emit = emit

    def start_evaluation(self, region: str, rules: Iterable[str]) -> None:
        """Evaluates the recorded items again under the named rules, and emits the event for the start."""
        rules = list(rules)
        self._emit(news.started(self.account, region, rules, self._clock.now()))
        for rule in rules:
            for recorded in list(self._recorded.get(region, {}).values()):
                self._evaluate_change(region, rule, recorded)

    def results(self, region: str, rule: str) -> dict[Key, Result]:
        """Returns the current results of a rule, by resource."""
        return self._results.get((region, rule), {})

    def discovered(self, region: str, resource_type: str) -> list[Item]:
        """Returns the existing recorded resources of a type."""
        known = self.recorded(region).values()
        return [recorded.item for recorded in known if recorded.item.resource_type == resource_type]

    def recorded(self, region: str) -> Mapping[Key, Recorded]:
        """Returns the last recorded items of a region."""
        return self._recorded.get(region, {})

    def recorded_regions(self) -> list[str]:
        """Returns the regions with recorded items."""
        return sorted(self._recorded)

    def backend(self, region: str) -> ConfigBackend:
        """Returns moto's backend of rules, recorders and aggregators."""
        return config_backends[self.account][region]

    def _recorder(self, region: str) -> Callable[[str], bool]:
        """Returns a test whether the region's recorder records a type; raises RecorderOffError."""
        recorders = [each for each in self.backend(region).recorders.values() if each.status.recording]
        if not recorders:
            raise RecorderOffError(f"AWS Config has no started recorder in {region}")
        group = recorders[0].recording_group
        if group.all_supported:
            return lambda kind: bool(group.include_global_resource_types) or kind not in GLOBAL_TYPES
        return (group.resource_types or []).__contains__

    def _evaluate_under_all(self, region: str, recorded: Recorded) -> None:
        for name in self.backend(region).config_rules:
            self._evaluate_change(region, name, recorded)

    def _evaluate_change(self, region: str, name: str, recorded: Recorded) -> None:
        rule: Any = self.backend(region).config_rules[name]
        if not _is_periodic(rule) and recorded.item.resource_type in _types(rule):
            self._evaluate(region, name, recorded)

    def _evaluate(self, region: str, name: str, recorded: Recorded) -> bool:
        """Evaluates an item; returns whether there is a result."""
        rule: Any = self.backend(region).config_rules[name]
        item = recorded.item
        if not item.readable:
            return False
        invoked = self._clock.now()
        try:
            compliance_type = self._compliance_type(rule, item)
        except (guard.GuardError, managed.UnknownManagedRuleError) as error:
            self.undecided.append(f"{item.resource_type} {item.resource_id}: cannot evaluate {name}: {error}")
            return False
        results = self._results.setdefault((region, name), {})
        before = results.get(item.key)
        is_change = before is None or before.compliance_type != compliance_type
        result = results[item.key] = Result(
            compliance_type,
            ordering=recorded.captured,
            invoked=invoked,
            recorded=self._clock.now(),
            aggregated=invoked if before is None or is_change else before.aggregated,
        )
        if is_change:
            self._emit(news.changed(self.account, region, rule, item, result, before))
        return True

    def _compliance_type(self, rule: Any, item: Item) -> str:
        if rule.source.owner != "AWS":
            return guard.evaluate(item.document, rule.source.policy_text)
        if item.is_deleted:
            return NOT_APPLICABLE
        return self.stand_in(rule.source.source_identifier, item, rule.input_parameters_dict)


def _is_periodic(rule: Any) -> bool:
    return rule.source.owner == "AWS" and rule.maximum_execution_frequency is not None and rule.scope is None


def _types(rule: Any) -> Collection[str]:
    """Returns the types whose changes trigger a rule: those of its scope, or else of the AWS managed rule."""
    if rule.scope is not None:
        types: list[str] = rule.scope.compliance_resource_types
        return types
    return managed.types_of(rule.source.source_identifier)
