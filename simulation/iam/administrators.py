"""The one thing that is decided of administrators' calls: whether a bucket's own policy keeps them from its objects.

No policy of theirs is looked at, and no other call. moto would ask the bucket too, but knows neither the headers nor
the version that a condition is about.
"""

from typing import Any

import botocore.session

from simulation.iam.call import Call
from simulation.iam.directory import Directory
from simulation.iam.objects import WRITES
from simulation.iam.refusal import refusal
from simulation.iam.resource import denied


def watch(session: botocore.session.Session, account: str) -> None:
    """Puts every write of an object that the session's clients ask for to the policy of its bucket."""
    directory = Directory(account)
    administrator = f"arn:aws:iam::{account}:user/administrator"
    names = (administrator, account, f"arn:aws:iam::{account}:root")

    def check(params: Any, model: Any, context: Any, **_: Any) -> None:
        if model.name not in WRITES:
            return
        call = Call(params, context["client_region"], directory, administrator)
        for request in WRITES[model.name](call):
            decision = denied(call, request, names)
            if decision is not None and model.name == "DeleteObjects":
                raise NotImplementedError(f"{request.resource}: S3 would delete the others; delete one at a time")
            if decision is not None:
                raise refusal(administrator, request, decision, "s3", model.name)

    # First: whatever else listens before a call may change its parameters.
    session.get_component("event_emitter").register_first("before-parameter-build.s3", check)
