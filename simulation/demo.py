"""The demo: a made-up estate goes through the whole system once, and everything is checked on the way."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from handlers.common.events import COMPLIANT, NON_COMPLIANT
from handlers.common.rule import Mode
from handlers.remediate.outcome import Outcome
from handlers.rules import RULES
from modules.names import NameKind
from modules.settings import RemediationSettings, Settings
from simulation import artefacts, estate
from simulation.cloud import Cloud
from simulation.console import Screen
from simulation.estate import Estate
from simulation.functions import Invocation

BUILD = Path(".build") / "demo"
REMEDIATED = estate.S3


class UnexpectedError(Exception):
    """The system did not do what it should; one entry per deviation."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = list(dict.fromkeys(problems))
        super().__init__("; ".join(self.problems))


class Demo:
    """One run: the deployed system, its account, and the terminal."""

    def __init__(self, cloud: Cloud, settings: Settings, screen: Screen) -> None:
        self.cloud = cloud
        self.settings = settings
        self.screen = screen
        self.reports_bucket = settings.name("compliance-reports", NameKind.S3_BUCKET)
        self.topics: dict[str, str] = {}

    def deploy(self, stack: Path) -> None:
        """Applies the stack and learns where alerts will appear."""
        count = self.cloud.deploy(stack)
        topics = self.cloud.deployment.attributes("aws_sns_topic")
        for severity in sorted({str(rule.severity) for rule in RULES.values()}):
            name = self.settings.name(f"alerts-{severity.lower()}", NameKind.SNS_TOPIC)
            self.topics[severity] = next(topic["arn"] for topic in topics if topic["name"] == name)
        self.screen.say(f"{count} resources made or changed in account {self.cloud.account}, {self.cloud.region}")

    def record(self) -> list[Invocation]:
        """Lets Config record and judge what has changed, and runs what follows."""
        return self._without_errors(self.cloud.record())

    def fire(self, schedule: str) -> list[Invocation]:
        """Lets a schedule come due, and runs what follows."""
        return self._without_errors(self.cloud.fire(self.settings.name(f"{schedule}-on-schedule", NameKind.EVENT_RULE)))

    def alerts(self) -> dict[str, list[dict[str, Any]]]:
        """What was published so far, by severity."""
        return {severity: self.cloud.published(topic) for severity, topic in self.topics.items()}

    def count_alerts(self, word: str) -> int:
        """How many alerts of a transition were published so far."""
        return sum(f"] {word} " in alert["subject"] for alerts in self.alerts().values() for alert in alerts)

    def last_report(self) -> dict[str, Any]:
        """The report of the latest run."""
        return artefacts.reports(self.cloud, self.reports_bucket)[-1]

    def show_report(self) -> dict[str, Any]:
        """Prints the latest report's counts and returns it."""
        report = self.last_report()
        columns = ["compliant", "non_compliant", "not_applicable", "unknown", "discovered"]
        rows = [[row["rule"], *(row["counts"][name] for name in columns)] for row in report["rules"]]
        rows.append(["total", *(report["totals"][name] for name in columns)])
        self.screen.table(["rule", "compliant", "violations", "n/a", "unknown", "all"], rows)
        return report

    def show_mails(self, word: str) -> None:
        """Prints the newest alert of a transition, for each severity, as it would be read."""
        for severity, alerts in self.alerts().items():
            for alert in [each for each in alerts if f"] {word} " in each["subject"]][-1:]:
                readers = ", ".join(getattr(self.settings.alerts, severity.lower()))
                self.screen.mail(readers, alert["subject"], alert["message"])

    def _without_errors(self, invocations: list[Invocation]) -> list[Invocation]:
        failed = [f"{each.function} failed: {each.error}" for each in invocations if each.error is not None]
        if failed:
            raise UnexpectedError(failed)
        return invocations


def run(settings: Settings, stack: Path | None, output: Path, screen: Screen) -> None:
    """Goes through all phases; raises UnexpectedError as soon as something is not as it should be."""
    scope = tuple(f"{name}-{settings.environment}" for name in (estate.PLANNED_BUCKET, "customer-statements"))
    with screen.phase("Synthesis: the environment's settings become Terraform JSON"):
        if stack is None:
            stack = synthesized(with_mode(settings, Mode.PLAN, scope), "plan")
        enforcing = synthesized(with_mode(settings, Mode.ENFORCE, scope), "enforce")
        screen.say(f"{stack}/cdk.tf.json")
    with Cloud(settings.account_id, settings.home_region, datetime.now(UTC)) as cloud:
        demo = Demo(cloud, settings, screen)
        with screen.phase("Deployment into the simulated AWS"):
            demo.deploy(stack)
        try:
            _story(demo, enforcing, scope)
        finally:
            demo.screen.say(f"{artefacts.save(cloud, demo.reports_bucket, demo.topics, output)} files in {output}/")


def _story(demo: Demo, enforcing: Path, scope: tuple[str, ...]) -> None:
    screen, cloud = demo.screen, demo.cloud
    with screen.phase("An estate with violations"):
        made = estate.seed(cloud, demo.settings.rules, demo.settings.environment)
        screen.table(["resource", "number"], made.made.items())
    with screen.phase("AWS Config records and judges it; changes become findings, findings become alerts"):
        _check_judgement(demo, made, demo.record())
    with screen.phase("The six-hourly evaluation: nothing has changed, so nobody is told again"):
        before = demo.count_alerts("OPENED")
        demo.fire("evaluate")
        _expect(demo.count_alerts("OPENED"), before, "alerts after a second evaluation")
        screen.say(f"{before} findings stay open, 0 new alerts")
    with screen.phase("The compliance report"):
        demo.fire("report")
        _check_report(demo.show_report(), made)
    with screen.phase("Remediation, mode plan: it says what it would do, and its role could do no more"):
        _check_outcomes(demo, scope, Outcome.WOULD_REMEDIATE)
    with screen.phase("Remediation, mode enforce: the same stack with one setting changed, deployed over it"):
        demo.deploy(enforcing)
        demo.fire("report")
        _check_outcomes(demo, scope, Outcome.REMEDIATED)
    with screen.phase("AWS Config sees the repaired buckets; their findings close"):
        demo.record()
        _expect(demo.count_alerts("RESOLVED"), len(scope), "findings resolved")
        demo.show_mails("RESOLVED")
        demo.fire("report")
        for bucket in scope:
            made.expect(REMEDIATED, bucket, COMPLIANT)
        _check_report(demo.show_report(), made)


def _check_judgement(demo: Demo, made: Estate, invocations: list[Invocation]) -> None:
    verdicts: Counter[str] = Counter()
    for (rule, identity), expected in made.expected.items():
        name = demo.settings.name(rule, NameKind.CONFIG_RULE)
        results = demo.cloud.config.results(demo.cloud.region, name)
        verdict = next((result.compliance_type for key, result in results.items() if key[1] == identity), "no result")
        _expect(verdict, expected, f"{rule} on {identity}")
        verdicts[verdict] += 1
    violations = verdicts[NON_COMPLIANT]
    _expect(demo.count_alerts("OPENED"), violations, "alerts for violations")
    ran = Counter(invocation.function for invocation in invocations)
    demo.screen.table(["function", "runs"], sorted(ran.items()))
    demo.screen.say(f"{len(made.expected)} judgements as expected, {violations} violations, {violations} alerts:")
    demo.show_mails("OPENED")


def _check_report(report: dict[str, Any], made: Estate) -> None:
    verdicts = Counter(made.expected.values())
    totals = report["totals"]
    for name, expected in (
        ("compliant", verdicts[COMPLIANT]),
        ("non_compliant", verdicts[NON_COMPLIANT]),
        ("unknown", 0),
    ):
        _expect(totals[name], expected, f"{name} resources in the report")
    evaluated = totals["compliant"] + totals["non_compliant"] + totals["not_applicable"]
    _expect(evaluated + totals["unknown"], totals["discovered"], "sum of the report's counts")
    listed = {(row["rule"], row["resource_id"]) for row in report["non_compliant"]}
    wanted = {key for key, compliance_type in made.expected.items() if compliance_type == NON_COMPLIANT}
    _expect(listed, wanted, "non-compliant resources listed in the report")


def _check_outcomes(demo: Demo, scope: tuple[str, ...], outcome: Outcome) -> None:
    records = artefacts.audit_records(demo.cloud, demo.reports_bucket)
    latest = {record["resource_id"]: record for record in records}
    demo.screen.table(
        ["resource", "outcome", "reason"],
        [[identity, record["outcome"], record["reason"]] for identity, record in sorted(latest.items())],
    )
    for bucket in scope:
        _expect(latest.get(bucket, {}).get("outcome"), str(outcome), f"remediation of {bucket}")
    outside = {record["outcome"] for identity, record in latest.items() if identity not in scope}
    _expect(outside, {str(Outcome.OUT_OF_SCOPE)}, "remediation outside the scope")


def _expect(actual: object, expected: object, what: str) -> None:
    if actual != expected:
        raise UnexpectedError([f"{what}: expected {expected}, found {actual}"])


def with_mode(settings: Settings, mode: Mode, scope: tuple[str, ...]) -> Settings:
    """The settings with the demo's remediation in a mode and scope of its own."""
    chosen = {**settings.remediation, REMEDIATED: RemediationSettings(mode=mode, scope=scope)}
    return settings.model_copy(update={"remediation": chosen})


def synthesized(settings: Settings, folder: str) -> Path:
    """Synthesizes the environment and returns the stack's folder."""
    # cdktf takes seconds to load: it is loaded within the phase that waits for it.
    from modules.synthesis import synthesize

    synthesize([settings], BUILD / folder)
    return BUILD / folder / "stacks" / settings.stack_name
