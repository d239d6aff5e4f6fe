"""Resources of a deployment that commands use, by the names of the stack."""

import re
from dataclasses import dataclass

from handlers.common.model.remediation import Mode, Remediation, Target
from handlers.common.runtime import clients
from handlers.common.stores.audit_trail import Trail
from handlers.common.stores.config_items import item_of
from handlers.common.stores.journal import Journal
from handlers.remediate.plan import NoSuchPlanError, Plan, TamperedPlanError
from handlers.remediate.progress import Progress, ProgressStore
from handlers.rules import RULES
from operate.arguments import InputError
from settings.load import load_all
from settings.model import Settings
from settings.project import ENVIRONMENTS, PROJECT
from settings.resource_names import AUDIT_QUEUE, FIFO, JOURNAL, REPORT_BUCKET, SWITCH, NameKind
from settings.sections import RemediationSettings


@dataclass(frozen=True)
class Deployed:
    """One deployment, with the credentials of the caller."""

    settings: Settings

    @property
    def bucket(self) -> str:
        """The report bucket."""
        return self.settings.name(REPORT_BUCKET, NameKind.S3_BUCKET)

    @property
    def switch(self) -> str:
        """The parameter of the kill switch."""
        return self.settings.name(SWITCH, NameKind.SSM_PARAMETER)

    @property
    def journal(self) -> Journal:
        """The journal."""
        return Journal(clients.dynamodb(), self.settings.name(JOURNAL, NameKind.DYNAMODB_TABLE))

    @property
    def trail(self) -> Trail:
        """The audit trail, for appending entries."""
        name = self.settings.name(AUDIT_QUEUE, NameKind.SQS_QUEUE) + FIFO
        return Trail(clients.sqs().get_queue_url(QueueName=name)["QueueUrl"])

    @property
    def progress_store(self) -> ProgressStore:
        """The cases of findings."""
        return ProgressStore(self.journal)

    def plan(self, plan_id: str) -> Plan:
        """Returns a plan by its id; raises InputError."""
        try:
            return Plan.fetch(self.bucket, plan_id)
        except (NoSuchPlanError, TamperedPlanError) as error:
            raise InputError(f"{plan_id}: {error}") from error

    def progress(self, plan: Plan) -> Progress:
        """Returns the case of a plan's finding."""
        return self.progress_store.get(plan.document["finding_id"])

    def remediation(self, plan: Plan) -> Remediation:
        """Returns the remediation of a plan's rule; raises InputError if the rule has been removed."""
        rule = RULES.get(plan.document["rule"])
        if rule is None or rule.remediation is None:
            raise InputError(f"{plan.plan_id}: {plan.document['rule']} no longer has a remediation")
        return rule.remediation

    def remediation_settings(self, plan: Plan) -> RemediationSettings:
        """Returns the settings of a plan's remediation; with mode off if its rule is disabled."""
        return self.settings.remediation.get(plan.document["rule"], RemediationSettings(mode=Mode.OFF))

    def target(self, plan: Plan) -> Target:
        """Returns the plan's resource, with its configuration item where the remediation needs it."""
        place = (plan.document["account"], plan.document["region"])
        resource = (plan.document["resource_type"], plan.document["resource_id"])
        aggregator = self.settings.name("aggregator", NameKind.CONFIG_AGGREGATOR)
        item = item_of(aggregator, *place, *resource) if self.remediation(plan).needs_item else None
        return Target(*place, *resource, plan.document["name"], item)


def settings_of_plan(plan_id: str) -> Settings:
    """Returns the settings of the environment that a plan's id names; raises InputError."""
    match = re.fullmatch(r"([a-z0-9-]+)-[0-9a-f]{16}", plan_id)
    environments = {each.deployment.label: each for each in load_all(PROJECT / ENVIRONMENTS)}
    if match is None or match[1] not in environments:
        allowed = ", ".join(f"{label}-…" for label in environments)
        raise InputError(f"{plan_id}: not a plan of an environment; allowed: {allowed} with 16 hexadecimal digits")
    return environments[match[1]]
