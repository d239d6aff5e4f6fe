"""Measurement of one invocation of a function: prints seconds, and peak memory in megabytes."""

import contextlib
import importlib
import io
import json
import resource
import sys
import time
from typing import Any

from bench.service import NOW
from handlers.common.runtime import clock

MILLISECONDS_A_CALL = 100  # ten calls per second, an assumption about AWS Config's throttling


class Context:
    """Lambda context whose remaining time decreases with each page."""

    def __init__(self, milliseconds: int) -> None:
        self._remaining = milliseconds

    def get_remaining_time_in_millis(self) -> int:
        """Returns the remaining time; called once for each page."""
        self._remaining -= MILLISECONDS_A_CALL
        return self._remaining


def _main(function: str, event: dict[str, Any], milliseconds: int) -> None:
    clock.use(lambda: NOW)
    handler = importlib.import_module(f"handlers.{function}.app").handler
    started = time.perf_counter()
    with contextlib.redirect_stdout(io.StringIO()):
        handler(event, Context(milliseconds))
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"seconds": seconds, "peak_mb": peak / 1024}))


if __name__ == "__main__":
    _main(sys.argv[1], json.loads(sys.argv[2]), int(sys.argv[3]))
