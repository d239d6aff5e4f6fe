"""A saved state of a simulated account: entering a copy is faster than deploying again.

It is valid in the process that saved it: objects that cannot be copied, or never change, are shared.
"""

import io
import pickle
import threading
import weakref
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from types import FunctionType
from typing import Any

from moto.core.base_backend import BackendDict

from simulation.aws.account import SimulatedAccount

LONG = 500
"""Characters from which a text is shared: AWS's own policies are most of an account."""

LOCK = type(threading.RLock())


class Saved:
    """A saved account, to enter copies of."""

    def __init__(self, cloud: SimulatedAccount) -> None:
        self._shared: list[Any] = []
        content = io.BytesIO()
        _Pickler(content, self._shared).dump((cloud, [_state_of(service) for service in _services()]))
        self._content = content.getvalue()

    @contextmanager
    def again(self) -> Iterator[SimulatedAccount]:
        """Enters a copy of the account."""
        cloud: SimulatedAccount
        cloud, services = _Unpickler(io.BytesIO(self._content), self._shared).load()
        with cloud:
            for service, accounts, attributes in services:
                service.update(accounts)
                vars(service).update(attributes)
                BackendDict._instances.append(service)  # type: ignore[misc]
            yield cloud


def _services() -> list[Any]:
    return list(BackendDict._instances)  # type: ignore[misc]


def _state_of(service: Any) -> tuple[Any, dict[str, Any], dict[str, Any]]:
    """Returns a service, its backends by account, and (S3 only) the owners of buckets."""
    return service, dict(service), {"bucket_accounts": dict(getattr(service, "bucket_accounts", {}))}


class _Pickler(pickle.Pickler):
    def __init__(self, file: io.BytesIO, shared: list[Any]) -> None:
        super().__init__(file, protocol=pickle.HIGHEST_PROTOCOL)
        self._shared = shared
        self._places: dict[int, int] = {}

    def persistent_id(self, value: Any) -> int | None:
        """Returns the index of a shared value."""
        if type(value) in (str, bytes):
            if len(value) < LONG:
                return None
        elif not _is_shared(value):
            return None
        if id(value) not in self._places:
            self._places[id(value)] = len(self._shared)
            self._shared.append(value)
        return self._places[id(value)]

    def reducer_override(self, value: Any) -> Any:
        """Returns the reduction of objects that pickle does not support."""
        if isinstance(value, LOCK):
            return threading.RLock, ()
        if isinstance(value, weakref.WeakValueDictionary):
            return weakref.WeakValueDictionary, (), None, None, iter(list(value.items()))
        if isinstance(value, defaultdict) and type(value) is not defaultdict:
            return _empty, (type(value), value.default_factory), vars(value), None, iter(list(value.items()))
        return NotImplemented


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: io.BytesIO, shared: list[Any]) -> None:
        super().__init__(file)
        self._shared = shared

    def persistent_load(self, place: int) -> Any:
        """Returns the shared value of an index."""
        return self._shared[place]


def _empty(kind: type[defaultdict[Any, Any]], factory: Any) -> Any:
    """Returns an empty backend dictionary of moto, without its constructor, which needs an account."""
    empty = kind.__new__(kind)
    empty.default_factory = factory
    return empty


def _is_shared(value: Any) -> bool:
    """Returns whether a value is shared: services, private keys and nested functions."""
    if isinstance(value, FunctionType):
        return "<locals>" in value.__qualname__
    return isinstance(value, BackendDict) or type(value).__module__.startswith("cryptography.")
