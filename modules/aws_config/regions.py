"""Resources of each monitored region: recorder, rules, and forwarding of compliance changes to the home region."""

from collections.abc import Mapping, Sequence

from cdktf_cdktf_provider_aws.config_configuration_recorder_status import ConfigConfigurationRecorderStatus
from constructs import Construct

from handlers.common.model.criteria import Criteria
from handlers.common.model.rule import Rule, rules_in
from modules.aws_config.forwarding import Forwarding, ForwardingRole
from modules.aws_config.organization_rules import OrganizationRules
from modules.aws_config.recorder import ConfigRecorder, RecorderDelivery
from modules.aws_config.rules import Rules
from modules.resources.kms import EncryptionKey
from modules.resources.lambda_function import Function
from modules.resources.s3 import Bucket
from settings.deployment import Deployment
from settings.recording import types_in
from settings.regions import WITHOUT_GLOBAL_TYPES

START, READ = "config:StartConfigRulesEvaluation", "config:GetComplianceDetailsByConfigRule"


class Regions(Construct):
    """The monitored regions, each with its own scope, so that adding a region changes no address of another."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        deployment: Deployment,
        regions: Sequence[str],
        rules: Mapping[str, Rule],
        criteria: Mapping[str, Criteria],
    ) -> None:
        super().__init__(scope, id)
        self._deployment = deployment
        self._rules = {region: rules_in(region, deployment.region, rules) for region in regions}
        self._criteria = criteria
        self._scopes = {region: Construct(self, region) for region in regions}
        self._deployed: dict[str, Rules] = {}

    def create_recorders(
        self, regions: Sequence[str], key: EncryptionKey, bucket: Bucket, also: Sequence[str] = ()
    ) -> dict[str, ConfigConfigurationRecorderStatus]:
        """Creates recorders in `regions`, with the extra types `also`; returns their status resources by region."""
        if not regions:
            return {}
        recording = RecorderDelivery(self, "recording", deployment=self._deployment, key=key, bucket=bucket)
        statuses = {}
        for region in regions:
            is_home = region == self._deployment.region
            needed = [kind for rule in self._rules[region].values() for kind in rule.recorded_types]
            statuses[region] = ConfigRecorder(
                self._scopes[region],
                "recorder",
                region=region,
                recording=recording,
                types=types_in(is_home, needed, also),
                global_types=is_home and region not in WITHOUT_GLOBAL_TYPES,
            ).status
        return statuses

    def deploy_rules(self, recorders: Mapping[str, ConfigConfigurationRecorderStatus]) -> None:
        """Deploys the rules to every region; a region not in `recorders` has an existing recorder."""
        for region, scope in self._scopes.items():
            after = [recorders[region]] if region in recorders else []
            self._deployed[region] = Rules(
                scope,
                "rules",
                deployment=self._deployment,
                region=region,
                rules=self._rules[region],
                criteria=self._criteria,
                after=after,
            )

    def deploy_member_rules(self, excluded_accounts: Sequence[str]) -> None:
        """Deploys the rules to the organization's other accounts."""
        for region, scope in self._scopes.items():
            OrganizationRules(
                scope,
                "members",
                deployment=self._deployment,
                region=region,
                rules=self._rules[region],
                criteria=self._criteria,
                excluded_accounts=excluded_accounts,
            )

    def forward(self) -> None:
        """Forwards compliance changes from the other regions to the home region's bus."""
        remote = {region: scope for region, scope in self._scopes.items() if region != self._deployment.region}
        if remote:
            role = ForwardingRole(self, "forwarding", deployment=self._deployment)
            for region, scope in remote.items():
                Forwarding(scope, "forwarding", region=region, role=role, rules=list(self._rules[region]))

    def grant_evaluate(self, function: Function) -> None:
        """Grants starting evaluations of the change-triggered rules."""
        arns = [arn for rules in self._deployed.values() for arn in rules.arns_to_start]
        function.grant_rules("EvaluateRules", START, arns, why="starts the evaluation of the rules")

    def grant_reevaluate(self, function: Function, rule: str) -> None:
        """Grants starting evaluations of one rule."""
        arns = [rules.arn_of(rule) for region, rules in self._deployed.items() if rule in self._rules[region]]
        function.grant("EvaluateAgain", [START], arns, why="starts an evaluation of the remediated resource")

    def grant_read_results(self, function: Function) -> None:
        """Grants read access to the rules' evaluation results."""
        arns = [arn for rules in self._deployed.values() for arn in rules.arns]
        function.grant_rules("ReadResults", READ, arns, why="reads NOT_APPLICABLE results, which an aggregator lacks")
