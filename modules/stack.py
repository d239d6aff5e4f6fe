"""Stack of the compliance monitor of one environment."""

from collections.abc import Mapping, Sequence

from cdktf import TerraformOutput, TerraformStack
from cdktf_cdktf_provider_aws.cloudwatch_metric_alarm import CloudwatchMetricAlarm
from constructs import Construct

from handlers import __version__
from handlers.common.model.remediation import Mode
from handlers.common.model.rule import Severity
from handlers.common.model.waiver import OWNER_ATTRIBUTE
from handlers.common.runtime.naming import OPERATIONS_TOPIC, SUMMARY_TOPIC, WAIVER_OWNERS_TOPIC
from modules.alerts import Alerts
from modules.aws_config.aggregator import Aggregator
from modules.aws_config.organization_rules import admit_members
from modules.aws_config.regions import Regions
from modules.dashboard import Dashboard
from modules.functions.audit import audit
from modules.functions.context import SystemContext
from modules.functions.evaluate import evaluate
from modules.functions.notify import notify
from modules.functions.process import process
from modules.functions.remediate import Remediations
from modules.functions.remind import remind
from modules.functions.report import report
from modules.functions.score import score
from modules.functions.summarize import summarize
from modules.resources.cloudwatch import WatchedMetric
from modules.resources.eventbridge import Bus
from modules.resources.kms import EncryptionKey
from modules.resources.lambda_function import Function
from modules.resources.provider import Providers
from modules.resources.s3 import EVERYTHING, Bucket
from modules.resources.sns import Topic
from modules.resources.sqs import DeadLetterQueue
from modules.state_backend import configure_backend
from modules.stores.audit_trail import Audit
from modules.stores.findings_table import Findings
from modules.stores.journal import Journal
from modules.stores.kill_switch import KillSwitch
from modules.stores.mail_queues import Mails
from modules.stores.report_bucket import bucket_statements, retention_by_prefix
from settings.model import Settings
from settings.regions import CREATE
from settings.resource_names import DELIVERY_BUCKET, REPORT_BUCKET


class ComplianceStack(TerraformStack):
    """The compliance monitor of one environment."""

    def __init__(self, scope: Construct, settings: Settings) -> None:
        super().__init__(scope, settings.stack_name)
        configure_backend(self, settings)
        self._settings = settings
        self._deployment = settings.deployment
        self._key = EncryptionKey(self, "key", deployment=self._deployment)
        dead_letter_queue, operations = (
            DeadLetterQueue(self, "failures", deployment=self._deployment),
            self._operations(),
        )
        context = SystemContext(
            deployment=self._deployment,
            key=self._key,
            dead_letter_queue=dead_letter_queue,
            operations=operations,
            log_level=settings.log_level,
            settings=settings,
            bus=Bus(self, "bus", deployment=self._deployment),
            regions=self._regions(),
            aggregator=self._aggregator(),
            findings=Findings(self, "findings", deployment=self._deployment, key=self._key),
            alerts=Alerts(
                self,
                "alerts",
                deployment=self._deployment,
                key=self._key,
                readers={severity: settings.alerts.of(severity) for severity in Severity},
            ),
            reports=self._bucket("reports", REPORT_BUCKET, retention_by_prefix(settings.audit.retention_days)),
            journal=Journal(self, "journal", deployment=self._deployment, key=self._key),
            switch=KillSwitch(self, "switch", deployment=self._deployment),
            summary_topic=self._topic("summary", SUMMARY_TOPIC, settings.summary.readers),
            owners_topic=self._owners_topic(),
            mails=Mails(self, "mails", deployment=self._deployment, dead_letter_queue=dead_letter_queue),
            audit=Audit(self, "audit-trail", deployment=self._deployment),
        )
        _alarm_on_failures(dead_letter_queue, context)
        self._dashboard(self._functions(context), context)
        self._outputs(context)

    def _bucket(self, id: str, resource_type: str, days: Mapping[str, int] = EVERYTHING) -> Bucket:
        return Bucket(self, id, deployment=self._deployment, key=self._key, resource_type=resource_type, days=days)

    def _topic(self, id: str, resource_type: str, addresses: Sequence[str], addressed_by: str | None = None) -> Topic:
        return Topic(
            self,
            id,
            deployment=self._deployment,
            key=self._key,
            resource_type=resource_type,
            addresses=addresses,
            addressed_by=addressed_by,
        )

    def _owners_topic(self) -> Topic | None:
        """Returns the topic of the waivers' owners, or None without waivers."""
        owners = sorted({each.owner.lower() for each in self._settings.granted})
        return self._topic("waiver-owners", WAIVER_OWNERS_TOPIC, owners, OWNER_ATTRIBUTE) if owners else None

    def _operations(self) -> Topic:
        topic = self._topic("operations", OPERATIONS_TOPIC, self._settings.alerts.operations)
        topic.accept_alarms()
        return topic

    def _regions(self) -> Regions:
        settings = self._settings
        regions = Regions(
            self,
            "regions",
            deployment=self._deployment,
            regions=settings.monitored_regions,
            rules=settings.catalogue,
            criteria=settings.criteria(own_key=self._key.arn),
        )
        recorded = [region for region, recorder in settings.recorder.items() if recorder == CREATE]
        delivery = self._bucket("delivery", DELIVERY_BUCKET) if recorded else None
        also = settings.also_record
        regions.deploy_rules(regions.create_recorders(recorded, self._key, delivery, also) if delivery else {})
        if settings.organization:
            regions.deploy_member_rules(settings.organization.excluded_accounts)
            admit_members(self, self._deployment, settings.organization.id)
        regions.forward()
        return regions

    def _aggregator(self) -> Aggregator:
        settings = self._settings
        providers = Providers(
            self,
            "providers",
            region=settings.home_region,
            regions=settings.monitored_regions,
            account_id=settings.account_id,
            tags=settings.tags,
        )
        return Aggregator(
            self,
            "aggregator",
            deployment=self._deployment,
            regions=providers.of(settings.monitored_regions),
            organization=settings.organization is not None,
        )

    def _functions(self, context: SystemContext) -> list[Function]:
        context.reports.enable_events()
        functions = [create(self, context) for create in (evaluate, process, report, score, summarize, notify, audit)]
        if context.owners_topic is not None:
            functions.append(remind(self, context))
        functions += Remediations(self, "remediations", context=context).functions
        roles = [self._deployment.role_arn(each.name) for each in functions]
        context.reports.allow(bucket_statements(context.reports.arn, roles, context.role_arn("audit")))
        return functions

    def _dashboard(self, functions: Sequence[Function], context: SystemContext) -> None:
        """Creates the dashboard, with every metric and every alarm of the stack."""
        alarms = [node for node in self.node.find_all() if isinstance(node, CloudwatchMetricAlarm)]
        Dashboard(
            self,
            "dashboard",
            deployment=self._deployment,
            rules=self._settings.catalogue,
            regions=self._settings.monitored_regions,
            functions=[function.name for function in functions],
            remediating=[name for name, mode in self._settings.remediation_modes().items() if mode != Mode.OFF],
            queue=context.dead_letter_queue.name,
            alarms=[alarm.arn for alarm in alarms],
        )

    def _outputs(self, context: SystemContext) -> None:
        values = {
            "version": __version__,
            "report_bucket_name": context.reports.name,
            "findings_table_name": context.findings.name,
            "aggregator_name": context.aggregator.name,
            "failure_queue_url": context.dead_letter_queue.url,
            "operations_topic_arn": context.operations.arn,
            "alert_topic_arns": context.alerts.arns(Severity),
        }
        for name, value in values.items():
            TerraformOutput(self, name, value=value)


def _alarm_on_failures(dead_letter_queue: DeadLetterQueue, context: SystemContext) -> None:
    name = dead_letter_queue.name
    context.alarms.when_above_zero(
        dead_letter_queue,
        "waiting",
        "compliance-failures-waiting",
        f"Messages are in {name}: each is an event or a scheduled run that was not processed.",
        WatchedMetric("AWS/SQS", "ApproximateNumberOfMessagesVisible", {"QueueName": name}),
    )
