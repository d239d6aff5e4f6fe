"""Estimates what an environment costs at AWS in a month, from its settings and the number of resources."""

import argparse
import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from handlers.common import cost, prices
from handlers.common.cost import CHANGES_PER_RESOURCE, Usage
from handlers.common.layout import REPORT_SCHEMA
from handlers.common.rule import ACCOUNT_TYPE, Mode
from modules.settings import Settings
from operate.inputs import InputError, add_environment, settings_of

HELP = "estimate the monthly cost"

ASSUMED = 100
"""Resources of each type and region, where nothing is said of them."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How many resources there are, or a report that tells."""
    add_environment(parser)
    parser.add_argument(
        "--resources",
        action="append",
        default=[],
        metavar="TYPE=NUMBER",
        help=f"resources of a type in each region, as AWS::S3::Bucket=40 (assumed: {ASSUMED} of each type)",
    )
    parser.add_argument("--measured", type=Path, metavar="REPORT.json", help="a compliance report, which tells")
    parser.add_argument(
        "--changes",
        type=float,
        default=CHANGES_PER_RESOURCE,
        help=f"configuration items of each resource in a month (assumed: {CHANGES_PER_RESOURCE:g})",
    )


def run(arguments: argparse.Namespace) -> int:
    """Prints the estimate."""
    settings = settings_of(arguments)
    if not math.isfinite(arguments.changes) or arguments.changes < 0:
        raise InputError(f"--changes {arguments.changes}: allowed: a number from 0")
    if arguments.measured and arguments.resources:
        raise InputError("--measured and --resources: allowed: one of them, as a report tells the resources")
    results, resources = (
        _measured(arguments.measured) if arguments.measured else _assumed(settings, arguments.resources)
    )
    rules = settings.catalogue.values()
    usage = Usage(
        results=results,
        resources=resources,
        changes=arguments.changes,
        rules=len(rules),
        severities=len({rule.severity for rule in rules}),
        categories=len({rule.category for rule in rules}),
        remediations=sum(mode != Mode.OFF for mode in settings.remediation_modes().values()),
    )
    _show(settings, usage, measured=arguments.measured is not None)
    return 0


def _assumed(settings: Settings, given: list[str]) -> tuple[dict[str, int], int]:
    judged = {kind for rule in settings.catalogue.values() for kind in rule.resource_types}
    numbers = dict.fromkeys(judged, ASSUMED) | _numbers(given, judged)
    numbers |= dict.fromkeys(judged & {ACCOUNT_TYPE}, 1)
    each = sum(numbers[kind] for rule in settings.catalogue.values() for kind in rule.resource_types)
    recorded = sum(number for kind, number in numbers.items() if kind != ACCOUNT_TYPE)
    return dict.fromkeys(settings.monitored_regions, each), recorded * len(settings.monitored_regions)


def _numbers(given: list[str], judged: set[str]) -> dict[str, int]:
    found = {}
    for each in given:
        kind, _, number = each.rpartition("=")
        if kind not in judged:
            raise InputError(f"--resources {each}: no rule judges {kind!r}; allowed: {', '.join(sorted(judged))}")
        if not number.isascii() or not number.isdigit():
            raise InputError(f"--resources {each}: {number!r} is no number of resources; allowed: whole numbers from 0")
        found[kind] = int(number)
    return found


def _measured(file: Path) -> tuple[dict[str, int], int]:
    try:
        report: Any = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"--measured {file}: {error.strerror}; allowed: a compliance report") from error
    except ValueError as error:
        raise InputError(f"--measured {file}: is not JSON: {error}; allowed: a compliance report") from error
    if not isinstance(report, Mapping) or report.get("schema_version") != REPORT_SCHEMA or "listing" not in report:
        raise InputError(f"--measured {file}: is no compliance report of schema {REPORT_SCHEMA} (reports/….json)")
    return {region: found["discovered"] for region, found in report["regions"].items()}, report["totals"]["discovered"]


def _show(settings: Settings, usage: Usage, *, measured: bool) -> None:
    lines = cost.estimate(usage)
    table = Table(box=None, header_style="bold")
    for name in ("line", "quantity", "", "USD a month"):
        table.add_column(name, justify="right" if name in ("quantity", "USD a month") else "left")
    for line in lines:
        table.add_row(line.name, f"{line.quantity:,.0f}", line.unit, f"{line.usd:,.2f}")
    table.add_row("total", "", "", f"{cost.total(lines):,.2f}", style="bold")
    console = Console()
    console.print(table)
    each = sum(usage.results.values())
    basis = "the report has" if measured else "assumed:"
    console.print(
        f"\n{settings.environment}: {basis} {usage.resources:,} resources in {len(usage.results)} regions, {each:,} "
        f"results of each evaluation, and assumed {usage.changes:g} configuration items of each resource in a month.\n"
        f"List prices of US East as quoted on {prices.DATED}, without free tiers (handlers/common/prices.py).\n"
        f"Not included: {', '.join(prices.NOT_INCLUDED)}; a recorder that is not ours.",
        highlight=False,
        soft_wrap=True,
    )
