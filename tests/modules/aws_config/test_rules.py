import json

from handlers.common.model.rule import Managed
from handlers.rules import RULES
from modules.aws_config.rules import Rules, input_parameters
from settings.model import Settings
from tests.support.workbench import Workbench


def test_own_rules_are_change_triggered_guard_policies(workbench: Workbench, dev: Settings) -> None:
    rules = Rules(
        workbench.stack,
        "rules",
        deployment=workbench.deployment,
        region="eu-central-1",
        rules=RULES,
        criteria=dev.criteria(),
    )
    made = {each["name"].removesuffix("-dev-ew1"): each for each in workbench.all("aws_config_config_rule")}
    assert made.keys() == RULES.keys() and len(rules.arns) == len(rules.arns_to_start) == len(RULES)
    for name, rule in made.items():
        assert (rule["region"], rule["source"]["owner"]) == ("eu-central-1", "CUSTOM_POLICY")
        assert "@" not in rule["source"]["custom_policy_details"]["policy_text"]
        assert {each["message_type"] for each in rule["source"]["source_detail"]} == {
            "ConfigurationItemChangeNotification",
            "OversizedConfigurationItemChangeNotification",
        }
        assert rule["scope"] == {"compliance_resource_types": list(RULES[name].resource_types)}


def test_parameters_of_a_managed_rule_are_texts() -> None:
    assert json.loads(input_parameters(Managed("X", {"days": "90"}, ())) or "") == {"days": "90"}
    assert input_parameters(Managed("X", {}, ())) is None
