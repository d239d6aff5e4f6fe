"""The team's stack."""

from dataclasses import dataclass
from pathlib import Path

import compliance_monitor.modules  # noqa: F401  # before cdktf and the provider, for fast imports

# isort: split
from cdktf import TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider
from compliance_monitor.handlers.common.model.criteria import Criteria
from compliance_monitor.handlers.common.model.rule import Severity
from compliance_monitor.handlers.common.runtime.environment import FunctionEnvironment
from compliance_monitor.handlers.rules import RULES
from compliance_monitor.modules.alerts import Alerts
from compliance_monitor.modules.aws_config.rules import Rules
from compliance_monitor.modules.resources.eventbridge import EventRule
from compliance_monitor.modules.resources.kms import EncryptionKey
from compliance_monitor.modules.resources.lambda_archive import Code
from compliance_monitor.modules.resources.lambda_function import Function, FunctionContext
from compliance_monitor.modules.resources.sns import Topic
from compliance_monitor.modules.resources.sqs import DeadLetterQueue
from compliance_monitor.settings.deployment import Deployment
from constructs import Construct

ROOT = Path(__file__).parents[1]
READERS = ["team@example.com"]
CRITERIA = {
    "ec2-instance-type-approved": {"approved_instance_types": ("m7i.*",)},
    "rds-backup-retention-minimum": {"minimum_days": 7},
    "s3-bucket-default-encryption-kms": {"keys": "any"},
}


@dataclass(frozen=True, kw_only=True)
class TidyEnvironment(FunctionEnvironment):
    """The environment variables of the team's function."""

    bucket: str


class TidyStack(TerraformStack):
    """Alert topics, the team's own function, and three rules on an existing recorder."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        AwsProvider(self, "aws", region="eu-west-1", allowed_account_ids=["111122223333"])
        deployment = Deployment("team", "a1", "111122223333", "eu-west-1")
        key = EncryptionKey(self, "key", deployment=deployment)
        Alerts(self, "alerts", deployment=deployment, key=key, readers=dict.fromkeys(Severity, READERS))
        operations = Topic(
            self, "operations", deployment=deployment, key=key, resource_type="alerts-operations", addresses=READERS
        )
        operations.accept_alarms()
        context = FunctionContext(
            deployment=deployment,
            key=key,
            dead_letter_queue=DeadLetterQueue(self, "failures", deployment=deployment),
            operations=operations,
        )
        tidy = Function(
            self,
            "tidy",
            context=context,
            code=Code("handlers.tidy.app.handler", ("handlers",), root=ROOT),
            environment=TidyEnvironment(environment="team", environment_suffix="a1", bucket="ledger"),
            timeout_seconds=60,
            memory_mb=128,
        )
        EventRule(self, "tidy-daily", context=context, function=tidy, schedule="rate(1 day)")
        Rules(
            self,
            "rules",
            deployment=deployment,
            region="eu-west-1",
            rules={name: RULES[name] for name in CRITERIA},
            criteria={name: Criteria(values, deployment.account_id) for name, values in CRITERIA.items()},
        )
