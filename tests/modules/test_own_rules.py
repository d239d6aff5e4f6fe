"""The system's own rules and AWS's can be switched off, and have the severity that the settings say."""

from pathlib import Path

from handlers.common import managed
from handlers.common.rule import Severity
from handlers.rules import RULES
from modules.environments import load
from tests.contracts.resources import of_type
from tests.modules.example import file, problems
from tests.modules.test_waivers import environment, granted
from tests.modules.variants import stack

EC2, RDS, S3 = sorted(RULES)
NO_TYPES = ('approved_instance_types = ["m7i.large"]', "enabled = false")
CRITICAL = ("#KEYS", 'severity = "CRITICAL"')
VERSIONING = """
[managed_rules.versioning]
enabled = false
identifier = "S3_BUCKET_VERSIONING_ENABLED"
severity = "LOW"
category = "resilience"
[state]"""


def test_a_disabled_rule_is_not_deployed_and_neither_is_its_remediation(tmp_path: Path) -> None:
    document = stack(tmp_path, NO_TYPES, ("[state]", VERSIONING))
    rules = {found["name"] for found in of_type(document, "aws_config_config_rule").values()}
    assert rules == {f"{RDS}-test-ew1", f"{S3}-test-ew1"}
    functions = {found["function_name"] for found in of_type(document, "aws_lambda_function").values()}
    assert "remediate-s3-encryption-test-ew1" in functions and "remediate-ec2-stop-test-ew1" not in functions
    (recorder,) = of_type(document, "aws_config_configuration_recorder").values()
    assert "AWS::EC2::Instance" not in recorder["recording_group"]["resource_types"]


def test_functions_know_the_enabled_rules_with_their_severities(tmp_path: Path) -> None:
    settings = load(file(tmp_path, NO_TYPES, CRITICAL, ("[state]", VERSIONING)))
    assert list(settings.catalogue) == [RDS, S3]
    carried = managed.read(managed.written(settings.catalogue.values()), RULES.values())
    assert {rule.name: rule.severity for rule in carried} == {RDS: Severity.HIGH, S3: Severity.CRITICAL}


def test_a_waiver_of_a_disabled_rule_stays_where_it_is_and_has_no_effect(tmp_path: Path) -> None:
    path = environment(tmp_path)
    granted(tmp_path)
    assert load(path).granted
    path.write_text(path.read_text().replace("#KEYS", "enabled = false").replace('mode = "plan"', 'mode = "off"'))
    assert not load(path).granted


def test_an_environment_without_any_rule_is_refused(tmp_path: Path) -> None:
    path = file(tmp_path, NO_TYPES, ("minimum_days = 7", "enabled = false"), ("#KEYS", "enabled = false"))
    path.write_text(path.read_text().replace('mode = "plan"', 'mode = "off"'))
    [line] = problems(path)
    assert "rules: no rule is enabled" in line
