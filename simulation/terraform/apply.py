"""Reads cdk.tf.json and creates its resources in the order of their references, as `terraform apply` does."""

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from simulation.aws.organization import Organization
from simulation.terraform import destroy as removal
from simulation.terraform import registry as catalogue
from simulation.terraform.context import Arguments, Attributes, Place, StackError, block

REGION = "//region"
IGNORED = "//ignored"

REFERENCE = re.compile(r"\$\{(aws_[a-z0-9_]+\.[A-Za-z0-9_-]+)\.([a-z0-9_]+)\}")


class UnknownResourceTypeError(StackError):
    """The simulation has no maker for a resource's type."""


class UnresolvedReferenceError(StackError):
    """A resource refers to a resource or an attribute that does not exist."""


class UnsupportedChangeError(StackError):
    """The simulation does not support a change of a deployed resource."""


class RefusedError(StackError):
    """The simulated AWS rejects a resource."""


class UnknownLifecycleError(StackError):
    """The simulation does not support a setting of a resource's lifecycle block."""


Choose = Callable[[list[str]], str]
"""Returns the next address to destroy among those that Terraform may destroy next."""


def _first(addresses: list[str]) -> str:
    return addresses[0]


class Deployment:
    """The deployed resources of a stack: arguments and attributes by address."""

    def __init__(self, account: str, region: str, organization: Organization | None = None) -> None:
        self.account = account
        self.region = region
        self.organization = organization
        self.resources: dict[str, tuple[Arguments, Attributes]] = {}
        self._places: dict[str, Place] = {}
        self._needs: dict[str, set[str]] = {}

    def apply(self, stack: Path) -> int:
        """Creates, updates and removes resources as the stack requires; returns the number of affected resources."""
        document = _document(stack / "cdk.tf.json")
        providers = {each.get("alias", ""): each for each in document["provider"]["aws"]}
        tags = dict(block(providers[""]["default_tags"])["tags"])
        place = Place(self.account, self.region, tags, organization=self.organization)
        planned = dict(_resources(document, stack, {alias: each["region"] for alias, each in providers.items()}))
        count = 0
        for address in _ordered(planned):
            count += self._apply_one(place, address, planned[address])
        count += self._remove(self.resources.keys() - planned.keys(), _first)
        self._needs = {address: _needed(arguments) for address, arguments in planned.items()}
        return count

    def destroy(self, choose: Choose = _first) -> int:
        """Removes all resources, each before those it refers to; returns their number.

        `choose` decides the order where Terraform guarantees none.
        """
        return self._remove(set(self.resources), choose)

    def _remove(self, addresses: Collection[str], choose: Choose) -> int:
        left = set(addresses)
        while left:
            needed = {each for address in left for each in self._needs[address]}
            address = choose(sorted(left - needed))
            self._remove_one(address)
            left.remove(address)
        return len(addresses)

    def _remove_one(self, address: str) -> None:
        resource_type = address.partition(".")[0]
        remover = removal.REMOVERS.get(resource_type)
        if remover is None:
            raise UnknownResourceTypeError(f"{address}: the simulation cannot remove a {resource_type}")
        remover(self._places.pop(address), self.resources.pop(address)[1])

    def attributes(self, resource_type: str) -> list[Attributes]:
        """Returns the attributes of every deployed resource of a type, in the order of their addresses."""
        found = [address for address in sorted(self.resources) if address.startswith(f"{resource_type}.")]
        return [self.resources[address][1] for address in found]

    def _apply_one(self, place: Place, address: str, raw: Arguments) -> bool:
        resource_type = address.partition(".")[0]
        arguments = self._resolved(raw, address)
        place = place.at(arguments.pop(REGION))
        ignored = arguments.pop(IGNORED)
        deployed = self.resources.get(address)
        if deployed is None:
            maker = catalogue.MAKERS.get(resource_type)
            if maker is None:
                raise UnknownResourceTypeError(f"{address}: the simulation does not support the type {resource_type}")
            try:
                made = maker(place, arguments)
            except ClientError as error:
                raise RefusedError(f"{address}: {error}") from error
            self.resources[address] = (arguments, arguments | made)
            self._places[address] = place
            return True
        # For arguments with ignored changes Terraform keeps the current value.
        read = catalogue.READERS.get(resource_type) if ignored else None
        present = deployed[0] | (read(place, deployed[0]) if read else {})
        kept = {name: present[name] for name in ignored if name in present}
        arguments = {name: value for name, value in arguments.items() if name not in ignored} | kept
        if deployed[0] | kept == arguments:
            return False
        changer = catalogue.CHANGERS.get(resource_type)
        if changer is None:
            raise UnsupportedChangeError(f"{address}: the simulation cannot change a deployed {resource_type}")
        self.resources[address] = (arguments, deployed[1] | arguments | changer(place, arguments))
        return True

    def _resolved(self, value: Any, address: str) -> Any:
        if isinstance(value, dict):
            return {key: self._resolved(each, address) for key, each in value.items()}
        if isinstance(value, list):
            return [self._resolved(each, address) for each in value]
        if not isinstance(value, str) or "${" not in value:
            return value
        resolved = REFERENCE.sub(lambda match: self._attribute(match[1], match[2], address), value)
        if "${" in resolved:
            raise UnresolvedReferenceError(f"{address}: cannot resolve {resolved[resolved.index('${') :][:120]}")
        return resolved

    def _attribute(self, target: str, name: str, address: str) -> str:
        attributes = self.resources[target][1] if target in self.resources else {}
        if not isinstance(attributes.get(name), str):
            raise UnresolvedReferenceError(f"{address}: refers to {target}.{name}, which does not exist")
        return str(attributes[name])


def _document(file: Path) -> dict[str, Any]:
    try:
        document: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise StackError(f"{file}: not a synthesized stack: {error}; run `make synth`") from error
    return document


def _resources(document: Mapping[str, Any], stack: Path, regions: Mapping[str, str]) -> Iterator[tuple[str, Arguments]]:
    """Yields every resource's arguments, with the region of its own argument or its provider."""
    for resource_type, named in document["resource"].items():
        for name, arguments in named.items():
            address = f"{resource_type}.{name}"
            own = {key: value for key, value in arguments.items() if key not in ("//", "provider", "lifecycle")}
            own[IGNORED] = _ignored(address, block(arguments.get("lifecycle", {})))
            alias = arguments.get("provider", "aws").partition(".")[2]
            own[REGION] = arguments.get("region", regions[alias])
            if "filename" in own:
                own["filename"] = str(stack / own["filename"])
            yield address, own


def _ignored(address: str, lifecycle: Mapping[str, Any]) -> list[str]:
    """Returns the arguments in `ignore_changes`; raises UnknownLifecycleError."""
    names = lifecycle.get("ignore_changes", [])
    unknown = lifecycle.keys() - {"ignore_changes", "create_before_destroy"}  # the simulation replaces no resource
    if unknown or not isinstance(names, list) or not all(name.isidentifier() for name in names):
        raise UnknownLifecycleError(f"{address}: the simulation does not support the lifecycle {json.dumps(lifecycle)}")
    return names


def _ordered(planned: Mapping[str, Arguments]) -> list[str]:
    """Returns the addresses, each after its references; raises UnresolvedReferenceError."""
    needs = {address: _needed(arguments) for address, arguments in planned.items()}
    for address, needed in needs.items():
        if missing := sorted(needed - planned.keys()):
            raise UnresolvedReferenceError(f"{address}: refers to {missing[0]}, which the stack does not have")
    ordered: dict[str, None] = {}
    while len(ordered) < len(planned):
        ready = [address for address in sorted(needs) if address not in ordered and needs[address] <= ordered.keys()]
        if not ready:
            cycle = sorted(needs.keys() - ordered.keys())
            raise UnresolvedReferenceError(f"{cycle[0]}: in a cycle of references with {', '.join(cycle[1:])}")
        ordered.update(dict.fromkeys(ready))
    return list(ordered)


def _needed(arguments: Arguments) -> set[str]:
    text = json.dumps({key: value for key, value in arguments.items() if key != "depends_on"})
    return {address for address, _ in REFERENCE.findall(text)} | set(arguments.get("depends_on", []))
