"""What is deployed into each monitored region: recorder, rules, and the way of their changes to the home region."""

from collections.abc import Mapping, Sequence

from cdktf_cdktf_provider_aws.config_configuration_recorder_status import ConfigConfigurationRecorderStatus
from constructs import Construct

from handlers.common.model.remediation import SupportsRuleSettings
from handlers.common.model.rule import Rule, rules_in
from modules.aws_config.forwarding import Forwarding, ForwardingRole
from modules.aws_config.organization_rules import OrganizationRules
from modules.aws_config.recorder import ConfigRecorder, RecorderRole
from modules.aws_config.rules import Rules
from modules.resources.document_bucket import Bucket
from modules.resources.kms import EncryptionKey
from modules.resources.lambda_function import Function
from settings.deployment import Deployment
from settings.recording import types_in
from settings.regions import WITHOUT_GLOBAL_TYPES

START, READ = "config:StartConfigRulesEvaluation", "config:GetComplianceDetailsByConfigRule"


class Regions(Construct):
    """The monitored regions, each under its own name in the tree: to add one changes no address of another."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        deployment: Deployment,
        regions: Sequence[str],
        rules: Mapping[str, Rule],
        rule_settings: SupportsRuleSettings,
    ) -> None:
        super().__init__(scope, id)
        self._deployment = deployment
        self._rules = {region: rules_in(region, deployment.region, rules) for region in regions}
        self._evaluated_by = rule_settings
        self._parts = {region: Construct(self, region) for region in regions}
        self._deployed: dict[str, Rules] = {}

    def record(
        self, regions: Sequence[str], key: EncryptionKey, bucket: Bucket, also: Sequence[str] = ()
    ) -> dict[str, ConfigConfigurationRecorderStatus]:
        """Makes recorders in some regions, which record other types `also`; returns what the rules there wait for."""
        if not regions:
            return {}
        recording = RecorderRole(self, "recording", deployment=self._deployment, key=key, bucket=bucket)
        found = {}
        for region in regions:
            is_home = region == self._deployment.region
            needed = [kind for rule in self._rules[region].values() for kind in rule.recorded_types]
            found[region] = ConfigRecorder(
                self._parts[region],
                "recorder",
                region=region,
                recording=recording,
                types=types_in(is_home, needed, also),
                global_types=is_home and region not in WITHOUT_GLOBAL_TYPES,
            ).status
        return found

    def evaluate(self, recorders: Mapping[str, ConfigConfigurationRecorderStatus]) -> None:
        """Deploys the rules into every region; those without a recorder of ours have one already."""
        for region, part in self._parts.items():
            after = [recorders[region]] if region in recorders else []
            self._deployed[region] = Rules(
                part,
                "rules",
                deployment=self._deployment,
                region=region,
                rules=self._rules[region],
                rule_settings=self._evaluated_by,
                after=after,
            )

    def evaluate_members(self, excluded_accounts: Sequence[str]) -> None:
        """Deploys the rules into the organization's other accounts as well."""
        for region, part in self._parts.items():
            OrganizationRules(
                part,
                "members",
                deployment=self._deployment,
                region=region,
                rules=self._rules[region],
                rule_settings=self._evaluated_by,
                excluded_accounts=excluded_accounts,
            )

    def forward(self) -> None:
        """Brings changes of compliance from the other regions to the home region's bus."""
        away = {region: part for region, part in self._parts.items() if region != self._deployment.region}
        if away:
            role = ForwardingRole(self, "forwarding", deployment=self._deployment)
            for region, part in away.items():
                Forwarding(part, "forwarding", region=region, role=role, rules=list(self._rules[region]))

    def grant_evaluate(self, function: Function) -> None:
        """Lets a function start evaluations."""
        arns = [arn for rules in self._deployed.values() for arn in rules.arns_to_start]
        function.grant_rules("EvaluateRules", START, arns, why="starts the evaluation of the rules")

    def grant_reevaluate(self, function: Function, rule: str) -> None:
        """Lets a function start evaluations of one rule."""
        arns = [rules.arn_of(rule) for region, rules in self._deployed.items() if rule in self._rules[region]]
        function.grant("EvaluateAgain", [START], arns, why="starts an evaluation of the remediated resource")

    def grant_read_results(self, function: Function) -> None:
        """Lets a function read the rules' results."""
        arns = [arn for rules in self._deployed.values() for arn in rules.arns]
        function.grant_rules("ReadResults", READ, arns, why="reads what is not applicable, which no aggregator keeps")
