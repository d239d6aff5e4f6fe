"""Who delivers logs into a bucket, as its policy and its ACL let them: what KMS as default encryption may stop.

Load balancers write to buckets with SSE-S3 only (Elastic Load Balancing, "Enable access logs"). S3 and vended logs can
use a customer managed key whose policy lets them, and never the AWS managed key. A key's policy is not looked at, so
every delivery counts, and so does what a policy may let someone do: resources, conditions and denials are left aside.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from handlers.common.runtime.errors import ComplianceMonitorError

LOAD_BALANCERS, SERVER_ACCESS = "Elastic Load Balancing", "S3 server access logging"
ANYBODY = "whoever the policy lets write (everybody)"

SERVICES = {
    "delivery.logs": "vended logs (delivery.logs.amazonaws.com)",
    "logdelivery.elasticloadbalancing": LOAD_BALANCERS,
    "logdelivery.elb": LOAD_BALANCERS,  # of Outposts
    "logging.s3": SERVER_ACCESS,
}
"""Service principals, without the partition's domain."""

LOAD_BALANCER_ACCOUNTS = frozenset(
    (
        "009996457667",  # eu-west-3
        "027434742980",  # us-west-1
        "033677994240",  # us-east-2
        "037604701340",  # cn-northwest-1
        "048591011584",  # us-gov-west-1
        "054676820928",  # eu-central-1
        "076674570225",  # me-south-1
        "098369216593",  # af-south-1
        "114774131450",  # ap-southeast-1
        "127311923021",  # us-east-1
        "156460612806",  # eu-west-1
        "190560391635",  # us-gov-east-1
        "383597477331",  # ap-northeast-3
        "507241528517",  # sa-east-1
        "582318560864",  # ap-northeast-1
        "589379963580",  # ap-southeast-3
        "600734575887",  # ap-northeast-2
        "635631232127",  # eu-south-1
        "638102146993",  # cn-north-1
        "652711504416",  # eu-west-2
        "718504428378",  # ap-south-1
        "754344448648",  # ap-east-1
        "783225319266",  # ap-southeast-2
        "797873946194",  # us-west-2
        "897822967062",  # eu-north-1
        "985666609251",  # ca-central-1
    )
)
"""Elastic Load Balancing's own, of the regions from before August 2022 (the same page); later ones have the service."""

PUT = "s3:putobject"
LOG_DELIVERY_GROUP = "http://acs.amazonaws.com/groups/s3/LogDelivery"
WRITES = ("WRITE", "FULL_CONTROL")


class MalformedPolicyError(ComplianceMonitorError, ValueError):
    """A bucket policy has a form that is not known here."""


def by_policy(policy: str) -> set[str]:
    """Returns who a bucket policy lets deliver logs; raises MalformedPolicyError."""
    try:
        document = json.loads(policy)
    except (ValueError, RecursionError) as error:
        raise MalformedPolicyError("it is no JSON") from error
    statements = document.get("Statement") if isinstance(document, dict) else None
    found = [statements] if isinstance(statements, dict) else statements
    if not isinstance(found, list):
        raise MalformedPolicyError("it has no statements")
    return {who for statement in found if _lets_put(statement) for who in _principals(statement)}


def by_acl(grants: Iterable[Mapping[str, Any]]) -> set[str]:
    """Returns who a bucket's ACL lets deliver logs."""
    groups = {grant.get("Grantee", {}).get("URI") for grant in grants if grant.get("Permission") in WRITES}
    return {SERVER_ACCESS} if LOG_DELIVERY_GROUP in groups else set()


def _lets_put(statement: Any) -> bool:
    if not isinstance(statement, dict) or statement.get("Effect") not in ("Allow", "Deny"):
        raise MalformedPolicyError("a statement neither allows nor denies")
    if statement["Effect"] == "Deny":
        return False
    if "NotAction" in statement:
        return not any(map(_is_put, _texts(statement["NotAction"])))
    return any(map(_is_put, _texts(statement.get("Action"))))


def _is_put(pattern: str) -> bool:
    expression = re.escape(pattern.lower()).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(expression, PUT) is not None


def _principals(statement: dict[str, Any]) -> Iterator[str]:
    principal = "*" if "NotPrincipal" in statement else statement.get("Principal")
    if not isinstance(principal, dict):
        principal = {"AWS": principal}
    for kind, names in principal.items():
        for name in _texts(names):
            if who := _deliverer(kind, name):
                yield who


def _deliverer(kind: str, name: str) -> str | None:
    if name == "*":
        return ANYBODY
    if kind == "Service":
        # Any service: no policy of the AWS managed key admits one, and a key of one's own may not.
        return SERVICES.get(name.lower().partition(".amazonaws.")[0], name)
    account = re.fullmatch(r"(?:arn:[a-z-]+:iam::)?([0-9]{12})(?::root)?", name)
    return LOAD_BALANCERS if kind == "AWS" and account and account[1] in LOAD_BALANCER_ACCOUNTS else None


def _texts(value: Any) -> list[str]:
    found = [value] if isinstance(value, str) else value
    if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
        raise MalformedPolicyError("a statement has something else than names")
    return found
