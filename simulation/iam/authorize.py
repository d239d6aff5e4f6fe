"""Puts IAM in front of every call a function makes, and notes which right each call used."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import boto3
import botocore.session
from botocore.exceptions import ClientError

from simulation.iam.directory import Directory
from simulation.iam.operations import Call, asked
from simulation.iam.policy import Decision, Request, decide
from simulation.sessions import shared

# What each service calls a refusal (its API reference, "Common errors").
REFUSALS = {"config": "AccessDeniedException", "dynamodb": "AccessDeniedException", "sns": "AuthorizationError"}


@dataclass(frozen=True)
class Use:
    """One decided request: who asked for what, and the statement that allowed it."""

    role: str
    function: str
    action: str
    resource: str
    allowed: bool
    sid: str | None


class _GuardedSession(botocore.session.Session):
    """A session whose clients put each call to `check` before anything else happens to it."""

    def __init__(self, check: Callable[[str, str, str, Any], None]) -> None:
        super().__init__()
        shared(self)
        self._check = check

    def create_client(self, service_name: Any, *args: Any, **arguments: Any) -> Any:
        """A client as botocore makes it, with the check in front."""
        client = super().create_client(service_name, *args, **arguments)

        def check(params: Any, model: Any, **_: Any) -> None:
            self._check(service_name, model.name, client.meta.region_name, params)

        # First: whatever else listens before a call may change its parameters.
        client.meta.events.register_first("before-parameter-build", check)
        return client


class Guardian:
    """IAM for the functions of one account; administrators' sessions are not its business."""

    def __init__(self, account: str, region: str) -> None:
        self._directory = Directory(account)
        self._account = account
        self._region = region
        self.uses: list[Use] = []

    def session(self, role: str, function: str) -> boto3.Session:
        """A session in which each client's calls are decided against the role's present policies."""
        return boto3.Session(botocore_session=_GuardedSession(partial(self._check, role, function)))

    def authorize_variables(self, role: str, function: str, key: str) -> None:
        """Lambda opening the function's sealed environment variables, which it does before any code runs."""
        for request in self._call().key_use(key, "lambda", "kms:Decrypt"):
            self._decide(role, function, request, "kms", "Decrypt")

    def authorize(self, role: str, function: str, action: str, resource: str) -> None:
        """What AWS does with the role without a call of the function's: writing its logs, keeping its failures."""
        service, _, operation = action.partition(":")
        self._decide(role, function, self._call().request(action, resource), service, operation)

    def _check(self, role: str, function: str, service: str, operation: str, region: str, parameters: Any) -> None:
        for request in asked(service, operation, Call(parameters, region, self._directory)):
            self._decide(role, function, request, service, operation)

    def _call(self) -> Call:
        return Call({}, self._region, self._directory)

    def _decide(self, role: str, function: str, request: Request, service: str, operation: str) -> None:
        documents = [json.loads(text) for text in self._directory.role_policies(role).values()]
        decision = decide(documents, request)
        use = Use(role, function, request.action, request.resource, decision.allowed, decision.sid)
        self.uses.append(use)
        if not decision.allowed:
            raise self._refusal(use, decision, service, operation)

    def _refusal(self, use: Use, decision: Decision, service: str, operation: str) -> ClientError:
        user = f"arn:aws:sts::{self._account}:assumed-role/{use.role}/{use.function}"
        message = (
            f"User: {user} is not authorized to perform: {use.action} on resource: {use.resource} {decision.reason}"
        )
        code = REFUSALS.get(service, "AccessDenied")
        return ClientError({"Error": {"Code": code, "Message": message}}, operation)
