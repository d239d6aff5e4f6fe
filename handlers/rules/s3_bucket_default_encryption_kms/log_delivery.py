"""Services that a bucket's policy and ACL permit to deliver logs, which KMS as default encryption may break.

Load balancers write to buckets with SSE-S3 only (Elastic Load Balancing, "Enable access logs"). S3 and vended logs can
use a customer managed key whose policy permits it, and never the AWS managed key. Key policies are not read, so every
delivery counts. Resources, conditions and denials in the bucket policy are ignored, so a possible delivery counts too.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from handlers.common.runtime.errors import ComplianceMonitorError

LOAD_BALANCERS, SERVER_ACCESS = "Elastic Load Balancing", "S3 server access logging"
ANYBODY = "any principal (the policy permits * to write)"

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
"""Accounts of Elastic Load Balancing in regions from before August 2022 (same page); later ones use the service."""

PUT = "s3:putobject"
LOG_DELIVERY_GROUP = "http://acs.amazonaws.com/groups/s3/LogDelivery"
WRITES = ("WRITE", "FULL_CONTROL")


class MalformedPolicyError(ComplianceMonitorError, ValueError):
    """A bucket policy of an unknown form."""


def by_policy(policy: str) -> set[str]:
    """Returns the services that a bucket policy permits to deliver logs; raises MalformedPolicyError."""
    try:
        document = json.loads(policy)
    except (ValueError, RecursionError) as error:
        raise MalformedPolicyError("it is not JSON") from error
    value = document.get("Statement") if isinstance(document, dict) else None
    statements = [value] if isinstance(value, dict) else value
    if not isinstance(statements, list):
        raise MalformedPolicyError("it has no statements")
    return {service for statement in statements if _allows_put(statement) for service in _deliverers(statement)}


def by_acl(grants: Iterable[Mapping[str, Any]]) -> set[str]:
    """Returns the services that a bucket's ACL permits to deliver logs."""
    groups = {grant.get("Grantee", {}).get("URI") for grant in grants if grant.get("Permission") in WRITES}
    return {SERVER_ACCESS} if LOG_DELIVERY_GROUP in groups else set()


def _allows_put(statement: Any) -> bool:
    if not isinstance(statement, dict) or statement.get("Effect") not in ("Allow", "Deny"):
        raise MalformedPolicyError("the effect of a statement is neither Allow nor Deny")
    if statement["Effect"] == "Deny":
        return False
    if "NotAction" in statement:
        return not any(map(_is_put, _strings(statement["NotAction"])))
    return any(map(_is_put, _strings(statement.get("Action"))))


def _is_put(pattern: str) -> bool:
    expression = re.escape(pattern.lower()).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(expression, PUT) is not None


def _deliverers(statement: dict[str, Any]) -> Iterator[str]:
    principal = "*" if "NotPrincipal" in statement else statement.get("Principal")
    if not isinstance(principal, dict):
        principal = {"AWS": principal}
    for kind, names in principal.items():
        for name in _strings(names):
            if service := _deliverer(kind, name):
                yield service


def _deliverer(kind: str, name: str) -> str | None:
    if name == "*":
        return ANYBODY
    if kind == "Service":
        # Every service counts: the AWS managed key's policy admits none, and a customer managed key's may not.
        return SERVICES.get(name.lower().partition(".amazonaws.")[0], name)
    account = re.fullmatch(r"(?:arn:[a-z-]+:iam::)?([0-9]{12})(?::root)?", name)
    return LOAD_BALANCERS if kind == "AWS" and account and account[1] in LOAD_BALANCER_ACCOUNTS else None


def _strings(value: Any) -> list[str]:
    strings = [value] if isinstance(value, str) else value
    if not isinstance(strings, list) or not all(isinstance(each, str) for each in strings):
        raise MalformedPolicyError("an action or principal of a statement is not a string")
    return strings
