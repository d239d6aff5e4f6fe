"""Checks of managed rules against the catalogue."""

import difflib
from collections.abc import Iterable, Mapping

from settings import catalogue
from settings import fields as values
from settings.catalogue import CHANGES, Known

NEWER = "unchecked = true for a rule that is newer than the catalogue"
MAX_SHOWN = 8


def identifier(given: str) -> str:
    """Returns the identifier; rejects an unknown one."""
    if given == catalogue.PROCESS_CHECK:
        what = "a process check, which is filled in manually and not evaluated by AWS Config"
        raise values.refused(what, "a rule that AWS Config evaluates")
    if given not in catalogue.known():
        near = catalogue.nearest(given)
        raise values.refused("unknown managed rule", f"did you mean {near}? {NEWER}" if near else NEWER)
    return given


def types(given: tuple[str, ...], entry: Known | None) -> tuple[str, ...]:
    """Returns the given types, or by default all types that the rule evaluates."""
    if entry is None:
        if not given:
            raise values.refused("missing", "the types that the rule evaluates according to its documentation")
        return given
    evaluated = entry.evaluates
    found = [
        values.Problem((number,), kind, "the rule does not evaluate it", _shown(evaluated, kind))
        for number, kind in enumerate(given)
        if kind not in evaluated
    ]
    if found:
        raise values.refused_all(found)
    return given or evaluated


def parameters(given: Mapping[str, str], entry: Known | None) -> Mapping[str, str]:
    """Returns the given parameters; rejects unknown and missing ones."""
    if entry is None:
        return given
    found = []
    for name, value in given.items():
        parameter = entry.parameters.get(name)
        if parameter is None:
            found.append(
                values.Problem((name,), value, "the rule has no such parameter", _shown(entry.parameters, name))
            )
        elif not parameter.takes(value):
            found.append(values.Problem((name,), value, f"not of type {parameter.type}", parameter.allowed))
    found += [
        values.Problem((name,), None, "missing: required by the rule", each.allowed)
        for name, each in entry.parameters.items()
        if each.required and name not in given
    ]
    if found:
        raise values.refused_all(found)
    return given


def periodic(given: bool | None, entry: Known | None) -> bool:
    """Returns whether the rule is periodic instead of change-triggered."""
    if entry is None:
        return bool(given)
    if given and entry.trigger == CHANGES:
        raise values.refused("the rule is change-triggered only", "false, or no value")
    if given is False and entry.periodic:
        raise values.refused("the rule is periodic only", "true, or no value")
    return entry.periodic if given is None else given


def _shown(known: Iterable[str], like: str) -> str:
    """Returns up to MAX_SHOWN allowed values, the most similar one first."""
    listed = list(known)
    similar = difflib.get_close_matches(like, listed, n=1)
    rest = [each for each in sorted(listed) if each not in similar]
    shown = [*similar, *rest][:MAX_SHOWN]
    more = len(listed) - len(shown)
    return (", ".join(shown) + (f" and {more} more" if more else "")) or "none"
