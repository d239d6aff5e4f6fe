"""Every call of every function meets every fault, one at a time; what comes of it is compared."""

import argparse
import contextlib
import io
import json
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from operate import waiting
from operate.commands import redrive
from prove import fork
from prove.state import State, state
from prove.world import STAGES, START, Stage, World
from settings.resource_names import FAILURE_QUEUE
from simulation.aws.faults import Called, Choose, Fault

A_MINUTE = timedelta(minutes=1)
REDRIVE = argparse.Namespace(list=False, only=None, drop=None)


@dataclass(frozen=True)
class Trial:
    """A run of a stage with faults: what it met, whether events went to the failure queue, and what was wrong."""

    stage: str
    met: tuple[tuple[Called, Fault], ...]
    redriven: int
    doubled: tuple[str, ...]
    problems: tuple[str, ...]


def trials(world: World, wanted: Callable[[int], bool], stages: Sequence[Stage] = STAGES) -> Iterator[Trial]:
    """Goes through the stages; the trials whose running number is wanted, of one fault in one call each."""
    number = 0
    for stage in stages:
        [(baseline, calls)] = fork.each([partial(_undisturbed, world, stage)])
        cases = []
        for index in range(1, calls + 1):
            for fault in Fault:
                number += 1
                if wanted(number):
                    cases.append(partial(_tried, world, stage, partial(_at, index, fault), baseline, number))
        yield from fork.each(cases)
        stage.act(world)


def _at(index: int, fault: Fault, number: int, _called: Called) -> Fault | None:
    return fault if number == index else None


def _undisturbed(world: World, stage: Stage) -> tuple[State, int]:
    faults = world.cloud.guardian.faults
    faults.calls.clear()
    stage.act(world)
    calls = len(faults.calls)
    _catch_up(world)
    return state(world), calls


def _tried(world: World, stage: Stage, choose: Choose, baseline: State, seed: int) -> Trial:
    # The SDK waits for random times before it tries again.
    random.seed(seed)
    faults, before = world.cloud.guardian.faults, len(world.cloud.invocations)
    faults.calls.clear()
    faults.choose = choose
    stage.act(world)
    problems = list(_unkept(world, before))
    faults.clear()
    redriven = 0
    while (count := state(world).waiting) and redriven < 100:
        _redrive(world)
        redriven += count
    _catch_up(world)
    doubled, more = _compared(baseline, state(world))
    return Trial(stage.name, tuple(faults.met), redriven, tuple(doubled), (*problems, *more))


def _unkept(world: World, before: int) -> Iterator[str]:
    """Failed events that are not in the failure queue, and alarms that are silent about them.

    Messages of a queue come again by themselves.
    """
    failed = [each for each in world.cloud.invocations[before:] if each.error and "Records" not in each.event]
    queue = waiting.FailureQueue.of(world.settings)
    messages = queue.messages()
    for message in messages:
        queue.put_back(message)
    kept = Counter(json.dumps(message.event, sort_keys=True) for message in messages)
    if kept != Counter(json.dumps(each.event, sort_keys=True) for each in failed):
        yield f"{len(failed)} events failed, and the failure queue has {sum(kept.values())}"
    for each in failed:
        errors, waits = _ringing_for(each.function)
        # A slow function fails long after it was started, which is when Lambda counts the error.
        moments = {errors: each.failures[-1] + A_MINUTE, waits: world.cloud.clock.now()}
        for name, moment in moments.items():
            if world.cloud.alarms(moment)[name] != "ALARM":
                yield f"alarm {name} is silent"


def _ringing_for(function: str) -> tuple[str, str]:
    """Returns the alarms for an event that a function has not processed."""
    label = "-dev-ew1"
    return f"{function.removesuffix(label)}-errors{label}", f"{FAILURE_QUEUE}-waiting{label}"


def _redrive(world: World) -> None:
    with contextlib.redirect_stdout(io.StringIO()):
        redrive.act(world.settings, REDRIVE)
    world.cloud.settle()


def _catch_up(world: World) -> None:
    """Runs the schedules of the next hours."""
    world.cloud.record()
    for hour, functions in ((12, ("evaluate",)), (13, SWEEPS), (14, ("report",))):
        for function in functions:
            world.fire(function, START.replace(hour=hour))
    world.cloud.clock.advance(timedelta(minutes=20))
    world.cloud.record()


SWEEPS = ("remediate-s3-encryption", "remediate-rds-retention", "remediate-ec2-stop")


def _compared(expected: State, found: State) -> tuple[list[str], list[str]]:
    """Compares with a run without faults: what came twice, and what differs."""
    problems = [f"{field}: {is_} for {wanted}" for field, wanted, is_ in _differences(expected, found)]
    problems += [f"lost: {each}" for each in (expected.mails - found.mails) + (expected.records - found.records)]
    more = (found.mails - expected.mails) + (found.records - expected.records)
    _forgive(more)
    known = {*expected.mails, *expected.records}
    problems += [f"not expected: {each}" for each in more if each not in known]
    return [each for each in more if each in known], [*problems, *found.broken]


def _forgive(more: Counter[str]) -> None:
    """Leaves out the records of a failed write: the next try is another action."""
    for failed in [each for each in more if each.startswith("OUTCOME FAILED ")]:
        for kind in ("INTENT", "APPROVAL_USED"):
            more[failed.replace("OUTCOME FAILED", f"{kind} APPLIED")] -= more[failed]
        del more[failed]
    for each in [each for each, count in more.items() if count <= 0]:
        del more[each]


def _differences(expected: State, found: State) -> Iterator[tuple[str, object, object]]:
    """Fields that differ, each with what is expected and what is found of it alone."""
    for field in ("findings", "resources", "reports"):
        wanted, is_ = getattr(expected, field), getattr(found, field)
        keys = sorted(key for key in {*wanted, *is_} if wanted.get(key) != is_.get(key))
        if keys:
            yield field, {key: wanted.get(key) for key in keys}, {key: is_.get(key) for key in keys}
    if found.waiting:
        yield "waiting", 0, found.waiting
