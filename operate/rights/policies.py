"""Policies of the roles that plan and deploy a stack, from the synthesized stack and the table."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from modules.resources import iam as policy
from modules.resources.iam import Conditions, Statement
from operate.arguments import InputError
from operate.rights.table import TABLE, Entry
from settings import recording
from settings.model import Settings
from settings.size_limits import MAX_MANAGED, MAX_MANAGED_LENGTH

MULTI_ACCOUNT = "config-multiaccountsetup.amazonaws.com"
MULTI_ACCOUNT_ROLE = "AWSServiceRoleForConfigMultiAccountSetup"

PASSED_TO = ["config.amazonaws.com", "events.amazonaws.com", "lambda.amazonaws.com"]

# Actions of the preflight checks of `make diff` and `make deploy`.
PREFLIGHT_ANYWHERE = ("sns:ListTopics", "config:DescribeDeliveryChannels")

Document = Mapping[str, Any]


def reading(settings: Settings, document: Document) -> list[str]:
    """Returns the policies of a read-only role: a plan reads every resource and locks the state."""
    stack = _Stack(settings, document)
    decrypting = _see_variables(settings, stack)
    return _split(
        [
            *stack.statements("reads"),
            *decrypting,
            *_find_service_linked_roles(settings, stack),
            *_anywhere(stack, "anywhere_reads"),
            *_state(settings, writes=False),
        ]
    )


def writing(settings: Settings, document: Document) -> list[str]:
    """Returns the additional policies of a role that deploys and destroys."""
    stack = _Stack(settings, document)
    roles = stack.arns("aws_iam_role")
    passing = policy.allow(
        "Pass",
        ["iam:PassRole"],
        [*roles, *(arn for service, arn in _service_linked_roles(settings, stack) if service == recording.CONFIG)],
        conditions={"StringEquals": {"iam:PassedToService": PASSED_TO}},
    )
    objects = [f"{arn}/*" for arn in stack.arns("aws_s3_bucket")]
    emptying = [policy.allow("Empty", ["s3:DeleteObject", "s3:DeleteObjectVersion"], objects)] if objects else []
    return _split(
        [
            *stack.statements("writes"),
            *_tag_new_key(settings, stack),
            *_make_service_linked_roles(settings, stack),
            *_anywhere(stack, "anywhere_writes"),
            passing,
            *emptying,
            *_state(settings, writes=True),
        ]
    )


def anywhere(document: Document) -> list[str]:
    """Returns the actions on `*` of both roles, sorted; they have no resource-level permissions."""
    entries = [TABLE[kind] for kind in document["resource"]]
    actions = {action for entry in entries for action in entry.actions("anywhere_reads", "anywhere_writes")}
    return sorted(actions | set(PREFLIGHT_ANYWHERE))


class _Stack:
    """The synthesized resources and their future ARNs."""

    def __init__(self, settings: Settings, document: Document) -> None:
        if unknown := sorted(set(document["resource"]) - TABLE.keys()):
            raise InputError(
                f"operate/rights/table.py has no entry for {', '.join(unknown)}: add its read and write actions"
            )
        self._settings = settings
        self._resources = document["resource"]
        self._regions = {each.get("alias", ""): each["region"] for each in document["provider"]["aws"]}

    @property
    def entries(self) -> dict[str, Entry]:
        """The table's entries for this stack."""
        return {kind: TABLE[kind] for kind in self._resources}

    def arns(self, kind: str) -> list[str]:
        """Returns the ARNs of the resources of a type."""
        template = TABLE[kind].arn
        named = self._resources.get(kind, {}).values()
        found = {self._arn(each, arguments) for each in template.split() for arguments in named}
        return sorted(found)

    def statements(self, which: str) -> Iterator[Statement]:
        """Yields a statement for each type with ARNs, with the actions of all types that refer to these ARNs."""
        actions: dict[str, set[str]] = defaultdict(set)
        for kind, entry in self.entries.items():
            actions[entry.of or kind] |= set(entry.actions(which))
        for kind in sorted(actions):
            if actions[kind] and (arns := self.arns(kind)):
                sid = kind.removeprefix("aws_").title().replace("_", "")
                for suffix, conditions in self._conditions(kind):
                    yield policy.allow(f"{sid}{suffix}", sorted(actions[kind]), arns, conditions=conditions)

    def _arn(self, template: str, arguments: Document) -> str:
        alias = str(arguments.get("provider", "aws")).partition(".")[2]
        place = {
            "partition": self._settings.deployment.partition,
            "account": self._settings.account_id,
            "region": arguments.get("region", self._regions[alias]),
            "bus": f"{self._resolved(arguments['event_bus_name'])}/" if "event_bus_name" in arguments else "",
        }
        return template.format(**(dict(arguments) | place))

    def _resolved(self, value: str) -> str:
        """Returns the value of an argument, which may refer to another resource."""
        if not value.startswith("${"):
            return value
        kind, id, argument = value.removeprefix("${").removesuffix("}").split(".")
        return self._resolved(self._resources[kind][id][argument])

    def _conditions(self, kind: str) -> Iterator[tuple[str, Conditions | None]]:
        """Yields Sid suffixes and conditions; a KMS key, whose ID is generated, is identified by tags or alias.

        A new key has no alias yet, and both take up to five minutes to take effect (KMS Developer Guide, ABAC).
        """
        if kind != "aws_kms_key":
            yield "", None
            return
        yield "", {"StringEquals": {f"aws:ResourceTag/{name}": value for name, value in self._settings.tags.items()}}
        if self.aliases:
            yield "ByAlias", {"ForAnyValue:StringEquals": {"kms:ResourceAliases": self.aliases}}

    @property
    def aliases(self) -> list[str]:
        """The aliases of the stack's keys."""
        return sorted(str(each["name"]) for each in self._resources.get("aws_kms_alias", {}).values())


def _tag_new_key(settings: Settings, stack: _Stack) -> Iterator[Statement]:
    """Yields the statement for creating a key with its tags (KMS Developer Guide, TagResource)."""
    if keys := stack.arns("aws_kms_key"):
        tags = {f"aws:RequestTag/{name}": value for name, value in settings.tags.items()}
        yield policy.allow("TagNewKey", ["kms:TagResource"], keys, conditions={"StringEquals": tags})


def _service_linked_roles(settings: Settings, stack: _Stack) -> Iterator[tuple[str, str]]:
    """Yields services and ARNs of AWS Config's service-linked roles, for recorders and organization rules."""
    if "aws_config_configuration_recorder" in stack.entries:
        yield recording.CONFIG, recording.role_arn(settings.deployment)
    if any(kind.startswith("aws_config_organization") for kind in stack.entries):
        yield MULTI_ACCOUNT, settings.deployment.role_arn(f"aws-service-role/{MULTI_ACCOUNT}/{MULTI_ACCOUNT_ROLE}")


def _find_service_linked_roles(settings: Settings, stack: _Stack) -> Iterator[Statement]:
    if arns := [arn for _, arn in _service_linked_roles(settings, stack)]:
        yield policy.allow("FindServiceRoles", ["iam:GetRole"], arns)


def _make_service_linked_roles(settings: Settings, stack: _Stack) -> Iterator[Statement]:
    if found := list(_service_linked_roles(settings, stack)):
        conditions = {"StringEquals": {"iam:AWSServiceName": [service for service, _ in found]}}
        arns = [arn for _, arn in found]
        yield policy.allow("MakeServiceRoles", ["iam:CreateServiceLinkedRole"], arns, conditions=conditions)


def _see_variables(settings: Settings, stack: _Stack) -> Iterator[Statement]:
    """Yields the statement for the key, without which Lambda omits variables and a plan shows false changes."""
    if stack.aliases and (keys := stack.arns("aws_kms_key")):
        conditions: Conditions = {
            "StringEquals": {"kms:ViaService": f"lambda.{settings.home_region}.amazonaws.com"},
            "ForAnyValue:StringEquals": {"kms:ResourceAliases": stack.aliases},
        }
        yield policy.allow("SeeVariables", ["kms:Decrypt"], keys, conditions=conditions)


def _anywhere(stack: _Stack, which: str) -> Iterator[Statement]:
    actions = {action for entry in stack.entries.values() for action in entry.actions(which)}
    if which == "anywhere_reads":
        actions |= set(PREFLIGHT_ANYWHERE)
    if actions:
        yield policy.allow("Anywhere", sorted(actions), ["*"])


def _state(settings: Settings, *, writes: bool) -> Iterator[Statement]:
    """Yields the statements for the state and its lock, which a plan needs as well."""
    partition = settings.deployment.partition
    bucket = f"arn:{partition}:s3:::{settings.state.bucket}"
    state = f"{bucket}/{settings.state_key}"
    if writes:
        yield policy.allow("WriteState", ["s3:PutObject"], [state])
        return
    yield policy.allow("FindState", ["s3:ListBucket"], [bucket])
    yield policy.allow("ReadState", ["s3:GetObject"], [state])
    yield policy.allow("LockState", ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"], [f"{state}.tflock"])
    key = settings.state.kms_key
    actions = ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"]
    keys = f"arn:{partition}:kms:{settings.home_region}:{settings.account_id}:key/*"
    if ":key/" in key:
        yield policy.allow("EncryptState", actions, [key])
    else:
        alias = {"ForAnyValue:StringEquals": {"kms:ResourceAliases": key.rpartition(":")[2]}}
        yield policy.allow("EncryptState", actions, [keys], conditions=alias)


def _split(statements: Sequence[Statement]) -> list[str]:
    """Returns as few policies as IAM's quotas allow, in the order of the statements."""
    policies: list[list[Statement]] = [[]]
    for statement in statements:
        if policies[-1] and len(policy.document([*policies[-1], statement])) > MAX_MANAGED_LENGTH:
            policies.append([])
        policies[-1].append(statement)
    documents = [policy.document(each) for each in policies]
    if len(documents) > MAX_MANAGED or any(len(each) > MAX_MANAGED_LENGTH for each in documents):
        raise InputError(
            f"the stack needs {len(documents)} policies of up to {max(map(len, documents))} characters, and the quota "
            f"is {MAX_MANAGED} of {MAX_MANAGED_LENGTH}: monitor fewer regions or deploy fewer rules"
        )
    return documents
