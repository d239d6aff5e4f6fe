"""Checks of settings against each other."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from handlers.common.model.rule import GLOBAL_RULES, GLOBAL_TYPES, Guard
from handlers.common.model.setting import Monitored
from settings import exclusions
from settings.fields import Problem
from settings.managed_rule_checks import NEWER
from settings.managed_rules import ManagedRuleSettings, absent_from
from settings.model import Settings
from settings.name_limits import overlong
from settings.regions import CREATE, WITHOUT_GLOBAL_TYPES
from settings.resource_names import DELIVERY_BUCKET, REPORT_BUCKET, NameKind
from settings.size_limits import beyond_limits


def problems(settings: Settings) -> Iterator[Problem]:
    """Yields all problems, each with its key."""
    for check in (
        *(_none_enabled, _idle_regions, _own_excluded, _own_buckets, _own_rules, _exclusions, _nowhere, _also_recorded),
        beyond_limits,
    ):
        yield from check(settings)


def _none_enabled(settings: Settings) -> list[Problem]:
    what, allowed = "no rule is enabled", "enabled = true for one of them, or a rule under [managed_rules]"
    return [] if settings.catalogue else [Problem(("rules",), None, what, allowed)]


def _idle_regions(settings: Settings) -> Iterator[Problem]:
    """Yields regions without a rule, or with a recorder that has no types, which AWS Config rejects."""
    for number, region in enumerate(settings.monitored_regions):
        rules = settings.rules_in(region).values()
        if settings.catalogue and not rules:
            yield Problem(("monitored_regions", number), region, "no rule is evaluated there", "regions with a rule")
        needed = [kind for rule in rules for kind in rule.recorded_types]
        if rules and not needed and not settings.also_record and settings.recorder[region] == CREATE:
            what = f"the rules of {region} need no recorded type, but AWS Config requires one for a recorder"
            yield Problem(("also_record",), [], what, "at least one type, such as AWS::EC2::SecurityGroup")


def _own_excluded(settings: Settings) -> Iterator[Problem]:
    organization = settings.organization
    if organization is not None and settings.account_id in organization.excluded_accounts:
        at = ("organization", "excluded_accounts", organization.excluded_accounts.index(settings.account_id))
        yield Problem(at, settings.account_id, "is account_id, which is always monitored", "other accounts")


def _own_buckets(settings: Settings) -> Iterator[Problem]:
    """Yields the monitor's own buckets in a scope; they are encrypted with its own key, which is always allowed."""
    own = {settings.name(each, NameKind.S3_BUCKET) for each in (REPORT_BUCKET, DELIVERY_BUCKET)}
    for rule, chosen in settings.remediation.items():
        for number, name in enumerate(chosen.scope):
            if name in own:
                yield Problem(("remediation", rule, "scope", number), name, "a bucket of this system", "other buckets")


def _own_rules(settings: Settings) -> Iterator[Problem]:
    """Yields names of own rules that are too long, and the problems that the rules find in their settings."""
    monitored, criteria = Monitored(settings.monitored_regions, settings.organization is not None), settings.criteria()
    for name, rule in settings.own_rules.items():
        yield from overlong(rule)
        if isinstance(rule.source, Guard):
            for each in rule.source.problems(criteria[name], monitored):
                yield each.below("rules", name)


def _exclusions(settings: Settings) -> Iterator[Problem]:
    return exclusions.problems(settings.exclude, settings.catalogue, settings.regions_of, settings)


def _nowhere(settings: Settings) -> list[Problem]:
    """Returns the rules that cannot be evaluated in any monitored region."""
    found = ((name, why_nowhere(rule, settings)) for name, rule in settings.managed_rules.items() if rule.enabled)
    return [Problem(("managed_rules", name, why.at), why.value, why.what, why.allowed) for name, why in found if why]


class Nowhere(NamedTuple):
    """The reason why a rule cannot be evaluated: the key and its value, the problem, and the allowed values."""

    at: str
    value: Any
    what: str
    allowed: str


def why_nowhere(rule: ManagedRuleSettings, settings: Settings) -> Nowhere | None:
    """Returns why a rule cannot be evaluated in any monitored region, or None."""
    home, monitored, absent = (
        settings.home_region,
        settings.monitored_regions,
        absent_from(rule, settings.monitored_regions),
    )
    types, kinds = list(rule.resource_types), ", ".join(sorted(GLOBAL_TYPES & set(rule.resource_types)))
    is_global = rule.identifier in GLOBAL_RULES
    if absent == monitored or (is_global and home in absent):
        what = f"AWS does not have {rule.identifier} in {', '.join(absent)}"
        return Nowhere("identifier", rule.identifier, what, NEWER)
    if (kinds or is_global) and home not in monitored:
        what = f"{kinds or 'the account'}: evaluated in the home region only, but {home} is not monitored"
        return Nowhere("resource_types", types, what, f"{home} in monitored_regions, or no such type")
    if kinds and home in WITHOUT_GLOBAL_TYPES:
        what = f"AWS Config does not record {kinds} in the home region {home}"
        return Nowhere("resource_types", types, what, "no such type, or another home_region")
    return None


def _also_recorded(settings: Settings) -> list[Problem]:
    """Returns the types that no recorder of the deployment would record."""
    ours = [region for region, recorder in settings.recorder.items() if recorder == CREATE]
    also, home = settings.also_record, settings.home_region
    if also and not ours:
        what, allowed = "has no effect: all recorders exist already and remain unchanged", "no also_record"
        return [Problem(("also_record",), list(also), what, allowed)]
    if home in ours and home not in WITHOUT_GLOBAL_TYPES:
        return []
    what = f"recorded in the home region {home} only, where no recorder of this deployment can record it"
    allowed = 'no such type, or recorder = "create" in the home region'
    return [
        Problem(("also_record", number), kind, what, allowed)
        for number, kind in enumerate(also)
        if kind in GLOBAL_TYPES
    ]
