"""Measures what becomes of conformance pack templates: `.venv/bin/python scripts/packs.py FOLDER [--deploy]`.

Each template of the folder is taken over by the environment dev, in its regions: how many of AWS's rules are taken, how
many are left out and why, and whether the settings are accepted. With --deploy each is synthesized and deployed into
the simulated account as well, in some seconds. AWS publishes templates in awslabs/aws-config-rules, folder
aws-config-conformance-packs.
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
    """What became of one template."""

    name: str
    rules: int
    taken: int
    reasons: Counter[str]
    differences: list[str]
    refusals: list[str]


def main() -> int:
    """Prints a line for each template, and the sums; 1 if any is refused or differs in silence."""
    parser = argparse.ArgumentParser(prog="scripts/packs.py", description="Measures what becomes of templates.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--deploy", action="store_true", help="synthesize, and deploy into the simulated account")
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
    """Returns one template in words."""
    reasons = (f"{count} left out: {reason}" for reason, count in sorted(found.reasons.items()))
    said = [*reasons, *found.differences, *found.refusals]
    return "; ".join([f"{found.name}: {found.taken} of {found.rules}", *said])


def measured(file: Path, *, deploy: bool) -> Measured:
    """Measures a template."""
    given = PackSettings(template=file.name, severity="LOW", category="configuration")
    pack, template = read_pack(file, given), read(file, {})
    wanted = list(_of_aws(template))
    reasons = Counter(found[1] for note in pack.notes if (found := REASON.search(note)))
    nowhere = 0
    with tempfile.TemporaryDirectory() as folder:
        settings, refusals = _accepted(file, Path(folder))
        if settings is not None:
            nowhere = sum("is not taken over: AWS does not have" in note for note in settings.notes)
            reasons += Counter({"AWS does not have it in the regions": nowhere})
            refusals += _deployed(settings, Path(folder)) if deploy else []
    differences = [said for logical_id in wanted for said in _different(template, logical_id, pack.rules)]
    return Measured(file.stem, len(wanted), len(pack.rules) - nowhere, reasons, differences, refusals)


def _of_aws(template: Template) -> Iterator[str]:
    """Yields the rules of AWS's that AWS Config itself evaluates."""
    for logical_id, resource in template.resources.items():
        source = (resource.get("Properties") or {}).get("Source") or {}
        is_rule = resource.get("Type") == CONFIG_RULE and source.get("Owner") == "AWS"
        if is_rule and source.get("SourceIdentifier") != PROCESS_CHECK:
            yield logical_id


def _different(template: Template, logical_id: str, rules: Mapping[str, ManagedRuleSettings]) -> Iterator[str]:
    """Yields where a rule that was taken over asks for something else than its template."""
    try:
        properties: Any = template.resolved(template.resources[logical_id]["Properties"])
    except UnresolvableError:
        return
    identifier, asked = properties["Source"]["SourceIdentifier"], properties.get("InputParameters") or {}
    same = [rule for rule in rules.values() if rule.identifier == identifier]
    if same and properties is not NOTHING and not any(dict(rule.parameters) == asked for rule in same):
        yield f"{logical_id} has other parameters: {asked}"


def _accepted(file: Path, folder: Path) -> tuple[Settings | None, list[str]]:
    """Returns the settings of dev with the template, or why they are refused."""
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
    """Deploys the stack and yields what the simulated account refuses."""
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
