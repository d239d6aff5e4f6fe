"""Authorization of administrators' calls: only the policies of buckets and event buses apply.

Their own policies and other calls are not checked. moto's check of bucket policies lacks the headers and the version
that conditions refer to.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

import botocore.session

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
    administrator = f"arn:aws:iam::{account}:user/administrator"
    names = (administrator, account, f"arn:aws:iam::{account}:root")

    def check(service: str, params: Any, model: Any, context: Any, **_: Any) -> None:
        if model.name not in WATCHED[service]:
            return
        call = Call(params, context["client_region"], directory, administrator)
        for request in WATCHED[service][model.name](call):
            decision = denied(call, request, names)
            if decision is not None and model.name == "DeleteObjects":
                raise NotImplementedError(f"{request.resource}: S3 would delete other objects; delete one at a time")
            if decision is not None:
                raise refusal(administrator, request, decision, service, model.name)

    for service in WATCHED:
        # First: other handlers may change the parameters before the call.
        session.get_component("event_emitter").register_first(
            f"before-parameter-build.{service}", partial(check, service)
        )
