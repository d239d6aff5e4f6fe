"""Settings and constructs that the functions of one deployment share."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from handlers.common.model import exclusion, waiver
from handlers.common.model import managed_rules as managed
from handlers.common.model.exclusion import Exclusion
from handlers.common.model.rule import Rule
from handlers.common.model.waiver import Waiver
from handlers.common.runtime.naming import OPERATIONS_TOPIC, SUMMARY_TOPIC, WAIVER_OWNERS_TOPIC, alert_topic
from modules.alerts import Alerts
from modules.aws_config.aggregator import Aggregator
from modules.aws_config.regions import Regions
from modules.resources.eventbridge import Bus
from modules.resources.lambda_archive import Code, ours
from modules.resources.lambda_function import FunctionContext
from modules.resources.s3 import Bucket
from modules.resources.sns import Topic
from modules.stores.audit_trail import Audit
from modules.stores.findings_table import Findings
from modules.stores.journal import Journal
from modules.stores.kill_switch import KillSwitch
from modules.stores.mail_queues import Mails
from settings.model import Settings
from settings.resource_names import NameKind


@dataclass(frozen=True, kw_only=True)
class SystemContext(FunctionContext):
    """The settings of a deployment, and the stores, topics, queues and rules that its functions use."""

    settings: Settings
    bus: Bus
    regions: Regions
    aggregator: Aggregator
    findings: Findings
    alerts: Alerts
    reports: Bucket
    journal: Journal
    switch: KillSwitch
    summary_topic: Topic
    owners_topic: Topic | None
    mails: Mails
    audit: Audit

    @property
    def catalogue(self) -> Mapping[str, Rule]:
        """Every rule in force."""
        return self.settings.catalogue

    @property
    def topics(self) -> dict[str, Topic]:
        """The topics by their resource types; alert topics only for severities of a rule in force."""
        severities = {rule.severity for rule in self.catalogue.values()}
        alerts = {alert_topic(each): topic for each, topic in self.alerts.topics.items() if each in severities}
        topics = {**alerts, OPERATIONS_TOPIC: self.operations, SUMMARY_TOPIC: self.summary_topic}
        return topics | ({WAIVER_OWNERS_TOPIC: self.owners_topic} if self.owners_topic else {})

    @property
    def identity(self) -> dict[str, Any]:
        """The deployment's name, as environment variables of every function."""
        return {"environment": self.deployment.environment, "environment_suffix": self.deployment.suffix}

    @property
    def accounts(self) -> dict[str, Any]:
        """The monitored accounts, as environment variables."""
        organization = self.settings.organization
        variables: dict[str, Any] = {"account": self.deployment.account_id, "members": organization is not None}
        return variables | {"excluded_accounts": organization.excluded_accounts if organization else ()}

    def code(self, package: str, *sources: str) -> Code:
        """Returns the code of a function with all rules, waivers and exclusions in force, and further sources."""
        return ours(package, "rules", *sources, generated=self.rules(*self.catalogue.values()) | self.waivers())

    def rules(self, *rules: Rule) -> dict[str, bytes]:
        """Returns the document of `rules`, for a function's archive."""
        return {f"handlers/rules/{managed.FILE}": managed.to_json(rules)}

    def waivers(self, rule: str | None = None) -> dict[str, bytes]:
        """Returns the documents of waivers and exclusions, of one rule or of all, for a function's archive."""
        waivers, excluded = self.granted(rule), self.excluded(rule)
        documents = {waiver.FILE: waiver.to_json(waivers)} if waivers else {}
        documents |= {exclusion.FILE: waiver.to_json(excluded)} if excluded else {}
        return {f"handlers/common/{name}": document for name, document in documents.items()}

    def granted(self, rule: str | None = None) -> list[Waiver]:
        """Returns the environment's waivers, of one rule or of all."""
        return [each for each in self.settings.granted if rule in (None, each.rule)]

    def excluded(self, rule: str | None = None) -> list[Exclusion]:
        """Returns the environment's exclusions, of one rule or of all."""
        return [each for each in self.settings.exclusions if rule in (None, each.rule)]

    def any_by_tags(self, rule: str | None = None) -> bool:
        """Returns whether a waiver or exclusion selects its resources by tags."""
        return any(each.tags for each in (*self.granted(rule), *self.excluded(rule)))

    def role_arn(self, function: str) -> str:
        """Returns the ARN of a function's role."""
        return self.deployment.role_arn(self.deployment.name(function, NameKind.LAMBDA_FUNCTION))
