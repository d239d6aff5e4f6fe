"""moto's AWS for one account, without moto's repeated work. Written for moto 5.2.5, like moto_patches.py."""

import inspect
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

import boto3
import botocore.session
import moto.core
from botocore.session import Session
from botocore.useragent import UserAgentString
from moto import mock_aws
from moto.core import models, responses
from moto.core.base_backend import BaseBackend
from moto.core.serialize import BaseJSONSerializer
from moto.ec2.models import amis
from moto.iam.models import SERVICE_NAME_CONVERSION

from handlers.common.runtime.errors import ComplianceMonitorError
from simulation.aws.sessions import Prepare, administrator, prepared

IMAGE = "ami-12c6146b"
"""The only machine image, one of moto's."""

_own_structure: Any = BaseJSONSerializer._serialize_type_structure
_own_urls: Any = BaseBackend.urls
_urls: dict[type, Any] = {}


def _urls_once(self: BaseBackend) -> Any:
    """Returns a service's URLs, which moto computes for every call."""
    if type(self) not in _urls:
        _urls[type(self)] = _own_urls.fget(self)
    return _urls[type(self)]


def _load_one_image(self: Any) -> None:
    """Loads one image; moto loads more than a thousand in every region."""
    [image] = [each for each in amis.AMIS if each["ami_id"] == IMAGE]
    self.amis[IMAGE] = amis.Ami(self, **{**image, "creation_date": None, "owner_alias": "amazon"})


class NestedAccountsError(ComplianceMonitorError, RuntimeError):
    """A process can have only one simulated AWS at a time."""


def _serialize_structure(self: Any, serialized: Any, value: Any, shape: Any, key: str) -> None:
    """Serializes a DynamoDB attribute unchanged; moto tries ten types under four names."""
    if shape.name == "AttributeValue" and type(value) is dict:
        serialized[key] = value
    else:
        _own_structure(self, serialized, value, shape, key)


def _set_request_id(headers: dict[str, str]) -> str:
    """Returns a cheap request ID; moto draws 52 random letters for every call."""
    headers["x-amzn-requestid"] = "simulated"
    return "simulated"


class _Actions:
    """The actions of a response class, looked up one at a time; moto lists all members of the class for every call."""

    def __init__(self, responses: type) -> None:
        self._responses = responses

    def __contains__(self, action: str) -> bool:
        return inspect.isfunction(getattr(self._responses, action, None))


def _reset(self: BaseBackend) -> None:
    """Does nothing: moto would create every service to reset it."""


@contextmanager
def mocked(account: str, region: str, prepare: Prepare | None = None) -> Iterator[None]:
    """Simulates an empty AWS within the context; boto3's default session is an administrator's.

    `prepare` receives each new session.
    """
    if models.MockAWS._nested_count:
        raise NestedAccountsError("simulated AWS accounts cannot be nested: leave the active one first")
    credentials = {"AWS_ACCESS_KEY_ID": "simulated", "AWS_SECRET_ACCESS_KEY": "simulated"}
    target = {"AWS_DEFAULT_REGION": region, "MOTO_ACCOUNT_ID": account}
    with ExitStack() as stack:
        stack.enter_context(mock.patch.dict(os.environ, credentials | target))
        stack.enter_context(mock.patch.object(BaseBackend, "urls", property(_urls_once)))
        stack.enter_context(mock.patch.object(BaseBackend, "reset", _reset))
        stack.enter_context(mock.patch.object(amis.AmiBackend, "_load_amis", _load_one_image))
        stack.enter_context(mock.patch.object(responses, "method_names_from_class", _Actions))
        stack.enter_context(mock.patch.object(BaseJSONSerializer, "_serialize_type_structure", _serialize_structure))
        # For HTTP clients other than boto3's, which nothing here uses.
        stack.enter_context(mock.patch.object(models, "RESPONSES_METHODS", []))
        stack.enter_context(mock.patch.object(responses, "gen_amzn_requestid_long", _set_request_id))
        stack.enter_context(mock.patch.object(UserAgentString, "to_string", lambda _self: "simulated"))
        # moto would create this account only to list its URLs.
        stack.enter_context(mock.patch.object(moto.core, "DEFAULT_ACCOUNT_ID", account))
        # moto would call the role AWSServiceRoleForconfig.
        stack.enter_context(mock.patch.dict(SERVICE_NAME_CONVERSION, {"config": "Config"}))
        stack.enter_context(mock_aws())
        stack.enter_context(mock.patch.object(boto3, "DEFAULT_SESSION", administrator(account, prepare)))
        # An operator's command makes a session with the credentials of its environment.
        stack.enter_context(
            mock.patch.object(
                botocore.session, "get_session", lambda env_vars=None: prepared(Session(env_vars), account, prepare)
            )
        )
        yield
