"""Injection of every fault into every call of every function, one at a time, and comparison of the final states."""

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
    """A run of a stage with faults: injected faults, number of redriven events, duplicates and problems."""

    stage: str
    met: tuple[tuple[Called, Fault], ...]
    redriven: int
    doubled: tuple[str, ...]
    problems: tuple[str, ...]


def trials(world: World, wanted: Callable[[int], bool], stages: Sequence[Stage] = STAGES) -> Iterator[Trial]:
    """Runs the stages; yields the trials whose sequence number is wanted, each with one fault in one call."""
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
    # The SDK retries after random delays.
    random.seed(seed)
    faults, before = world.cloud.guardian.faults, len(world.cloud.invocations)
    faults.calls.clear()
    faults.choose = choose
    stage.act(world)
    problems = list(_lost_events(world, before))
    faults.clear()
    redriven = 0
    while (count := state(world).waiting) and redriven < 100:
        _redrive(world)
        redriven += count
    _catch_up(world)
    doubled, more = _compared(baseline, state(world))
    return Trial(stage.name, tuple(faults.met), redriven, tuple(doubled), (*problems, *more))


def _lost_events(world: World, before: int) -> Iterator[str]:
    """Yields failed events that are not in the dead-letter queue, and alarms that are not in state ALARM.

    Messages of a queue are excluded, as SQS delivers them again.
    """
    failed = [each for each in world.cloud.invocations[before:] if each.error and "Records" not in each.event]
    queue = waiting.FailureQueue.of(world.settings)
    messages = queue.messages()
    for message in messages:
        queue.put_back(message)
    kept = Counter(json.dumps(message.event, sort_keys=True) for message in messages)
    if kept != Counter(json.dumps(each.event, sort_keys=True) for each in failed):
        yield f"{len(failed)} events failed, but the dead-letter queue has {sum(kept.values())}"
    for each in failed:
        errors, waits = _alarms_for(each.function, f"-{world.settings.deployment.label}")
        # Lambda counts the error when the function fails, which may be long after its start.
        moments = {errors: each.failures[-1] + A_MINUTE, waits: world.cloud.clock.now()}
        for name, moment in moments.items():
            if world.cloud.alarms(moment)[name] != "ALARM":
                yield f"alarm {name} is not in state ALARM"


def _alarms_for(function: str, label: str) -> tuple[str, str]:
    """Returns the alarms for an unprocessed event of a function."""
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
    """Returns duplicates and differences, compared with a run without faults."""
    problems = [f"{field}: {is_} for {wanted}" for field, wanted, is_ in _differences(expected, found)]
    problems += [f"lost: {each}" for each in (expected.mails - found.mails) + (expected.records - found.records)]
    more = (found.mails - expected.mails) + (found.records - expected.records)
    _ignore_retries(more)
    known = {*expected.mails, *expected.records}
    problems += [f"not expected: {each}" for each in more if each not in known]
    return [each for each in more if each in known], [*problems, *found.broken]


def _ignore_retries(more: Counter[str]) -> None:
    """Removes the records of a failed write, whose retry is a new action."""
    for failed in [each for each in more if each.startswith("OUTCOME FAILED ")]:
        for kind in ("INTENT", "APPROVAL_USED"):
            more[failed.replace("OUTCOME FAILED", f"{kind} APPLIED")] -= more[failed]
        del more[failed]
    for each in [each for each, count in more.items() if count <= 0]:
        del more[each]


def _differences(expected: State, found: State) -> Iterator[tuple[str, object, object]]:
    """Yields the fields that differ, each with the expected and the actual values."""
    for field in ("findings", "resources", "reports"):
        wanted, is_ = getattr(expected, field), getattr(found, field)
        keys = sorted(key for key in {*wanted, *is_} if wanted.get(key) != is_.get(key))
        if keys:
            yield field, {key: wanted.get(key) for key in keys}, {key: is_.get(key) for key in keys}
    if found.waiting:
        yield "waiting", 0, found.waiting
