"""The way of compliance changes from a monitored region to the default bus of the home region."""

from collections.abc import Sequence

from cdktf_cdktf_provider_aws.cloudwatch_event_rule import CloudwatchEventRule
from cdktf_cdktf_provider_aws.cloudwatch_event_target import CloudwatchEventTarget, CloudwatchEventTargetRetryPolicy
from cdktf_cdktf_provider_aws.iam_role import IamRole
from constructs import Construct

from modules.aws_config import compliance_events as changes
from modules.resources import event_bus as bus
from modules.resources import iam as policy
from modules.resources.eventbridge import checked
from modules.resources.role_policy import RolePolicy
from settings.deployment import Deployment
from settings.resource_names import NameKind

# EventBridge's own limits. A queue for what is not handed over would have to be in the region, and so would its alarm
# and that alarm's topic; a change that is lost all the same is found by the next report (docs/decisions/0020).
RETRY_POLICY = {"maximum_event_age_in_seconds": 24 * 60 * 60, "maximum_retry_attempts": 185}


class ForwardingRole(Construct):
    """The role with which EventBridge puts events from any region to the home region's default bus."""

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
        self.right = RolePolicy(
            self,
            "put",
            name="PutEvents",
            role=self.role,
            statements=[statement],
            why="brings changes to the home region",
        )


class Forwarding(Construct):
    """Brings changes of some rules and the times of evaluations from a region to the home region.

    It takes as many EventBridge rules as the rules' names do.

    Example: `Forwarding(stack, "forwarding", region="eu-central-1", role=role, rules=list(RULES))`.
    """

    def __init__(self, scope: Construct, id: str, *, region: str, role: ForwardingRole, rules: Sequence[str]) -> None:
        super().__init__(scope, id)
        self._region, self._role = region, role
        for suffix, some in changes.batches(rules):
            self._forward(suffix, f"forward-changes{suffix}", changes.from_config(role.deployment, some))
        self._forward("-evaluations", "forward-evaluations", changes.evaluations_of(role.deployment))

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
            # The provider does not wait for a role's rights.
            depends_on=[self._role.right],
        )
