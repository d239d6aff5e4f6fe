"""tests/contracts/addresses.txt: the Terraform addresses of the shipped environments, which are a contract."""

import json
from collections.abc import Iterable

from cdktf import Testing

from modules.stack import ComplianceStack
from settings.model import Settings


def page(environments: Iterable[Settings]) -> str:
    """Returns a line for each environment and address, sorted."""
    lines = [f"{each.environment} {address}\n" for each in environments for address in _addresses(each)]
    return "".join(sorted(lines))


def _addresses(settings: Settings) -> list[str]:
    resources = json.loads(Testing.synth(ComplianceStack(Testing.app(), settings)))["resource"]
    return [f"{resource_type}.{name}" for resource_type, named in resources.items() for name in named]
