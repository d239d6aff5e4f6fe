"""Sessions with cached clients: creating a client takes longer than most calls of moto."""

import os
from collections.abc import Callable
from functools import cache
from typing import Any

import boto3
from botocore.loaders import create_loader
from botocore.session import Session

_LOADER = create_loader()


def shared(session: Session) -> Session:
    """Returns a session that shares this process's service descriptions."""
    session.register_component("data_loader", _LOADER)
    return session


class _CachingSession(Session):
    """A session that creates each client once and returns copies, so that one caller's changes do not affect others."""

    def __init__(self) -> None:
        super().__init__()
        self._clients: dict[Any, Any] = {}

    def create_client(self, service_name: Any, region_name: Any = None, *more: Any, **settings: Any) -> Any:
        """Returns a client, copied from a cached one with the same settings."""
        config = settings.get("config")
        options = {**settings, "config": config and sorted(config._user_provided_options.items(), key=repr)}
        key = repr((service_name, region_name or os.environ["AWS_DEFAULT_REGION"], more, sorted(options.items())))
        if key not in self._clients:
            self._clients[key] = super().create_client(service_name, region_name, *more, **settings)
        cached = self._clients[key]
        copied = object.__new__(type(cached))
        vars(copied).update(vars(cached))
        return copied


Prepare = Callable[[Session, str], None]
"""Receives each new session, with the account."""


def prepared(session: Session, account: str, prepare: Prepare | None) -> Session:
    """Returns a session that shares this process's service descriptions, after it was prepared."""
    shared(session)
    if prepare is not None:
        prepare(session, account)
    return session


@cache
def administrator(account: str, prepare: Prepare | None = None) -> boto3.Session:
    """Returns this process's session for callers in an account other than functions."""
    return boto3.Session(botocore_session=prepared(_CachingSession(), account, prepare))


class Kept(dict[Any, Any]):
    """A cache of clients, sessions and modules; a copy of an account starts with an empty one."""

    def __reduce__(self) -> Any:
        return Kept, ()
