"""Estimates the monthly AWS cost of an environment from its settings and the number of resources."""

import argparse
import json
import math
from collections import Counter
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from handlers.common.model.remediation import Mode
from handlers.common.model.rule import ACCOUNT_TYPE, Managed, Rule
from handlers.common.stores.report_bucket import REPORT_SCHEMA
from handlers.cost import estimate as cost
from handlers.cost import prices
from handlers.cost.estimate import CHANGES_PER_RESOURCE, Usage
from operate.arguments import InputError, add_environment, settings_of
from settings.model import Settings
from settings.regions import EXISTING

HELP = "estimate the monthly cost"

ASSUMED = 100
"""Default number of resources of each type and region."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the numbers of resources, or a report with them."""
    add_environment(parser)
    parser.add_argument(
        "--resources",
        action="append",
        default=[],
        metavar="TYPE=NUMBER",
        help=f"resources of a type in each region, such as AWS::S3::Bucket=40 (default: {ASSUMED} of each type)",
    )
    parser.add_argument("--measured", type=Path, metavar="REPORT.json", help="a compliance report with the numbers")
    parser.add_argument(
        "--changes-per-resource",
        type=float,
        default=CHANGES_PER_RESOURCE,
        metavar="NUMBER",
        help=f"configuration items of each resource in a month (default: {CHANGES_PER_RESOURCE:g})",
    )


def run(arguments: argparse.Namespace) -> int:
    """Prints the estimate."""
    settings, changes = settings_of(arguments), arguments.changes_per_resource
    if not math.isfinite(changes) or changes < 0:
        raise InputError(f"--changes-per-resource {changes}: allowed: a number from 0")
    if arguments.measured and arguments.resources:
        raise InputError("--measured and --resources: allowed: one of them, as a report has the numbers")
    report = _report(settings, arguments.measured) if arguments.measured else assumed(settings, arguments.resources)
    _show(settings, usage(settings, report, changes), measured=arguments.measured is not None)
    return 0


def usage(settings: Settings, report: dict[str, Any], changes: float = CHANGES_PER_RESOURCE) -> Usage:
    """Returns the usage according to a report.

    In an organization's other accounts only periodic rules are evaluated on a schedule, and recording is not included.
    """
    periodic_results, changed_results = Counter[str](), Counter[str]()
    catalogue, resources = settings.catalogue, 0
    counted = _counted(catalogue)
    for row in report["rules"]:
        rule = catalogue.get(row["rule"])
        periodic = rule is not None and isinstance(rule.source, Managed) and rule.source.periodic
        for place in row["places"]:
            region, own = place["region"], place["account"] == settings.account_id
            periodic_results[region] += place["evaluated"] if own or periodic else 0
            changed_results[region] += 0 if periodic else place["evaluated"]
            if own and row["rule"] in counted and settings.recorder.get(region) != EXISTING:
                resources += place["discovered"]
    rules = catalogue.values()
    return Usage(
        results=sum(place["evaluated"] for row in report["rules"] for place in row["places"]),
        periodic_results=periodic_results,
        changed_results=changed_results,
        resources=resources,
        changes=changes,
        regions=len(settings.monitored_regions),
        rules=len(rules),
        severities=len({rule.severity for rule in rules}),
        categories=len({rule.category for rule in rules}),
        remediations=sum(mode != Mode.OFF for mode in settings.remediation_modes().values()),
        waivers=bool(settings.granted),
    )


def assumed(settings: Settings, given: list[str]) -> dict[str, Any]:
    """Returns the rules of a report for the given numbers of resources."""
    evaluated = {kind for rule in settings.catalogue.values() for kind in rule.resource_types}
    numbers = (
        dict.fromkeys(evaluated, ASSUMED) | _numbers(given, evaluated) | dict.fromkeys(evaluated & {ACCOUNT_TYPE}, 1)
    )

    def place(rule: Rule, region: str) -> dict[str, Any]:
        count = sum(numbers[kind] for kind in rule.resource_types)
        return {"account": settings.account_id, "region": region, "evaluated": count, "discovered": count}

    rules = {region: settings.rules_in(region) for region in settings.monitored_regions}
    return {
        "rules": [
            {"rule": name, "places": [place(each[name], region) for region, each in rules.items() if name in each]}
            for name in settings.catalogue
        ]
    }


def _counted(catalogue: dict[str, Rule]) -> set[str]:
    """Returns the rules whose resources are counted; types of another rule are excluded, to count each only once."""
    counted: dict[str, frozenset[str]] = {}
    for name, rule in sorted(catalogue.items(), key=lambda each: (-len(each[1].recorded_types), each[0])):
        types = frozenset(rule.recorded_types)
        if types and not any(types <= other for other in counted.values()):
            counted[name] = types
    return set(counted)


def _numbers(given: list[str], evaluated: set[str]) -> dict[str, int]:
    numbers = {}
    for each in given:
        kind, _, number = each.rpartition("=")
        if kind not in evaluated:
            raise InputError(f"--resources {each}: no rule evaluates {kind!r}; allowed: {', '.join(sorted(evaluated))}")
        if not number.isascii() or not number.isdigit():
            raise InputError(f"--resources {each}: {number!r} is not a number of resources; allowed: integers from 0")
        numbers[kind] = int(number)
    return numbers


def _report(settings: Settings, file: Path) -> dict[str, Any]:
    try:
        report: Any = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"--measured {file}: {error.strerror}; allowed: a compliance report") from error
    except ValueError as error:
        raise InputError(f"--measured {file}: is not JSON: {error}; allowed: a compliance report") from error
    if not isinstance(report, dict) or report.get("schema_version") != REPORT_SCHEMA or not _has_counts(report):
        raise InputError(f"--measured {file}: is not a compliance report of schema {REPORT_SCHEMA} (reports/….json)")
    if report.get("account") != settings.account_id:
        raise InputError(
            f"--measured {file}: is for account {report.get('account')}; allowed: a report for {settings.account_id}, "
            f"the account of {settings.environment}"
        )
    return report


def _has_counts(report: dict[str, Any]) -> bool:
    """Returns whether a report has the fields that `usage` reads."""
    try:
        places = [place for row in report["rules"] if isinstance(row["rule"], str) for place in row["places"]]
        texts = [place[name] for place in places for name in ("account", "region")]
        counts = [place[name] for place in places for name in ("evaluated", "discovered")]
    except (KeyError, TypeError):
        return False
    return all(isinstance(each, str) for each in texts) and all(type(each) is int and each >= 0 for each in counts)


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
    basis = "from the report:" if measured else f"assumed, {ASSUMED} of each type and region if not given:"
    regions = ", ".join(settings.monitored_regions)
    console.print(
        f"\n{settings.environment}: {basis} {usage.results:,} results per evaluation in {regions}, "
        f"{usage.resources:,} resources in recorders of the deployment; assumed: {usage.changes:g} configuration items "
        f"per resource and month.\n"
        f"List prices of US East as quoted on {prices.DATED}, without free tiers (handlers/cost/prices.py).\n"
        f"Not included: {', '.join(prices.NOT_INCLUDED)}; existing recorders"
        f"{'' if measured or not settings.organization else '; other accounts of the organization (use --measured)'}.",
        highlight=False,
        soft_wrap=True,
    )
