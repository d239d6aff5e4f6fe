"""What AWS would refuse of a managed rule, by the catalogue of its rules."""

import difflib
from collections.abc import Iterable, Mapping

from settings import catalogue
from settings import fields as values
from settings.catalogue import CHANGES, Known

NEWER = "unchecked = true for a rule that is newer than the catalogue"
MOST_SHOWN = 8


def identifier(given: str) -> str:
    """Returns the identifier of a rule that AWS has."""
    if given == catalogue.PROCESS_CHECK:
        what = "a process check, which people fill in and AWS Config does not evaluate"
        raise values.refused(what, "a rule that AWS Config evaluates")
    if given not in catalogue.known():
        near = catalogue.nearest(given)
        raise values.refused("AWS has no such managed rule", f"did you mean {near}? {NEWER}" if near else NEWER)
    return given


def types(given: tuple[str, ...], entry: Known | None) -> tuple[str, ...]:
    """Returns the types that are given, or else those that the rule evaluates."""
    if entry is None:
        if not given:
            raise values.refused("missing", "the types that the rule evaluates, as its page says")
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
    """Returns the parameters that are given; refused where the rule has no such, or needs others."""
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
        values.Problem((name,), None, "missing: the rule needs it", each.allowed)
        for name, each in entry.parameters.items()
        if each.required and name not in given
    ]
    if found:
        raise values.refused_all(found)
    return given


def periodic(given: bool | None, entry: Known | None) -> bool:
    """Returns whether the rule is periodic, and not change-triggered."""
    if entry is None:
        return bool(given)
    if given and entry.trigger == CHANGES:
        raise values.refused("the rule is change-triggered only", "false, or nothing")
    if given is False and entry.periodic:
        raise values.refused("AWS evaluates the rule periodically only", "true, or nothing")
    return entry.periodic if given is None else given


def _shown(known: Iterable[str], like: str) -> str:
    """Returns some of what is allowed, what is most like the given first."""
    listed = list(known)
    near = difflib.get_close_matches(like, listed, n=1)
    rest = [each for each in sorted(listed) if each not in near]
    shown = [*near, *rest][:MOST_SHOWN]
    more = len(listed) - len(shown)
    return (", ".join(shown) + (f" and {more} more" if more else "")) or "none"
