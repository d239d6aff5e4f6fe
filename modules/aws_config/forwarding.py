"""Forwarding of compliance changes from a monitored region to the default bus of the home region."""

from collections.abc import Sequence

from cdktf_cdktf_provider_aws.cloudwatch_event_rule import CloudwatchEventRule
from cdktf_cdktf_provider_aws.cloudwatch_event_target import CloudwatchEventTarget, CloudwatchEventTargetRetryPolicy
from cdktf_cdktf_provider_aws.iam_role import IamRole
from constructs import Construct

from modules.aws_config import compliance_events as changes
from modules.resources import eventbridge as bus
from modules.resources import iam as policy
from modules.resources.eventbridge import checked
from modules.resources.role_policy import RolePolicy
from settings.deployment import Deployment
from settings.resource_names import NameKind

# EventBridge's maximums. A dead-letter queue, its alarm and its topic would have to be in the monitored region.
# Instead, the next report detects lost changes (docs/decisions/0020).
RETRY_POLICY = {"maximum_event_age_in_seconds": 24 * 60 * 60, "maximum_retry_attempts": 185}


class ForwardingRole(Construct):
    """The role that EventBridge assumes to put events from any region on the home region's default bus."""

    def __init__(self, scope: Construct, id: str, *, deployment: Deployment) -> None:
        super().__init__(scope, id)
        self.deployment = deployment
        self.role = IamRole(
            self,
            "Resource",
            name=deployment.name("forward-changes", NameKind.IAM_ROLE),
            assume_role_policy=policy.trust("events.amazonaws.com", policy.of_account(deployment.account_id)),
        )
        statement = policy.allow("PutEvents", ["events:PutEvents"], [bus.default_arn(deployment)])
        self.policy = RolePolicy(
            self,
            "put",
            name="PutEvents",
            role=self.role,
            statements=[statement],
            why="forwards compliance changes to the home region",
        )


class Forwarding(Construct):
    """EventBridge rules that forward compliance changes and evaluation times of `rules` to the home region.

    Their number depends on the length of the rules' names.

    Example: `Forwarding(stack, "forwarding", region="eu-central-1", role=role, rules=list(RULES))`.
    """

    def __init__(self, scope: Construct, id: str, *, region: str, role: ForwardingRole, rules: Sequence[str]) -> None:
        super().__init__(scope, id)
        self._region, self._role = region, role
        for suffix, batch in changes.batches(rules):
            self._forward(suffix, f"forward-changes{suffix}", changes.change_pattern(role.deployment, batch))
        self._forward("-evaluations", "forward-evaluations", changes.evaluation_pattern(role.deployment))

    def _forward(self, suffix: str, name: str, pattern: changes.Pattern) -> None:
        deployment = self._role.deployment
        rule = CloudwatchEventRule(
            self,
            f"rule{suffix}",
            region=self._region,
            name=deployment.name(name, NameKind.EVENT_RULE),
            state="ENABLED",
            event_pattern=checked(pattern),
        )
        CloudwatchEventTarget(
            self,
            f"target{suffix}",
            region=self._region,
            rule=rule.name,
            target_id="home",
            arn=bus.default_arn(deployment),
            role_arn=self._role.role.arn,
            retry_policy=CloudwatchEventTargetRetryPolicy(**RETRY_POLICY),
            # A reference to the role does not include its policy.
            depends_on=[self._role.policy],
        )
