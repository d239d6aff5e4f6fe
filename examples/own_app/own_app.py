"""App of another team with constructs of the compliance monitor."""

import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
# The folder of the compliance monitor; in your own repository, the folder of the submodule.
sys.path.insert(0, str(HERE.parent.parent))

import modules  # noqa: E402, F401  # before cdktf and the provider, for fast imports

# isort: split
from cdktf import App, TerraformStack  # noqa: E402
from cdktf_cdktf_provider_aws.provider import AwsProvider  # noqa: E402
from constructs import Construct  # noqa: E402

from handlers.common.model.criteria import Criteria  # noqa: E402
from handlers.common.model.rule import Severity  # noqa: E402
from handlers.common.runtime.environment import FunctionEnvironment  # noqa: E402
from handlers.rules import RULES  # noqa: E402
from modules.alerts import Alerts  # noqa: E402
from modules.aws_config.rules import Rules  # noqa: E402
from modules.resources.eventbridge import EventRule  # noqa: E402
from modules.resources.kms import EncryptionKey  # noqa: E402
from modules.resources.lambda_archive import Code  # noqa: E402
from modules.resources.lambda_function import Function, FunctionContext  # noqa: E402
from modules.resources.sns import Topic  # noqa: E402
from modules.resources.sqs import DeadLetterQueue  # noqa: E402
from settings.deployment import Deployment  # noqa: E402

READERS = ["team@example.com"]


@dataclass(frozen=True, kw_only=True)
class TidyVariables(FunctionEnvironment):
    """The environment variables of the team's function."""

    bucket: str


class OwnStack(TerraformStack):
    """Alert topics, the team's own function, and the rules on an existing recorder."""

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
            code=Code("tidy.app.handler", ("tidy",), root=HERE),
            environment=TidyVariables(environment="team", environment_suffix="a1", bucket="ledger"),
            timeout_seconds=60,
            memory_mb=128,
        )
        EventRule(self, "tidy-daily", context=context, function=tidy, schedule="rate(1 day)")
        criteria = {
            "ec2-instance-type-approved": Criteria({"approved_instance_types": ("m7i.*",)}, deployment.account_id),
            "rds-backup-retention-minimum": Criteria({"minimum_days": 7}, deployment.account_id),
            "s3-bucket-default-encryption-kms": Criteria({"keys": "any"}, deployment.account_id),
        }
        rules = {name: RULES[name] for name in criteria}
        Rules(self, "rules", deployment=deployment, region="eu-west-1", rules=rules, criteria=criteria)


def synthesize(output: Path | None = None) -> None:
    """Writes the stack to a folder, by default cdktf.out."""
    app = App(outdir=str(output)) if output else App()
    OwnStack(app, "own-app")
    app.synth()


if __name__ == "__main__":
    synthesize()
