"""Generator of docs/security.md: every permission of every role in a deployment, with its reason."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from cdktf import Testing
from cdktf_cdktf_provider_aws.iam_role import IamRole

from modules.resources.role_policy import ManagedRolePolicy, RolePolicy
from modules.stack import ComplianceStack
from settings.model import Settings
from settings.remediation import remediations

HEAD = """\
# Permissions in your account

This page lists every role of the environment `{environment}` with a waiver by tags, and each permission with its
reason. Other settings change the resources. The mode of a remediation determines its write permissions. Without waivers
there is no role `remind`, and `process` does not read configuration items. No role is shared.

`make docs` generates this page from the code, and a test compares them. A further test runs the functions with these
permissions in each mode. It shows that every permission is used and none is missing
(`tests/integration/test_permissions.py`).

{roles}
## AWS Config

AWS Config records with its service-linked role, `AWSServiceRoleForConfig`, whose policy AWS maintains. It delivers as
the service `config.amazonaws.com`; the policies of the delivery bucket and the key allow this for this account. With
`[organization]` the aggregator has a role with AWS's managed policy `AWSConfigRoleForOrganizations`.

## Resource policies

- **KMS key.** It admits the account's IAM, CloudWatch Logs for the functions' log groups, and AWS Config and CloudWatch
  alarms of this account.
- **Buckets, topics and queues** deny connections without TLS. AWS Config of this account may deliver to the delivery
  bucket. Alarms of this account may publish to the operations topic. EventBridge rules of this deployment may put
  undelivered events into the dead-letter queue.
- **Report bucket.** It denies writes under `audit/` by every principal except the role `audit`, writing a record twice,
  and deleting audit records, plans and approvals. It denies approvals by the system's own roles.
- **Event buses.** The system's own bus denies events of every principal except the role `report`. With `[organization]`
  the account's default bus admits events of the organization's accounts.
- **Functions.** Of AWS services, only a function's own EventBridge rules may invoke it. `notify` and `audit` also
  receive messages that Lambda polls from their queues, with the permissions of their own roles.
"""

REMEDIATIONS = """\
## Permissions on your resources

A remediation has these permissions in every environment in which its mode is not `off` and its scope names resources:
`{name}` is each of them, in each monitored region. The write permissions exist only in the modes `approve` and
`enforce`. Those marked as rollback are no permissions of the function: a person who rolls back needs them, in addition
to the others.

| remediation | permission | actions | resources | reason |
|---|---|---|---|---|
"""

REFERENCE = re.compile(r"\$\{(aws_\w+)\.(.+?)_[0-9A-F]{8}\.(\w+)\}")


def page(settings: Settings) -> str:
    """Returns the document."""
    stack = ComplianceStack(Testing.app(), settings)
    document = json.loads(Testing.synth(stack))
    policies = document["resource"]["aws_iam_role_policy"] | document["resource"].get("aws_iam_policy", {})
    roles = {role.friendly_unique_id: role for role in stack.node.find_all() if isinstance(role, IamRole)}
    permissions: dict[str, list[RolePolicy | ManagedRolePolicy]] = {id: [] for id in roles}
    for node in stack.node.find_all():
        if isinstance(node, RolePolicy | ManagedRolePolicy):
            permissions[node.holder.friendly_unique_id].append(node)
    sections = [REMEDIATIONS + "".join(_remediations())]
    sections += [_role(role.name_input, permissions[id], policies) for id, role in roles.items()]
    return HEAD.format(
        environment=settings.environment,
        roles="\n".join(sections),
    )


def _remediations() -> Iterator[str]:
    """Yields a row for each permission of a remediation."""
    for remediation in remediations().values():
        of_kind = {"": remediation.reads, " (write)": remediation.writes, " (rollback)": remediation.rollback}
        for kind, permissions in of_kind.items():
            for each in permissions:
                actions = ", ".join(f"`{action}`" for action in each.actions)
                names = f", for names that begin with `{each.of}`" if each.of else ""
                resources = f"`{each.arn}`{names}{_condition(each.conditions)}"
                function = f"`remediate-{remediation.name}`"
                yield f"| {function} | {each.sid}{kind} | {actions} | {resources} | {each.why} |\n"


def _role(name: str, permissions: list[RolePolicy | ManagedRolePolicy], policies: dict[str, Any]) -> str:
    rows = [row for each in permissions for row in _rows(each, policies[each.friendly_unique_id]["policy"])]
    return f"## `{name}`\n\n| permission | actions | resources | reason |\n|---|---|---|---|\n" + "".join(rows)


def _rows(permission: RolePolicy | ManagedRolePolicy, policy: str) -> Iterator[str]:
    for statement in json.loads(policy)["Statement"]:
        actions = ", ".join(f"`{action}`" for action in statement["Action"])
        resources = list(dict.fromkeys(_readable(resource) for resource in statement["Resource"]))
        condition = _condition(statement.get("Condition", {}))
        yield f"| {statement['Sid']} | {actions} | {', '.join(resources)}{condition} | {permission.why} |\n"


def _readable(resource: str) -> str:
    """Returns an ARN, or the Terraform address of the resource that it refers to."""
    return f"`{REFERENCE.sub(lambda match: f'{match[1]} {match[2]}', resource)}`"


def _condition(conditions: Mapping[str, Mapping[str, Any]]) -> str:
    parts = [
        f"{operator} {key} {json.dumps(value)}" for operator, each in conditions.items() for key, value in each.items()
    ]
    return f", if {' and '.join(parts)}" if parts else ""
