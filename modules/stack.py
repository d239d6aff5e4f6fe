"""The whole system of one environment, wired."""

from cdktf import S3Backend, TerraformOutput, TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider, AwsProviderDefaultTags
from constructs import Construct

from handlers.common.events import COMPLIANCE_TYPES
from handlers.common.layout import REPORTS
from handlers.common.rule import Mode, Severity
from handlers.evaluate.environment import EvaluateEnvironment
from handlers.process.app import TIMEOUT_SECONDS as PROCESS_TIMEOUT_SECONDS
from handlers.process.environment import ProcessEnvironment
from handlers.report.environment import ReportEnvironment
from handlers.rules import RULES
from modules.aggregator import Aggregator
from modules.alarm import alarm
from modules.alerts import Alerts
from modules.bucket import Bucket
from modules.failures import Failures
from modules.findings import Findings
from modules.function import Function, Surroundings
from modules.key import Key
from modules.names import NameKind
from modules.recorder import Recorder
from modules.remediations import Remediations, grant_remind
from modules.rules import Rules
from modules.schedule import six_hourly
from modules.settings import Settings
from modules.topic import Topic
from modules.trigger import Trigger

# Config needs some minutes to judge everything and to bring the results to the aggregator.
REPORT_AFTER_MINUTES = 30


class ComplianceStack(TerraformStack):
    """AWS Config's verdicts on one account: recorded, told, repaired, reported."""

    def __init__(self, scope: Construct, settings: Settings) -> None:
        super().__init__(scope, settings.stack_name)
        self._settings = settings
        self._terraform()
        self._key = Key(self, "key", settings=settings)
        self._reports = self._bucket("reports", "compliance-reports")
        self._findings = Findings(self, "findings", settings=settings, key=self._key)
        self._alerts = Alerts(self, "alerts", settings=settings, key=self._key)
        self._around = self._surroundings()
        recorder = Recorder(
            self, "recorder", settings=settings, key=self._key, bucket=self._bucket("delivery", "compliance-delivery")
        )
        self._rules = Rules(self, "rules", settings=settings, key=self._key, recorder=recorder)
        self._aggregator = Aggregator(self, "aggregator", settings=settings)
        self._evaluate()
        self._process()
        self._report()
        Remediations(self, "remediations", surroundings=self._around, rules=self._rules, reports=self._reports)
        self._outputs()

    def _terraform(self) -> None:
        settings = self._settings
        S3Backend(
            self,
            bucket=settings.state.bucket,
            key=f"{settings.stack_name}-{settings.environment_suffix}/terraform.tfstate",
            region=settings.home_region,
            encrypt=True,
            kms_key_id=settings.state.kms_key,
        )
        # cdktf 0.21 has no argument for either.
        self.add_override("terraform.backend.s3.use_lockfile", True)
        self.add_override("terraform.required_version", ">= 1.11.0")
        tags = {
            "Owner": settings.owner,
            "Environment": settings.environment,
            "ComplianceLevel": settings.compliance_level,
        }
        AwsProvider(
            self,
            "aws",
            region=settings.home_region,
            allowed_account_ids=[settings.account_id],
            default_tags=[AwsProviderDefaultTags(tags=tags)],
        )

    def _bucket(self, id: str, resource_type: str) -> Bucket:
        return Bucket(self, id, settings=self._settings, key=self._key, resource_type=resource_type)

    def _surroundings(self) -> Surroundings:
        settings = self._settings
        operations = Topic(
            self,
            "operations",
            settings=settings,
            key=self._key,
            resource_type="alerts-operations",
            addresses=settings.alerts.operations,
        )
        operations.accept_alarms()
        failures = Failures(self, "failures", settings=settings)
        alarm(
            failures,
            "waiting",
            name=settings.name("compliance-failures-waiting", NameKind.ALARM),
            description=f"Events wait in {failures.name}: each is a change or a run that was not processed.",
            metric=("AWS/SQS", "ApproximateNumberOfMessagesVisible"),
            dimension=("QueueName", failures.name),
            tell=operations,
        )
        return Surroundings(settings=settings, key=self._key, failures=failures, operations=operations)

    def _evaluate(self) -> None:
        settings = self._settings
        function = Function(
            self,
            "evaluate",
            surroundings=self._around,
            package="evaluate",
            environment=EvaluateEnvironment(
                environment=settings.environment,
                environment_suffix=settings.environment_suffix,
                config_rules=self._rules.names(),
                regions=settings.monitored_regions,
            ),
            timeout_seconds=900,
            memory_mb=256,
        )
        self._rules.grant_evaluate(function)
        schedule = six_hourly(settings.schedule.first_evaluation)
        Trigger(self, "evaluate-on-schedule", surroundings=self._around, function=function, schedule=schedule)

    def _process(self) -> None:
        settings = self._settings
        severities = {rule.severity for rule in RULES.values()}
        function = Function(
            self,
            "process",
            surroundings=self._around,
            package="process",
            sources=("rules",),
            environment=ProcessEnvironment(
                environment=settings.environment,
                environment_suffix=settings.environment_suffix,
                account=settings.account_id,
                findings_table=self._findings.name,
                alert_topics=self._alerts.arns(severities),
                remediation_modes={name: str(chosen.mode) for name, chosen in settings.remediation.items()},
                remediation_scopes={name: list(chosen.scope) for name, chosen in settings.remediation.items()},
            ),
            timeout_seconds=PROCESS_TIMEOUT_SECONDS,
            memory_mb=256,
        )
        self._findings.grant_record(function)
        self._alerts.grant_publish(function, severities)
        pattern = self._rules.change_pattern(RULES.values(), COMPLIANCE_TYPES)
        Trigger(self, "process-on-change", surroundings=self._around, function=function, pattern=pattern)

    def _report(self) -> None:
        settings = self._settings
        function = Function(
            self,
            "report",
            surroundings=self._around,
            package="report",
            sources=("rules",),
            environment=ReportEnvironment(
                environment=settings.environment,
                environment_suffix=settings.environment_suffix,
                account=settings.account_id,
                regions=settings.monitored_regions,
                aggregator=self._aggregator.name,
                findings_table=self._findings.name,
                report_bucket=self._reports.name,
                settings_digest=settings.digest,
                enforced_scopes=self._enforced(),
            ),
            timeout_seconds=900,
            memory_mb=512,
        )
        self._aggregator.grant_read(function)
        self._rules.grant_read_results(function)
        self._findings.grant_find(function)
        self._reports.grant_write(function, "WriteReports", REPORTS)
        if self._enforced():
            grant_remind(function, settings)
        schedule = six_hourly(settings.schedule.first_evaluation, REPORT_AFTER_MINUTES)
        Trigger(self, "report-on-schedule", surroundings=self._around, function=function, schedule=schedule)

    def _enforced(self) -> dict[str, list[str]]:
        chosen = self._settings.remediation.items()
        return {name: list(each.scope) for name, each in chosen if each.mode == Mode.ENFORCE}

    def _outputs(self) -> None:
        values = {
            "report_bucket_name": self._reports.name,
            "findings_table_name": self._findings.name,
            "aggregator_name": self._aggregator.name,
            "failure_queue_url": self._around.failures.resource.url,
            "operations_topic_arn": self._around.operations.arn,
            "alert_topic_arns": self._alerts.arns(Severity),
        }
        for name, value in values.items():
            TerraformOutput(self, name, value=value)
