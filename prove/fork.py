"""Runs functions in copies of this process, so that the simulated account remains unchanged."""

import os
import pickle
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

Result = TypeVar("Result")


def each(functions: Iterable[Callable[[], Result]]) -> Iterator[Result]:
    """Yields the results in order, with one concurrent copy per processor; raises RuntimeError."""
    waiting, running = iter(functions), deque[tuple[int, int]]()
    while True:
        while len(running) < (os.cpu_count() or 1) and (function := next(waiting, None)) is not None:
            running.append(_begun(function))
        if not running:
            return
        yield _ended(*running.popleft())


def _begun(function: Callable[[], Any]) -> tuple[int, int]:
    reading, writing = os.pipe()
    child = os.fork()
    if child:
        os.close(writing)
        return child, reading
    code = 1
    try:
        os.close(reading)
        with os.fdopen(writing, "wb") as pipe:
            try:
                answer = (True, function())
            except BaseException:
                answer = (False, traceback.format_exc())
            pipe.write(pickle.dumps(answer))
        code = 0
    finally:
        # The copy must not clean up resources of its parent.
        os._exit(code)


def _ended(child: int, reading: int) -> Any:
    with os.fdopen(reading, "rb") as pipe:
        content = pipe.read()
    os.waitpid(child, 0)
    if not content:
        raise RuntimeError(f"process {child} ended without a result")
    succeeded, answer = pickle.loads(content)
    if not succeeded:
        raise RuntimeError(answer)
    return answer
