"""The whole system of one environment, wired."""

from collections.abc import Sequence

from cdktf import S3Backend, TerraformOutput, TerraformStack
from cdktf_cdktf_provider_aws.cloudwatch_metric_alarm import CloudwatchMetricAlarm
from cdktf_cdktf_provider_aws.provider import AwsProvider, AwsProviderDefaultTags
from constructs import Construct

from handlers.common.layout import WORKING
from handlers.common.rule import Mode, Severity
from modules.aggregator import Aggregator
from modules.alarm import Watched
from modules.alerts import Alerts
from modules.bucket import Bucket
from modules.dashboard import Dashboard
from modules.failures import Failures
from modules.findings import Findings
from modules.function import Function, Surroundings
from modules.functions.evaluate import evaluate
from modules.functions.process import process
from modules.functions.report import report
from modules.functions.score import score
from modules.functions.summarize import summarize
from modules.key import Key
from modules.names import REPORT_BUCKET
from modules.parts import Parts
from modules.recorder import Recorder
from modules.remediations import Remediations
from modules.rules import Rules
from modules.settings import Settings
from modules.topic import Topic


class ComplianceStack(TerraformStack):
    """AWS Config's verdicts on one account: recorded, told, repaired, reported."""

    def __init__(self, scope: Construct, settings: Settings) -> None:
        super().__init__(scope, settings.stack_name)
        self._settings = settings
        self._terraform()
        self._key = Key(self, "key", settings=settings)
        self._reports = self._bucket("reports", REPORT_BUCKET, WORKING)
        self._findings = Findings(self, "findings", settings=settings, key=self._key)
        self._alerts = Alerts(self, "alerts", settings=settings, key=self._key)
        self._around = self._surroundings()
        recorder = Recorder(
            self, "recorder", settings=settings, key=self._key, bucket=self._bucket("delivery", "compliance-delivery")
        )
        self._rules = Rules(self, "rules", settings=settings, key=self._key, recorder=recorder)
        self._aggregator = Aggregator(self, "aggregator", settings=settings)
        self._dashboard(self._functions())
        self._outputs()

    def _functions(self) -> list[Function]:
        parts = Parts(
            around=self._around,
            rules=self._rules,
            aggregator=self._aggregator,
            findings=self._findings,
            alerts=self._alerts,
            reports=self._reports,
        )
        self._reports.tell_events()
        wired = [each(self, parts) for each in (evaluate, process, report, score)]
        wired.append(summarize(self, parts, self._key))
        remediations = Remediations(
            self, "remediations", surroundings=self._around, rules=self._rules, reports=self._reports
        )
        return [*wired, *remediations.functions]

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

    def _bucket(self, id: str, resource_type: str, *short_lived: str) -> Bucket:
        return Bucket(
            self,
            id,
            settings=self._settings,
            key=self._key,
            resource_type=resource_type,
            short_lived=short_lived,
        )

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
        around = Surroundings(settings=settings, key=self._key, failures=failures, operations=operations)
        around.alarms.when_above_zero(
            failures,
            "waiting",
            "compliance-failures-waiting",
            f"Events wait in {failures.name}: each is a change or a run that was not processed.",
            Watched("AWS/SQS", "ApproximateNumberOfMessagesVisible", {"QueueName": failures.name}),
        )
        return around

    def _dashboard(self, functions: Sequence[Function]) -> None:
        """Shows every metric and every alarm of the stack."""
        alarms = [found for found in self.node.find_all() if isinstance(found, CloudwatchMetricAlarm)]
        Dashboard(
            self,
            "dashboard",
            settings=self._settings,
            functions=[function.name for function in functions],
            remediating=[name for name, mode in self._settings.remediation_modes().items() if mode != Mode.OFF],
            queue=self._around.failures.name,
            alarms=[found.arn for found in alarms],
        )

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
