import dataclasses
import re

import pytest

from handlers.common.outcome import Outcome
from handlers.common.remediation import Document, Mode, NotRemediableError, Remediation
from handlers.remediate.outcome import Run, Step


class Resource:
    """Something with a state, and a note of every write to it."""

    def __init__(self, state: Document, takes_writes: bool = True) -> None:
        self.state = state
        self.takes_writes = takes_writes
        self.writes: list[Document] = []

    def apply(self, _region: str, _resource_id: str, state: Document) -> None:
        self.writes.append(state)
        if self.takes_writes:
            self.state = state


def wanted(state: Document, _region: str, _parameters: Document) -> Document:
    if state.get("stuck"):
        raise NotRemediableError("it is stuck")
    return state | {"sealed": True}


def run(resource: Resource, mode: Mode, scope: tuple[str, ...] = ("it",)) -> Step:
    remediation = Remediation(
        name="sealing",
        effect="seals it",
        scope_pattern=re.compile("it"),
        scope_description="it",
        reads=(),
        writes=(),
        parameters=lambda _settings: {},
        read=lambda _region, _resource_id: resource.state,
        wanted=wanted,
        apply=resource.apply,
    )
    decided = Run(remediation, mode, scope, {})
    return decided.carry_out("eu-west-1", "it", decided.decide("eu-west-1", "it"))


@pytest.mark.parametrize("mode", [Mode.PLAN, Mode.ENFORCE])
def test_outside_the_scope_nothing_is_even_looked_at(mode: Mode) -> None:
    resource = Resource({})
    step = run(resource, mode, scope=("other",))
    assert (step.outcome, step.before, resource.writes) == (Outcome.OUT_OF_SCOPE, None, [])


@pytest.mark.parametrize("mode", [Mode.PLAN, Mode.ENFORCE])
def test_compliant_already_is_said_and_not_written(mode: Mode) -> None:
    resource = Resource({"sealed": True})
    assert run(resource, mode).outcome == Outcome.ALREADY_COMPLIANT
    assert resource.writes == []


def test_plan_says_what_it_would_do() -> None:
    resource = Resource({"colour": "red"})
    step = run(resource, Mode.PLAN)
    assert step.outcome == Outcome.WOULD_REMEDIATE
    assert (step.before, step.wanted, step.after) == ({"colour": "red"}, {"colour": "red", "sealed": True}, None)
    assert resource.writes == []


def test_enforce_writes_once_and_looks_again() -> None:
    resource = Resource({"colour": "red"})
    step = run(resource, Mode.ENFORCE)
    assert (step.outcome, step.before, step.after) == (Outcome.REMEDIATED, {"colour": "red"}, step.wanted)
    assert run(resource, Mode.ENFORCE).outcome == Outcome.ALREADY_COMPLIANT
    assert len(resource.writes) == 1


def test_write_that_is_not_seen_is_not_called_a_repair() -> None:
    step = run(Resource({}, takes_writes=False), Mode.ENFORCE)
    assert (step.outcome, step.after) == (Outcome.NOT_VERIFIED, {})


def test_what_cannot_be_repaired_is_said() -> None:
    resource = Resource({"stuck": True})
    step = run(resource, Mode.ENFORCE)
    assert (step.outcome, step.reason, resource.writes) == (Outcome.NOT_REMEDIABLE, "it is stuck", [])


def test_steps_do_not_change() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Step(Outcome.OUT_OF_SCOPE, "").outcome = Outcome.REMEDIATED  # type: ignore[misc]
