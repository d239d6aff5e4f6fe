"""Tests conformance pack templates: `.venv/bin/python scripts/packs.py FOLDER [--deploy]`.

Each template is added to the environment dev. The output has the numbers of managed rules taken over and left out, with
reasons, and errors of the settings. With --deploy each is also synthesized and deployed to the simulated account, in
some seconds. AWS publishes templates in awslabs/aws-config-rules, folder aws-config-conformance-packs.
"""

import argparse
import re
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from handlers.common.model.rule import Category, Severity
from settings.catalogue import PROCESS_CHECK
from settings.conformance_pack.rules import CONFIG_RULE, PackSettings, read_pack
from settings.conformance_pack.template import NOTHING, Template, UnresolvableError, read
from settings.errors import SettingsError
from settings.load import load
from settings.managed_rules import ManagedRuleSettings
from settings.model import Settings

DEV = Path(__file__).parent.parent / "environments" / "dev.toml"
REASON = re.compile(r"is not taken over: (.*?)(?:: .*)?$")


@dataclass(frozen=True)
class Measured:
    """The result for one template."""

    name: str
    rules: int
    taken: int
    reasons: Counter[str]
    differences: list[str]
    refusals: list[str]


def main() -> int:
    """Prints a line for each template and a total; returns 1 if any is rejected or differs without a note."""
    parser = argparse.ArgumentParser(prog="scripts/packs.py", description="Tests conformance pack templates.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--deploy", action="store_true", help="synthesize, and deploy to the simulated account")
    arguments = parser.parse_args()
    found = []
    for file in sorted(arguments.folder.glob("*.y*ml")):
        found.append(measured(file, deploy=arguments.deploy))
        print(line(found[-1]), flush=True)
    whole = sum(not each.refusals and not each.differences for each in found)
    rules, taken = sum(each.rules for each in found), sum(each.taken for each in found)
    print(f"{whole} of {len(found)} deploy; {taken} of {rules} of AWS's rules are taken over")
    return int(whole < len(found))


def line(found: Measured) -> str:
    """Returns the result for one template as a line."""
    reasons = (f"{count} left out: {reason}" for reason, count in sorted(found.reasons.items()))
    details = [*reasons, *found.differences, *found.refusals]
    return "; ".join([f"{found.name}: {found.taken} of {found.rules}", *details])


def measured(file: Path, *, deploy: bool) -> Measured:
    """Returns the result for one template."""
    given = PackSettings(template=file.name, severity=Severity.LOW, category=Category.CONFIGURATION)
    pack, template = read_pack(file, given), read(file, {})
    managed = list(_managed_rules(template))
    reasons = Counter(found[1] for note in pack.notes if (found := REASON.search(note)))
    nowhere = 0
    with tempfile.TemporaryDirectory() as folder:
        settings, refusals = _accepted(file, Path(folder))
        if settings is not None:
            nowhere = sum("is not taken over: AWS does not have" in note for note in settings.notes)
            reasons += Counter({"AWS does not have it in the regions": nowhere})
            refusals += _deployed(settings, Path(folder)) if deploy else []
    differences = [each for logical_id in managed for each in _differences(template, logical_id, pack.rules)]
    return Measured(file.stem, len(managed), len(pack.rules) - nowhere, reasons, differences, refusals)


def _managed_rules(template: Template) -> Iterator[str]:
    """Yields the managed rules that AWS Config evaluates."""
    for logical_id, resource in template.resources.items():
        source = (resource.get("Properties") or {}).get("Source") or {}
        is_rule = resource.get("Type") == CONFIG_RULE and source.get("Owner") == "AWS"
        if is_rule and source.get("SourceIdentifier") != PROCESS_CHECK:
            yield logical_id


def _differences(template: Template, logical_id: str, rules: Mapping[str, ManagedRuleSettings]) -> Iterator[str]:
    """Yields differences between the parameters of a rule and of its template."""
    try:
        properties: Any = template.resolved(template.resources[logical_id]["Properties"])
    except UnresolvableError:
        return
    identifier, expected = properties["Source"]["SourceIdentifier"], properties.get("InputParameters") or {}
    same = [rule for rule in rules.values() if rule.identifier == identifier]
    if same and properties is not NOTHING and not any(dict(rule.parameters) == expected for rule in same):
        yield f"{logical_id} has different parameters: {expected}"


def _accepted(file: Path, folder: Path) -> tuple[Settings | None, list[str]]:
    """Returns the settings of dev with the template, or their errors."""
    environments = folder / "environments"
    environments.mkdir()
    shutil.copy(file, environments)
    table = f'[conformance_packs.pack]\ntemplate = "{file.name}"\nseverity = "LOW"\ncategory = "configuration"\n'
    (environments / "dev.toml").write_text(f"{DEV.read_text(encoding='utf-8')}\n{table}", encoding="utf-8")
    try:
        return load(environments / "dev.toml"), []
    except SettingsError as error:
        return None, str(error).splitlines()


def _deployed(settings: Settings, folder: Path) -> list[str]:
    """Deploys the stack and returns the errors of the simulated account."""
    from modules.app import synthesize
    from simulation.aws.account import SimulatedAccount

    synthesize([settings], folder / "out")
    with SimulatedAccount(settings.account_id, settings.home_region, datetime.now(UTC)) as cloud:
        try:
            cloud.deploy(folder / "out" / "stacks" / settings.stack_name)
        except Exception as error:
            return [f"refused: {error}"]
    return []


if __name__ == "__main__":
    sys.exit(main())
