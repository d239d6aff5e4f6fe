"""A session of the demo: the deployed system, its account, and the terminal."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from handlers.common.runtime.errors import ComplianceMonitorError
from handlers.common.runtime.naming import OPERATIONS_TOPIC, SUMMARY_TOPIC, WAIVER_OWNERS_TOPIC, alert_topic
from handlers.common.stores.report_bucket import AUDIT
from settings.model import Settings
from settings.resource_names import REPORT_BUCKET, NameKind
from simulation.aws.account import SimulatedAccount
from simulation.aws.lambda_runtime import Invocation
from simulation.demo import artefacts
from simulation.demo.console import Screen
from simulation.demo.site import Site
from simulation.demo.site.words import count as amount

BUILD = Path(".build") / "demo"
OPENING_HOUR = 9  # UTC: two hours after the daily score, so that a day without one exceeds the grace period

SUMMARY = "summary"
SUMMARY_LINES = 32
OPERATIONS = "operations"
WAIVERS = "waivers"

NO_RESULT = "no result"


class UnexpectedError(ComplianceMonitorError):
    """The system deviated from the expected results; `problems` has one entry per deviation."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = list(dict.fromkeys(problems))
        super().__init__("; ".join(self.problems))


class Demo:
    """One run: the deployed system, its account, and the terminal."""

    def __init__(self, cloud: SimulatedAccount, settings: Settings, screen: Screen) -> None:
        self.cloud = cloud
        self.settings = settings
        self.screen = screen
        self.reports_bucket = settings.name(REPORT_BUCKET, NameKind.S3_BUCKET)
        self.topics: dict[str, str] = {}
        self._records: dict[str, artefacts.Document] = {}

    def deploy(self, stack: Path) -> None:
        """Applies the stack and finds the topics of its mails."""
        count = self.cloud.deploy(stack)
        arns = {topic["name"]: topic["arn"] for topic in self.cloud.deployment.attributes("aws_sns_topic")}
        severities = sorted({rule.severity for rule in self.settings.catalogue.values()})
        names = {str(severity): alert_topic(severity) for severity in severities}
        names |= {SUMMARY: SUMMARY_TOPIC, OPERATIONS: OPERATIONS_TOPIC}
        names |= {WAIVERS: WAIVER_OWNERS_TOPIC} if self.settings.granted else {}
        self.topics = {word: arns[self.settings.name(name, NameKind.SNS_TOPIC)] for word, name in names.items()}
        target = f"account {self.cloud.account}, {amount(len(self.cloud.regions), 'region')}"
        self.screen.say(f"{amount(count, 'resource')} created or updated in {target}")

    def record(self) -> list[Invocation]:
        """Records and evaluates changes, and runs the resulting invocations."""
        return self.without_errors(self.cloud.record())

    def fire(self, schedule: str) -> list[Invocation]:
        """Runs a schedule now, and the resulting invocations."""
        return self.without_errors(self.cloud.fire(self.schedule(schedule)))

    def schedule(self, function: str) -> str:
        """Returns the name of the EventBridge rule that runs a function on a schedule."""
        return self.settings.name(f"{function}-on-schedule", NameKind.EVENT_RULE)

    def evaluation_result(self, rule: str, identity: str) -> str:
        """Returns AWS Config's result for a resource under a rule, in any region."""
        name = self.settings.name(rule, NameKind.CONFIG_RULE)
        results = (self.cloud.config.results(region, name).items() for region in self.cloud.regions)
        types = (result.compliance_type for each in results for key, result in each if key[1] == identity)
        return next(types, NO_RESULT)

    def alerts(self) -> dict[str, list[dict[str, Any]]]:
        """Returns the published alerts by severity."""
        severities = [word for word in self.topics if word not in (SUMMARY, OPERATIONS, WAIVERS)]
        return {severity: self.cloud.published(self.topics[severity]) for severity in severities}

    def count_alerts(self, word: str) -> int:
        """Returns the number of findings opened, reopened or resolved so far, from the metrics of alerts."""
        metric = f"Findings{word.capitalize()}"
        return sum(line.get(metric, 0) for invocation in self.cloud.invocations for line in invocation.metrics)

    def count_mails(self) -> int:
        """Returns the number of mails about findings so far; a digest counts as one."""
        return sum(map(len, self.alerts().values()))

    def count_outcomes(self) -> Counter[str]:
        """Returns the numbers of remediation steps so far, by outcome."""
        lines = (line for invocation in self.cloud.invocations for line in invocation.logs)
        return Counter(str(line["outcome"]) for line in lines if line["message"] == "remediation step")

    def last_report(self) -> dict[str, Any]:
        """Returns the report of the latest run."""
        return artefacts.last_report(self.cloud, self.reports_bucket)

    def audit_records(self) -> list[artefacts.Document]:
        """Returns the audit records so far, oldest first; cached, because records never change."""
        last = max(self._records, default="")
        for key in artefacts.keys(self.cloud, self.reports_bucket, AUDIT, after=last):
            self._records[key] = artefacts.document(self.cloud, self.reports_bucket, key)
        return sorted(self._records.values(), key=lambda record: str(record["at"]))

    def show_report(self) -> dict[str, Any]:
        """Prints the latest report's counts and returns it."""
        report = self.last_report()
        heads = {"compliant": "compliant", "non_compliant": "violations", "waived": "waived", "not_applicable": "n/a"}
        heads |= {"excluded": "excluded"} if report["totals"]["excluded"] else {}
        heads |= {"unknown": "unknown", "discovered": "all"}
        columns = list(heads)
        rows = [[row["rule"], *(row["counts"][name] for name in columns)] for row in report["rules"]]
        rows.append(["total", *(report["totals"][name] for name in columns)])
        self.screen.table(["rule", *heads.values()], rows)
        counted = ", ".join(
            f"{report['totals'][name]} {name.replace('non_', 'non-').replace('_', ' ')}" for name in columns[:-1]
        )
        self.screen.say(f"report: {counted}")
        return report

    def show_latest(self, word: str) -> None:
        """Prints the newest mail of a topic, given its short name."""
        for mail in self.cloud.published(self.topics[word])[-1:]:
            self.screen.mail(word, mail["subject"], mail["message"])

    def show_mails(self, word: str) -> None:
        """Prints the newest alert of a transition, for each severity, as its recipients see it."""
        for severity, alerts in self.alerts().items():
            for alert in [each for each in alerts if f"] {word} " in each["subject"]][-1:]:
                readers = ", ".join(getattr(self.settings.alerts, severity.lower()))
                self.screen.mail(readers, alert["subject"], alert["message"])

    def show_summary(self) -> None:
        """Prints the beginning of the latest executive summary, as its recipients see it."""
        mail = self.cloud.published(self.topics[SUMMARY])[-1]
        lines = mail["message"].splitlines()
        text = "\n".join(lines[:SUMMARY_LINES] + ["[…]"] * (len(lines) > SUMMARY_LINES))
        self.screen.mail(", ".join(self.settings.summary.readers), mail["subject"], text)

    def save(self, output: Path) -> Site:
        """Writes the run's documents and the page that links them; returns the page."""
        artefacts.save(self.cloud, self.reports_bucket, self.topics, output)
        site = Site(self.cloud, self.settings)
        site.write(output, self.screen.phases)
        return site

    def without_errors(self, invocations: list[Invocation]) -> list[Invocation]:
        """Returns the invocations, if none failed; raises UnexpectedError."""
        failed = [f"{each.function} failed: {each.error!r}" for each in invocations if each.error is not None]
        incomplete = [each for each in invocations if each.answer and each.answer.get("batchItemFailures")]
        failed += [f"{each.function} did not process all messages: {each.logs}" for each in incomplete]
        if failed:
            raise UnexpectedError(failed)
        return invocations


def expect(actual: object, expected: object, what: str) -> None:
    """Raises UnexpectedError if the values differ."""
    if actual != expected:
        raise UnexpectedError([f"{what}: expected {expected}, found {actual}"])


def synthesized(settings: Settings, folder: str) -> Path:
    """Synthesizes the environment and returns the stack's folder."""
    # Importing cdktf takes seconds, and belongs to this phase of the demo.
    from modules.app import synthesize

    synthesize([settings], BUILD / folder)
    return BUILD / folder / "stacks" / settings.stack_name
