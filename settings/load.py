"""Reads environments/*.toml, and tells all that is wrong with them at once."""

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from handlers.common.model.rule import GLOBAL_RULES, GLOBAL_TYPES
from handlers.common.model.s3_keys import is_managed
from handlers.rules import RULES
from handlers.rules.s3_bucket_default_encryption_kms import RULE as S3_RULE
from settings import exclusions
from settings.conformance_pack.constraints import TemplateError, UnknownParameterError
from settings.conformance_pack.rules import combined, read_pack
from settings.errors import SettingsError, line, place, problems_of, read_toml
from settings.fields import Problem
from settings.managed_rule_checks import NEWER
from settings.managed_rules import ManagedRuleSettings, absent_from, name_problems, unrecorded
from settings.model import Settings
from settings.name_limits import longest_rule_name
from settings.regions import CREATE, WITHOUT_GLOBAL_TYPES
from settings.remediation import remediations
from settings.resource_names import DELIVERY_BUCKET, REPORT_BUCKET, NameKind
from settings.size_limits import beyond_limits
from settings.waivers import strays, waivers_of

SUFFIX_VARIABLE = "ENVIRONMENT_SUFFIX"
WAIVERS = "waivers"
"""The folder of waivers, beside that of environments."""


def load_all(folder: Path) -> tuple[Settings, ...]:
    """Every environment of a folder, in the order of the file names; raises SettingsError with all files' problems."""
    files = sorted(folder.glob("*.toml"))
    if not files:
        raise SettingsError(f"{folder}: no environment here; copy environments/dev.toml of the project and edit it")
    environments, problems = [], []
    for file in files:
        try:
            environments.append(load(file))
        except SettingsError as error:
            problems.append(str(error))
    known = [file.stem for file in files]
    problems += strays(folder.parent / WAIVERS, known)
    if problems:
        # What is wrong with a file that cannot be read is told for every environment.
        raise SettingsError("\n".join(dict.fromkeys(line for each in problems for line in each.splitlines())))
    return tuple(environments)


def load(file: Path) -> Settings:
    """One environment; raises SettingsError."""
    document = _document(file)
    suffix = os.environ.get(SUFFIX_VARIABLE)
    if suffix:
        document["environment_suffix"] = suffix
    problems = _taken_out_unknown_remediations(document)
    loaded = None
    try:
        loaded = Settings.model_validate(document)
    except ValidationError as error:
        problems += problems_of(error, Settings, "the example environments/dev.toml")
    if loaded is not None:
        loaded = _with_packs(loaded, file.parent, problems)
    if document.get("environment") != file.stem:
        allowed = f'"{file.stem}", as the file is called'
        problems.append(Problem(("environment",), document.get("environment"), "not the file's name", allowed))
    if problems or loaded is None:
        raise SettingsError("\n".join(_line(file, problem, suffix) for problem in problems))
    return loaded.with_waivers(waivers_of(file.parent.parent / WAIVERS, loaded))


def _with_packs(loaded: Settings, folder: Path, problems: list[Problem]) -> Settings:
    """The settings with their packs' rules; what is wrong with a pack is added to the problems."""
    longest = longest_rule_name(loaded.environment, loaded.environment_suffix)
    rules: dict[str, ManagedRuleSettings] = {}
    notes: list[str] = []
    for name, given in loaded.conformance_packs.items():
        at = ("conformance_packs", name)
        try:
            pack = read_pack(folder / given.template, given)
        except UnknownParameterError as error:
            value = given.parameters[error.name]
            problems.append(Problem((*at, "parameters", error.name), value, "the template has none", error.allowed))
            continue
        except TemplateError as error:
            allowed = "a conformance pack template beside this file"
            problems.append(Problem((*at, "template"), given.template, str(error), allowed))
            continue
        problems += [
            Problem((*at, "rules", each), each, "the template has no such rule", ", ".join(pack.names))
            for each in given.rules
            if each not in pack.names
        ]
        nowhere = {each: why for each, rule in pack.rules.items() if (why := _why_nowhere(rule, loaded))}
        pack.notes += [f"{each} is not taken over: {why.what}" for each, why in nowhere.items()]
        pack.rules = {each: rule for each, rule in pack.rules.items() if each not in nowhere}
        enabled = {each: rule for each, rule in loaded.managed_rules.items() if rule.enabled}
        same = combined({**enabled, **rules}, pack)
        notes += [f"{name}: {note}" for note in pack.notes]
        found = name_problems(pack.rules, {**RULES, **loaded.managed_rules, **rules}, longest)
        allowed = 'rename = "…" or skip = true in this table'
        problems += [Problem((*at, "rules", *each.at), each.value, each.what, allowed) for each in found]
        rules |= pack.rules | same
    notes += _left_out({**loaded.managed_rules, **rules}, loaded.monitored_regions)
    complete = loaded.with_packs(rules, notes)
    checks = (
        _none_enabled,
        _idle_regions,
        _own_excluded,
        _own_buckets,
        _keys,
        _exclusions,
        _nowhere,
        _also_recorded,
        beyond_limits,
    )
    problems += [problem for check in checks for problem in check(complete)]
    return complete


def _left_out(rules: Mapping[str, ManagedRuleSettings], monitored: Sequence[str]) -> Iterator[str]:
    """What is not deployed in some region, as AWS does not have it there, and what is not recorded anywhere."""
    for name, given in rules.items():
        if not given.enabled:
            continue
        if types := unrecorded(given):
            yield f"{name}: {_unrecorded(types, bool(given.periodic))}"
        if regions := absent_from(given, monitored):
            yield f"{name} is not deployed in {', '.join(regions)}: AWS does not have {given.identifier} there"


def _unrecorded(types: Sequence[str], periodic: bool) -> str:
    """What it means that AWS Config's API does not list some types among those that it records."""
    said = f"AWS Config's API does not list {', '.join(types)} as recorded: what has no result is not counted"
    return said if periodic else f'{said}, and only a recorder of all types (also_record = "all") may lead to results'


def _none_enabled(settings: Settings) -> list[Problem]:
    what, allowed = "no rule is enabled", "enabled = true for one of them, or a rule under [managed_rules]"
    return [] if settings.catalogue else [Problem(("rules",), None, what, allowed)]


def _idle_regions(settings: Settings) -> Iterator[Problem]:
    """Regions in which no rule is evaluated, or whose recorder would record nothing, which AWS Config refuses."""
    for number, region in enumerate(settings.monitored_regions):
        there = settings.rules_in(region).values()
        if settings.catalogue and not there:
            yield Problem(
                ("monitored_regions", number), region, "no rule is evaluated there", "regions that have a rule"
            )
        needed = [kind for rule in there for kind in rule.recorded_types]
        if there and not needed and not settings.also_record and settings.recorder[region] == CREATE:
            what = f"the rules of {region} need no recorded type, and AWS Config takes no recorder without one"
            yield Problem(("also_record",), [], what, "at least one type, such as AWS::EC2::SecurityGroup")


def _own_excluded(settings: Settings) -> Iterator[Problem]:
    organization = settings.organization
    if organization is not None and settings.account_id in organization.excluded_accounts:
        at = ("organization", "excluded_accounts", organization.excluded_accounts.index(settings.account_id))
        yield Problem(at, settings.account_id, "is account_id, which is always monitored", "other accounts")


def _own_buckets(settings: Settings) -> Iterator[Problem]:
    """The system's buckets in the scope of a remediation: they use a key of their own, which is always allowed."""
    own = {settings.name(each, NameKind.S3_BUCKET) for each in (REPORT_BUCKET, DELIVERY_BUCKET)}
    for rule, chosen in settings.remediation.items():
        for number, name in enumerate(chosen.scope):
            if name in own:
                yield Problem(("remediation", rule, "scope", number), name, "a bucket of this system", "other buckets")


def _keys(settings: Settings) -> Iterator[Problem]:
    """A bucket's key is of its region: a key of another has no effect, and buckets of a region without one violate."""
    keys, regions = settings.criteria.s3_keys, settings.monitored_regions
    if isinstance(keys, str) or S3_RULE.name not in settings.catalogue:
        return
    at = ("rules", S3_RULE.name, "keys")
    listed = [arn.split(":")[3] for arn in keys]
    for number, region in enumerate(listed):
        if region not in regions:
            yield Problem((*at, number), keys[number], f"of {region}, which is not monitored", ", ".join(regions))
    if missing := [] if any(map(is_managed, keys)) else [each for each in regions if each not in listed]:
        yield Problem(at, None, f"no key of {', '.join(missing)}", "at least one of each monitored region")


def _exclusions(settings: Settings) -> Iterator[Problem]:
    return exclusions.problems(settings.exclude, settings.catalogue, settings.regions_of, settings)


def _nowhere(settings: Settings) -> list[Problem]:
    """Rules that could be evaluated in none of the monitored regions."""
    found = ((name, _why_nowhere(rule, settings)) for name, rule in settings.managed_rules.items() if rule.enabled)
    return [Problem(("managed_rules", name, why.at), why.value, why.what, why.allowed) for name, why in found if why]


class _Nowhere(NamedTuple):
    """Why a rule cannot be evaluated: the key that is wrong and its value, what is, and what would be right."""

    at: str
    value: Any
    what: str
    allowed: str


def _why_nowhere(rule: ManagedRuleSettings, settings: Settings) -> _Nowhere | None:
    home, monitored, absent = (
        settings.home_region,
        settings.monitored_regions,
        absent_from(rule, settings.monitored_regions),
    )
    types, kinds = list(rule.resource_types), ", ".join(sorted(GLOBAL_TYPES & set(rule.resource_types)))
    is_global = rule.identifier in GLOBAL_RULES
    if absent == monitored or (is_global and home in absent):
        what = f"AWS does not have {rule.identifier} in {', '.join(absent)}"
        return _Nowhere("identifier", rule.identifier, what, NEWER)
    if (kinds or is_global) and home not in monitored:
        what = f"{kinds or 'the account as a whole'}: evaluated in the home region only, and {home} is not monitored"
        return _Nowhere("resource_types", types, what, f"{home} in monitored_regions, or no such type")
    if kinds and home in WITHOUT_GLOBAL_TYPES:
        what = f"AWS Config does not record {kinds} in the home region {home}"
        return _Nowhere("resource_types", types, what, "no such type, or another home_region")
    return None


def _also_recorded(settings: Settings) -> list[Problem]:
    """Types that no recorder of ours would record."""
    ours = [region for region, recorder in settings.recorder.items() if recorder == CREATE]
    also, home = settings.also_record, settings.home_region
    if also and not ours:
        what, allowed = "of no use: every recorder exists already, and is left alone", "no also_record"
        return [Problem(("also_record",), list(also), what, allowed)]
    if home in ours and home not in WITHOUT_GLOBAL_TYPES:
        return []
    what = f"recorded in the home region only, where no recorder of ours can record it: {home}"
    allowed = "no such type, or a recorder of ours in the home region"
    return [
        Problem(("also_record", number), kind, what, allowed)
        for number, kind in enumerate(also)
        if kind in GLOBAL_TYPES
    ]


def _document(file: Path) -> dict[str, Any]:
    if not file.exists():
        known = ", ".join(sorted(each.stem for each in file.parent.glob("*.toml"))) or "none"
        raise SettingsError(f"{file}: there is no such environment; there are: {known}")
    return read_toml(file)


def _taken_out_unknown_remediations(document: dict[str, Any]) -> list[Problem]:
    """Told here and taken out, so that what is wrong inside the known ones is told as well."""
    given, known = document.get("remediation"), remediations()
    unknown = [name for name in given if name not in known] if isinstance(given, dict) else []
    if unknown:
        document["remediation"] = {name: chosen for name, chosen in document["remediation"].items() if name in known}
    what, allowed = "no rule with a remediation", ", ".join(known)
    return [Problem(("remediation", name), name, what, allowed) for name in unknown]


def _line(file: Path, problem: Problem, suffix: str | None) -> str:
    named = problem.at == ("environment_suffix",) and suffix
    return line(f"environment variable {SUFFIX_VARIABLE}" if named else place(file, problem), problem)
