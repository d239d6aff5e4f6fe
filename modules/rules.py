"""The registry's rules as AWS Config rules, evaluated by the service from Guard policies."""

from collections.abc import Iterable

from cdktf_cdktf_provider_aws.config_config_rule import (
    ConfigConfigRule,
    ConfigConfigRuleScope,
    ConfigConfigRuleSource,
    ConfigConfigRuleSourceCustomPolicyDetails,
    ConfigConfigRuleSourceSourceDetail,
)
from constructs import Construct

from handlers.common import events, guard
from handlers.common.rule import Rule
from handlers.rules import RULES
from modules.function import Function
from modules.key import Key
from modules.names import NameKind
from modules.recorder import Recorder
from modules.settings import RulesSettings, Settings

# The only message types Config takes for custom policy rules: they are evaluated at changes, and when we say so.
AT_CHANGES = ("ConfigurationItemChangeNotification", "OversizedConfigurationItemChangeNotification")

LONGEST_POLICY = 10_000  # characters (AWS Config API Reference, CustomPolicyDetails)


class PolicyTooLongError(ValueError):
    """A rule's Guard policy, with the settings in it, is longer than AWS Config takes."""


class Rules(Construct):
    """Every rule of the registry, deployed."""

    def __init__(self, scope: Construct, id: str, *, settings: Settings, key: Key, recorder: Recorder) -> None:
        super().__init__(scope, id)
        self._settings = settings
        self._judged_by = _with_own_key(settings.rules, key)
        self.resources = {rule.name: self._deployed(rule, recorder) for rule in RULES.values()}

    def names(self) -> tuple[str, ...]:
        """The physical names of all rules."""
        return tuple(self._settings.name(name, NameKind.CONFIG_RULE) for name in self.resources)

    def change_pattern(self, rules: Iterable[Rule], compliance_types: Iterable[str]) -> dict[str, object]:
        """Matches changes of these rules only: other people's rules, and services' own, send the same events.

        A change that Config's own event was lost of is told by the report.
        """
        return {
            "source": [events.CONFIG_SOURCE, events.OWN_SOURCE],
            "detail-type": [events.COMPLIANCE_CHANGE, events.MISSED_CHANGE],
            "account": [self._settings.account_id],
            "detail": {
                "messageType": [events.CHANGE_MESSAGE],
                "configRuleName": [self._settings.name(rule.name, NameKind.CONFIG_RULE) for rule in rules],
                "newEvaluationResult": {"complianceType": list(compliance_types)},
            },
        }

    def grant_evaluate(self, function: Function) -> None:
        """Lets a function start evaluations."""
        function.grant("EvaluateRules", ["config:StartConfigRulesEvaluation"], self._arns())

    def grant_read_results(self, function: Function) -> None:
        """Lets a function read the rules' results."""
        function.grant("ReadResults", ["config:GetComplianceDetailsByConfigRule"], self._arns())

    def _arns(self) -> list[str]:
        return [resource.arn for resource in self.resources.values()]

    def _deployed(self, rule: Rule, recorder: Recorder) -> ConfigConfigRule:
        text = guard.render(rule.policy, rule.policy_values(self._judged_by))
        if len(text) > LONGEST_POLICY:
            raise PolicyTooLongError(
                f"the policy of {rule.name} has {len(text)} characters with the settings in it, {LONGEST_POLICY} are "
                "allowed: shorten the list under [rules] that it is made of"
            )
        details = ConfigConfigRuleSourceCustomPolicyDetails(policy_runtime="guard-2.x.x", policy_text=text)
        return ConfigConfigRule(
            self,
            rule.name,
            name=self._settings.name(rule.name, NameKind.CONFIG_RULE),
            description=rule.description,
            source=ConfigConfigRuleSource(
                owner="CUSTOM_POLICY",
                custom_policy_details=details,
                source_detail=[ConfigConfigRuleSourceSourceDetail(message_type=each) for each in AT_CHANGES],
            ),
            scope=ConfigConfigRuleScope(compliance_resource_types=list(rule.resource_types)),
            depends_on=[recorder.status],
        )


def _with_own_key(judged_by: RulesSettings, key: Key) -> RulesSettings:
    """Where keys are listed, the one that seals the system's own buckets is right for those."""
    allowed = judged_by.allowed_kms_keys
    return judged_by.model_copy(update={"allowed_kms_keys": (*allowed, key.arn)}) if allowed else judged_by
