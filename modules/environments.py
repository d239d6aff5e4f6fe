"""Reads environments/*.toml, and tells all that is wrong with them at once."""

import difflib
import json
import os
import tomllib
from collections.abc import Iterable, Sequence
from datetime import date, time
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from modules.managed import ManagedRuleSettings, name_problems
from modules.pack.rules import read_pack
from modules.pack.template import TemplateError
from modules.part import table
from modules.repairs import remediations
from modules.settings import Settings
from modules.values import REFUSED, Problem

SUFFIX_VARIABLE = "ENVIRONMENT_SUFFIX"

TYPES = {
    "bool_type": "true or false",
    "dict_type": "a table",
    "int_type": "a whole number",
    "mapping_type": "a table",
    "model_type": "a table",
    "string_type": "a text in quotes",
    "too_short": "at least one entry",
    "tuple_type": "a list in brackets",
}


class SettingsError(Exception):
    """Settings that cannot be used; one line per problem: file, key, value, what is wrong, what is allowed."""


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
    if problems:
        raise SettingsError("\n".join(problems))
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
        # A default that is made from other settings and was not, because those are refused, is no problem of its own.
        found = [dict(each) for each in error.errors() if each["type"] != "default_factory_not_called"]
        problems += [problem for each in found for problem in _problems(each)]
    if loaded is not None:
        loaded = _with_packs(loaded, file.parent, problems)
    if document.get("environment") != file.stem:
        allowed = f'"{file.stem}", as the file is called'
        problems.append(Problem(("environment",), document.get("environment"), "not the file's name", allowed))
    if problems or loaded is None:
        raise SettingsError("\n".join(_line(file, problem, suffix) for problem in problems))
    return loaded


def _with_packs(loaded: Settings, folder: Path, problems: list[Problem]) -> Settings:
    """The settings with their packs' rules; what is wrong with a pack is added to the problems."""
    rules: dict[str, ManagedRuleSettings] = {}
    notes: list[str] = []
    for name, given in loaded.conformance_packs.items():
        at = ("conformance_packs", name)
        try:
            pack = read_pack(folder / given.template, given)
        except TemplateError as error:
            allowed = "a conformance pack template beside this file"
            problems.append(Problem((*at, "template"), given.template, str(error), allowed))
            continue
        notes += [f"{name}: {note}" for note in pack.notes]
        found = name_problems(pack.rules, loaded.catalogue | rules, loaded.longest_rule_name)
        problems += [Problem((*at, "rules", *each.at), each.value, each.what, each.allowed) for each in found]
        rules |= pack.rules
    return loaded.with_packs(rules, notes)


def _document(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        known = ", ".join(sorted(each.stem for each in file.parent.glob("*.toml"))) or "none"
        raise SettingsError(f"{file}: there is no such environment; there are: {known}") from None
    except (ValueError, OSError) as error:
        raise SettingsError(f"{file}: cannot be read as TOML: {error}; see https://toml.io") from error


def _taken_out_unknown_remediations(document: dict[str, Any]) -> list[Problem]:
    """Told here and taken out, so that what is wrong inside the known ones is told as well."""
    given, known = document.get("remediation"), remediations()
    unknown = [name for name in given if name not in known] if isinstance(given, dict) else []
    if unknown:
        document["remediation"] = {name: chosen for name, chosen in document["remediation"].items() if name in known}
    what, allowed = "no rule with a remediation", ", ".join(known)
    return [Problem(("remediation", name), name, what, allowed) for name in unknown]


def _problems(error: dict[str, Any]) -> list[Problem]:
    at = tuple(error["loc"])
    if error["type"] != REFUSED:
        return [_wrong_form(at, error)]
    context = error["ctx"]
    inner: Sequence[Problem] = context.get("problems", ())
    if inner:
        return [Problem((*at, *each.at), each.value, each.what, each.allowed) for each in inner]
    return [Problem(at, error["input"], context["what"], context["allowed"])]


def _wrong_form(at: tuple[str | int, ...], error: dict[str, Any]) -> Problem:
    kind = error["type"]
    if kind == "extra_forbidden":
        return Problem(at, error["input"], "unknown key", _nearest(at))
    if kind == "missing":
        return Problem(at, None, "missing", "see the example environments/dev.toml")
    if kind in TYPES:
        return Problem(at, error["input"], f"must be {TYPES[kind]}", TYPES[kind])
    return Problem(at, error["input"], str(error["msg"]), "see the example environments/dev.toml")


def _nearest(at: Sequence[str | int]) -> str:
    """The keys of the table in which an unknown one stands, the nearest first."""
    model: type[BaseModel] = Settings
    path = iter(at[:-1])
    for key in path:
        inner, one_of_many = table(model.model_fields[str(key)].annotation)
        if inner is None:
            break
        model = inner
        if one_of_many:
            next(path, None)
    keys = list(model.model_fields)
    near = difflib.get_close_matches(str(at[-1]), keys, n=1)
    return f"did you mean {near[0]}?" if near else ", ".join(keys)


def _line(file: Path, problem: Problem, suffix: str | None) -> str:
    if problem.at == ("environment_suffix",) and suffix:
        place = f"environment variable {SUFFIX_VARIABLE}"
    else:
        place = f"{file}: {_path(problem.at)}"
    value = "" if problem.value is None else f" = {_shown(problem.value)}"
    line = f"{place}{value}: {problem.what}; allowed: {problem.allowed}"
    # A key or value may hold line breaks, or codes that command the terminal.
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in line)


def _path(at: Iterable[str | int]) -> str:
    path = ""
    for key in at:
        path += f"[{key}]" if isinstance(key, int) else f".{key}" if path else str(key)
    return path


def _shown(value: Any) -> str:
    """As TOML would write it."""
    shown = str(value) if isinstance(value, date | time) else json.dumps(value, ensure_ascii=False, default=str)
    return shown if len(shown) <= 120 else shown[:117] + "..."
