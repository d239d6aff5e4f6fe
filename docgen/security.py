"""docs/security.md's table: every right of every role in a deployment, with the reason that stands beside it."""

import json
import re
from collections.abc import Iterator
from typing import Any

from cdktf import Testing
from cdktf_cdktf_provider_aws.iam_role import IamRole

from modules.resources.role_policy import FurtherRight, RolePolicy
from modules.stack import ComplianceStack
from settings.model import Settings

HEAD = """\
# What it may do in your account

Every role of the environment `{environment}` with a waiver by tags, each right with its reason; other settings change
the resources, and a remediation's mode what it may write. Without waivers there is no role `remind`, and `process`
reads no items. No role is shared. `make docs` makes this page from the code, and a test compares them. That
every right is used and none is missing is shown by running the functions under them, in each mode
(`tests/integration/test_permissions.py`).

{roles}
## AWS Config

AWS Config records with its service-linked role, `AWSServiceRoleForConfig`, whose policy AWS keeps; it delivers as the
service `config.amazonaws.com`, which the delivery bucket and the key admit for this account. With `[organization]`
the aggregator has a role with the policy of AWS's own `AWSConfigRoleForOrganizations`.

## What else has a policy

The KMS key admits the account's IAM, CloudWatch Logs for the functions' log groups, and AWS Config and CloudWatch
alarms of this account. Buckets, topics and queues refuse any connection without TLS; AWS Config of this account may
deliver to its bucket, this account's alarms may publish to the operations topic, and this deployment's EventBridge
rules may put what they could not deliver into the failure queue. The event bus of the system's own refuses events of
everybody but the role `report`. Of AWS services, only a function's own EventBridge rules may invoke it; `notify` and
`audit` also get what Lambda receives from their queues, by the right of their own roles.
"""

REFERENCE = re.compile(r"\$\{(aws_\w+)\.(.+?)_[0-9A-F]{8}\.(\w+)\}")


def page(settings: Settings) -> str:
    """Returns the whole document."""
    stack = ComplianceStack(Testing.app(), settings)
    document = json.loads(Testing.synth(stack))
    policies = document["resource"]["aws_iam_role_policy"] | document["resource"].get("aws_iam_policy", {})
    roles = {role.friendly_unique_id: role for role in stack.node.find_all() if isinstance(role, IamRole)}
    rights: dict[str, list[RolePolicy | FurtherRight]] = {id: [] for id in roles}
    for found in stack.node.find_all():
        if isinstance(found, RolePolicy | FurtherRight):
            rights[found.holder.friendly_unique_id].append(found)
    sections = [_role(role.name_input, rights[id], policies) for id, role in roles.items()]
    return HEAD.format(
        environment=settings.environment,
        roles="\n".join(sections),
    )


def _role(name: str, rights: list[RolePolicy | FurtherRight], policies: dict[str, Any]) -> str:
    rows = [row for right in rights for row in _right(right, policies[right.friendly_unique_id]["policy"])]
    return f"## `{name}`\n\n| right | actions | on | why |\n|---|---|---|---|\n" + "".join(rows)


def _right(right: RolePolicy | FurtherRight, policy: str) -> Iterator[str]:
    for statement in json.loads(policy)["Statement"]:
        actions = ", ".join(f"`{action}`" for action in statement["Action"])
        resources = list(dict.fromkeys(_readable(resource) for resource in statement["Resource"]))
        condition = _condition(statement.get("Condition", {}))
        yield f"| {statement['Sid']} | {actions} | {', '.join(resources)}{condition} | {right.why} |\n"


def _readable(resource: str) -> str:
    """Returns an ARN, or the resource whose ARN it will be, by its place in the stack."""
    return f"`{REFERENCE.sub(lambda found: f'{found[1]} {found[2]}', resource)}`"


def _condition(conditions: dict[str, dict[str, Any]]) -> str:
    parts = [
        f"{operator} {key} {json.dumps(value)}" for operator, each in conditions.items() for key, value in each.items()
    ]
    return f", if {' and '.join(parts)}" if parts else ""
