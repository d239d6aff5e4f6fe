"""Decides whether identity-based policies allow a request; raises UndecidableError for unsupported parts.

Rules of the evaluation: IAM User Guide, "Policy evaluation logic" and "IAM JSON policy elements: Condition operators".
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from simulation.aws.iam.conditions import Context, UndecidableError, glob, met, refuse_variables

ELEMENTS = {"Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"}


@dataclass(frozen=True)
class Request:
    """One action on one resource, with its condition keys."""

    action: str
    resource: str
    context: Context = field(default_factory=dict)


@dataclass(frozen=True)
class Decision:
    """Allowed or not. `sid` names the deciding statement, if any; `explicit` means that it denies."""

    allowed: bool
    reason: str
    sid: str | None = None
    explicit: bool = False


def decide(documents: Iterable[Mapping[str, Any]], request: Request) -> Decision:
    """Returns the decision: an explicit deny, else an allow, else an implicit deny. Raises UndecidableError."""
    matching = [each for document in documents for each in _statements(document) if _matches(each, request)]
    for statement in matching:
        if statement["Effect"] == "Deny":
            return Decision(False, "with an explicit deny in an identity-based policy", statement.get("Sid"), True)
    for statement in matching:
        return Decision(True, "allowed", statement.get("Sid"))
    return Decision(False, f"because no identity-based policy allows the {request.action} action")


def about(documents: Iterable[Mapping[str, Any]], action: str) -> dict[str, Any]:
    """Returns a document with the statements about an action. Raises UndecidableError."""
    statements = [each for document in documents for each in _statements(document)]
    return {"Statement": [each for each in statements if _element_matches(each, "Action", action.lower(), fold=True)]}


def _statements(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    statements = document["Statement"]
    listed: list[Mapping[str, Any]] = statements if isinstance(statements, list) else [statements]
    for statement in listed:
        if unknown := statement.keys() - ELEMENTS:
            raise UndecidableError(f"policy element {', '.join(sorted(unknown))} is not supported by the simulation")
        if statement["Effect"] not in ("Allow", "Deny"):
            raise UndecidableError(f"policy effect {statement['Effect']!r} is neither Allow nor Deny")
    return listed


def _matches(statement: Mapping[str, Any], request: Request) -> bool:
    return (
        _element_matches(statement, "Action", request.action.lower(), fold=True)
        and _element_matches(statement, "Resource", request.resource, fold=False)
        and met(statement.get("Condition", {}), request.context)
    )


def _element_matches(statement: Mapping[str, Any], element: str, value: str, fold: bool) -> bool:
    if element in statement:
        return _any_glob(statement[element], value, fold)
    if f"Not{element}" in statement:
        return not _any_glob(statement[f"Not{element}"], value, fold)
    raise UndecidableError(f"a policy statement has neither {element} nor Not{element}")


def _any_glob(patterns: str | list[str], value: str, fold: bool) -> bool:
    listed = [patterns] if isinstance(patterns, str) else patterns
    refuse_variables(listed)
    return any(glob(pattern.lower() if fold else pattern, value) for pattern in listed)
