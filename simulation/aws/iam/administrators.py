"""Authorization of administrators' and operators' calls: only the policies of buckets and event buses apply.

Their own policies and other calls are not checked. moto's check of bucket policies lacks the headers and the version
that conditions refer to.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

import botocore.session
from moto.sts.models import STSBackend, sts_backends

from simulation.aws.iam.call import Asked, Call
from simulation.aws.iam.directory import Directory
from simulation.aws.iam.objects import WRITES
from simulation.aws.iam.operations import put_events
from simulation.aws.iam.refusal import refusal
from simulation.aws.iam.resource import denied

WATCHED: Mapping[str, Mapping[str, Asked]] = {"s3": WRITES, "events": {"PutEvents": put_events}}


def watch(session: botocore.session.Session, account: str) -> None:
    """Authorizes the session's writes to buckets, and events to buses, against their policies."""
    directory = Directory(account)

    def check(service: str, params: Any, model: Any, context: Any, **_: Any) -> None:
        if model.name not in WATCHED[service]:
            return
        caller, principal = _identity(session, account)
        call = Call(params, context["client_region"], directory, principal)
        for request in WATCHED[service][model.name](call):
            decision = denied(call, request, (caller, principal, account, directory.root))
            if decision is not None and model.name == "DeleteObjects":
                raise NotImplementedError(f"{request.resource}: S3 would delete other objects; delete one at a time")
            if decision is not None:
                raise refusal(caller, request, decision, service, model.name)

    for service in WATCHED:
        # First: other handlers may change the parameters before the call.
        session.get_component("event_emitter").register_first(
            f"before-parameter-build.{service}", partial(check, service)
        )


def _identity(session: botocore.session.Session, account: str) -> tuple[str, str]:
    """Returns the caller's ARN and that of its principal, which is the role of an assumed role's session."""
    credentials = session.get_credentials()
    sts: STSBackend = sts_backends[account]["aws"]
    role = sts.get_assumed_role_from_access_key(credentials.access_key) if credentials else None
    administrator = f"arn:aws:iam::{account}:user/administrator"
    return (role.arn, role.role_arn) if role else (administrator, administrator)
