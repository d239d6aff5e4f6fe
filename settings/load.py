"""Loading of environments/*.toml, with a report of all problems at once."""

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from handlers.rules import RULES
from settings import cross_checks, rule_folders
from settings.conformance_pack.constraints import TemplateError, UnknownParameterError
from settings.conformance_pack.rules import combined, read_pack
from settings.errors import SettingsError, line, place, problems_of, read_toml
from settings.fields import Problem
from settings.managed_rules import ManagedRuleSettings, absent_from, name_problems, unrecorded
from settings.model import Settings
from settings.name_limits import longest_rule_name
from settings.remediation import remediations
from settings.waivers import strays, waivers_of

SUFFIX_VARIABLE = "ENVIRONMENT_SUFFIX"
WAIVERS = "waivers"
"""The folder of waivers, beside the folder of environments."""


def load_all(folder: Path) -> tuple[Settings, ...]:
    """Returns every environment of a folder, by file name; raises SettingsError with all files' problems."""
    files = sorted(folder.glob("*.toml"))
    if not files:
        copy = "copy environments/dev.toml of the compliance monitor there and edit it"
        raise SettingsError(f"{folder}: has no environment; run this in the folder above environments/, or {copy}")
    environments, problems = [], []
    for file in files:
        try:
            environments.append(load(file))
        except SettingsError as error:
            problems.append(str(error))
    known = [file.stem for file in files]
    problems += strays(folder.parent / WAIVERS, known)
    if problems:
        # A waiver file that cannot be read is reported for every environment.
        raise SettingsError("\n".join(dict.fromkeys(line for each in problems for line in each.splitlines())))
    return tuple(environments)


def load(file: Path) -> Settings:
    """Returns one environment; raises SettingsError."""
    rule_folders.require()
    document = _document(file)
    suffix = os.environ.get(SUFFIX_VARIABLE)
    if suffix:
        document["environment_suffix"] = suffix
    problems = _remove_unknown_remediations(document)
    loaded = None
    try:
        loaded = Settings.model_validate(document)
    except ValidationError as error:
        problems += problems_of(error, Settings, "the example environments/dev.toml")
    if loaded is not None:
        loaded = _with_packs(loaded, file.parent, problems)
    if document.get("environment") != file.stem:
        allowed = f'"{file.stem}", the name of the file'
        problems.append(Problem(("environment",), document.get("environment"), "not the name of the file", allowed))
    if problems or loaded is None:
        raise SettingsError("\n".join(_line(file, problem, suffix) for problem in problems))
    return loaded.with_waivers(waivers_of(file.parent.parent / WAIVERS, loaded))


def _with_packs(loaded: Settings, folder: Path, problems: list[Problem]) -> Settings:
    """Returns the settings with their packs' rules; adds the problems of packs to `problems`."""
    longest = longest_rule_name(loaded.environment, loaded.environment_suffix)
    rules: dict[str, ManagedRuleSettings] = {}
    notes: list[str] = []
    for name, given in loaded.conformance_packs.items():
        at = ("conformance_packs", name)
        try:
            pack = read_pack(folder / given.template, given)
        except UnknownParameterError as error:
            value = given.parameters[error.name]
            problems.append(Problem((*at, "parameters", error.name), value, "no such parameter", error.allowed))
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
        nowhere = {each: why for each, rule in pack.rules.items() if (why := cross_checks.why_nowhere(rule, loaded))}
        pack.notes += [f"{each} is not taken over: {why.what}" for each, why in nowhere.items()]
        pack.rules = {each: rule for each, rule in pack.rules.items() if each not in nowhere}
        enabled = {each: rule for each, rule in loaded.managed_rules.items() if rule.enabled}
        same = combined({**enabled, **rules}, pack)
        notes += [f"{name}: {note}" for note in pack.notes]
        found = name_problems(pack.rules, {**RULES, **loaded.managed_rules, **rules}, longest)
        allowed = 'rename = "…" or skip = true in this table'
        problems += [Problem((*at, "rules", *each.at), each.value, each.what, allowed) for each in found]
        rules |= pack.rules | same
    notes += _notes({**loaded.managed_rules, **rules}, loaded.monitored_regions)
    complete = loaded.with_packs(rules, notes)
    problems += cross_checks.problems(complete)
    return complete


def _notes(rules: Mapping[str, ManagedRuleSettings], monitored: Sequence[str]) -> Iterator[str]:
    """Yields notes on rules that do not exist in a region, and on types that are not recorded."""
    for name, given in rules.items():
        if not given.enabled:
            continue
        if types := unrecorded(given):
            yield f"{name}: {_unrecorded(types, bool(given.periodic))}"
        if regions := absent_from(given, monitored):
            yield f"{name} is not deployed in {', '.join(regions)}: AWS does not have {given.identifier} there"


def _unrecorded(types: Sequence[str], periodic: bool) -> str:
    """Returns a note on types that are not in the API of AWS Config."""
    note = f"AWS Config's API does not list {', '.join(types)}: resources without a result are not counted"
    return note if periodic else f'{note}, and only a recorder of all types (also_record = "all") may lead to results'


def _document(file: Path) -> dict[str, Any]:
    if not file.exists():
        known = ", ".join(sorted(each.stem for each in file.parent.glob("*.toml"))) or None
        allowed = known or "run this in the folder above environments/"
        raise SettingsError(f"{file}: no such environment; allowed: {allowed}")
    return read_toml(file)


def _remove_unknown_remediations(document: dict[str, Any]) -> list[Problem]:
    """Returns and removes the unknown remediations, so that problems of the known ones are reported as well."""
    given, known = document.get("remediation"), remediations()
    unknown = [name for name in given if name not in known] if isinstance(given, dict) else []
    if unknown:
        document["remediation"] = {name: chosen for name, chosen in document["remediation"].items() if name in known}
    what, allowed = "not a rule with a remediation", ", ".join(known)
    return [Problem(("remediation", name), name, what, allowed) for name in unknown]


def _line(file: Path, problem: Problem, suffix: str | None) -> str:
    named = problem.at == ("environment_suffix",) and suffix
    return line(f"environment variable {SUFFIX_VARIABLE}" if named else place(file, problem), problem)
