"""An invocation that is killed while it changes a resource."""

from collections.abc import Callable
from typing import Any

import pytest

from handlers.common.runtime import clients


def kill_while_writing(monkeypatch: pytest.MonkeyPatch, run: Callable[[], Any], *, written: bool = True) -> None:
    """Kills an invocation right after or right before its write."""
    original = clients.call

    def dies(*given: Any) -> None:
        if written:
            original(*given)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(clients, "call", dies)
        with pytest.raises(KeyboardInterrupt):
            run()
