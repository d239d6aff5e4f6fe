"""Authorizes every call of a function, and records the permission that it used.

The decision considers the role's own policies, explicit denies in the policy of a bucket, a topic or an event bus, and
the policy of the KMS key that encrypts the resource.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import boto3
import botocore.session

from simulation.aws.faults import Called, Faults
from simulation.aws.iam.call import Call
from simulation.aws.iam.directory import Directory, parsed
from simulation.aws.iam.operations import asked
from simulation.aws.iam.policy import Decision, Request, about, decide
from simulation.aws.iam.refusal import refusal
from simulation.aws.iam.resource import denied, with_key_policy
from simulation.aws.sessions import Kept, shared


@dataclass(frozen=True)
class Use:
    """One decided request: caller, action, resource, and the deciding statement."""

    role: str
    function: str
    action: str
    resource: str
    allowed: bool
    sid: str | None


class _GuardedSession(botocore.session.Session):
    """A session whose clients pass each call to `check` first, and are subject to faults."""

    def __init__(self, check: Callable[[str, str, str, Any], None], faults: Faults) -> None:
        super().__init__()
        shared(self)
        self._check = check
        self._faults = faults

    def create_client(self, service_name: Any, *args: Any, **arguments: Any) -> Any:
        """Returns botocore's client, which checks each call before sending it."""
        client = super().create_client(service_name, *args, **arguments)

        def check(params: Any, model: Any, **_: Any) -> None:
            self._check(service_name, model.name, client.meta.region_name, params)

        # First: other handlers may change the parameters before the call.
        client.meta.events.register_first("before-parameter-build", check)
        self._faults.install(client)
        return client


class IamEnforcer:
    """IAM for the functions of one account, not for administrators' sessions."""

    def __init__(self, account: str, region: str) -> None:
        self._directory = Directory(account)
        self._account = account
        self._region = region
        self.uses: list[Use] = []
        self.faults = Faults()
        self._sessions: dict[tuple[str, str], boto3.Session] = Kept()

    def session(self, role: str, function: str) -> boto3.Session:
        """Returns a session in which each client's calls are decided against the role's current policies.

        A function keeps its session: creating one takes longer than most invocations.
        """
        if (role, function) not in self._sessions:
            guarded = _GuardedSession(partial(self._check, role, function), self.faults)
            self._sessions[role, function] = boto3.Session(botocore_session=guarded)
        return self._sessions[role, function]

    def authorize_variables(self, role: str, function: str, key: str) -> None:
        """Authorizes Lambda's decryption of the function's environment variables, before any code runs."""
        self.authorize_key(role, function, key, "lambda", "kms:Decrypt")

    def authorize_key(self, role: str, function: str, key: str | None, service: str, *actions: str) -> None:
        """Authorizes a service's use of a key on behalf of the role, without a call of the function."""
        call = self._call(role)
        for request in call.key_use(key, service, *actions):
            self._decide(role, function, call, request, "kms", request.action.partition(":")[2])

    def authorize(self, role: str, function: str, action: str, resource: str) -> None:
        """Authorizes an action that AWS takes with the role without a call of the function: logs, failed events."""
        service, _, operation = action.partition(":")
        call = self._call(role)
        self._decide(role, function, call, call.request(action, resource), service, operation)

    def _check(self, role: str, function: str, service: str, operation: str, region: str, parameters: Any) -> None:
        call = Call(parameters, region, self._directory, self._arn(role))
        for request in asked(service, operation, call):
            self._decide(role, function, call, request, service, operation)
        self.faults.begin(Called(function, service, operation))

    def _with_key(self, call: Call, request: Request, names: Collection[str], decision: Decision) -> Decision:
        # Actions without a key, such as kms:ListKeys, have no key policy.
        of_key = request.action.startswith("kms:") and request.resource != "*"
        return with_key_policy(call, request, names, decision) if of_key else decision

    def _call(self, role: str) -> Call:
        return Call({}, self._region, self._directory, self._arn(role))

    def _arn(self, role: str) -> str:
        return f"arn:aws:iam::{self._account}:role/{role}"

    def _decide(self, role: str, function: str, call: Call, request: Request, service: str, operation: str) -> None:
        document = _about(tuple(self._directory.role_policies(role).values()), request.action)
        session = f"arn:aws:sts::{self._account}:assumed-role/{role}/{function}"
        decision = decide([document], request)
        if not decision.explicit:
            names = (session, call.principal, self._account, self._directory.root)
            decision = denied(call, request, names) or self._with_key(call, request, names, decision)
        self.uses.append(Use(role, function, request.action, request.resource, decision.allowed, decision.sid))
        if not decision.allowed:
            raise refusal(session, request, decision, service, operation)


@cache
def _about(policies: tuple[str, ...], action: str) -> dict[str, Any]:
    """Returns the statements about an action; cached, because functions repeat their calls."""
    return about([parsed(text) for text in policies], action)
