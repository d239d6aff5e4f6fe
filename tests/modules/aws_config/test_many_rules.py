"""More rules and regions than one policy can name: still each by its ARN, in as many policies as it takes."""

import json
import re
from collections import defaultdict
from pathlib import Path

import pytest

from handlers.evaluate.environment import MOST_RULES
from modules.app import synthesize
from settings import size_limits as sizes
from settings.errors import SettingsError
from settings.load import load
from settings.model import Settings
from simulation.aws.account import SimulatedAccount
from simulation.terraform.resources.identity import (
    INLINE_POLICIES_OF_A_ROLE,
    MANAGED_POLICIES_OF_A_ROLE,
    MANAGED_POLICY,
)
from tests.conftest import START
from tests.modules.aws_config.test_regions import monitoring
from tests.support.example import file
from tests.support.resources import Document, of_type

REGIONS = ("eu-west-1", "eu-central-1")
ARN = "arn:aws:config:eu-central-1:111122223333:config-rule/config-rule-abcdef"


def rules(count: int, periodic: bool = False) -> tuple[str, str]:
    """So many managed rules, added to the example."""
    more = "unchecked = true\nperiodic = true\n" if periodic else ""
    text = "".join(
        f'[managed_rules.rule-{number:03}]\nidentifier = "S3_BUCKET_VERSIONING_ENABLED"\nseverity = "LOW"\n'
        f'category = "resilience"\nresource_types = ["AWS::S3::Bucket"]\n{more}'
        for number in range(count)
    )
    return "[state]", f"{text}[state]"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return load(file(tmp_path_factory.mktemp("many"), rules(120), monitoring(*REGIONS)))


@pytest.fixture(scope="module")
def output(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("out")
    synthesize([settings], folder)
    return folder / "stacks" / settings.stack_name


@pytest.fixture(scope="module")
def document(output: Path) -> Document:
    found: Document = json.loads((output / "cdk.tf.json").read_text())
    return found


def size(policy: str) -> int:
    """Returns the characters that IAM counts, with ARNs in the length that they will have."""
    return len("".join(re.sub(r"\$\{aws_config_config_rule\.[^}]+\}", ARN, policy).split()))


def named(document: Document, action: str) -> list[str]:
    """Returns the rules on which some role has a right, one entry for each time."""
    found = [*of_type(document, "aws_iam_role_policy").values(), *of_type(document, "aws_iam_policy").values()]
    statements = [each for policy in found for each in json.loads(policy["policy"])["Statement"]]
    return [arn for each in statements if action in each["Action"] for arn in each["Resource"]]


def test_every_rule_is_named_once_for_evaluation_and_once_for_results(document: Document) -> None:
    arns = sorted(f"${{{address}.arn}}" for address in of_type(document, "aws_config_config_rule"))
    assert len(arns) == 2 * 123
    assert sorted(named(document, "config:GetComplianceDetailsByConfigRule")) == arns
    started = named(document, "config:StartConfigRulesEvaluation")
    assert set(started) == set(arns)


def test_no_policy_is_longer_than_iam_takes(document: Document) -> None:
    managed = of_type(document, "aws_iam_policy").values()
    assert len(managed) == 6
    assert max(size(found["policy"]) for found in managed) <= MANAGED_POLICY
    inline: dict[str, int] = defaultdict(int)
    for found in of_type(document, "aws_iam_role_policy").values():
        inline[found["role"]] += size(found["policy"])
    assert max(inline.values()) <= INLINE_POLICIES_OF_A_ROLE


def test_functions_wait_for_every_policy(document: Document) -> None:
    attachments = of_type(document, "aws_iam_role_policy_attachment")
    functions = of_type(document, "aws_lambda_function").values()
    awaited = {address for found in functions for address in found["depends_on"]}
    ours = {address for address, found in attachments.items() if "aws_iam_policy." in found["policy_arn"]}
    assert len(ours) == 6
    assert ours <= awaited


def test_the_most_rules_fit_into_the_policies_of_a_role() -> None:
    per_policy, most = sizes.rules_per_policy("aws"), sizes.max_rules("aws")
    assert most >= 800
    assert most == per_policy * (1 + MANAGED_POLICIES_OF_A_ROLE)


def test_they_run_under_their_roles(settings: Settings, output: Path) -> None:
    with SimulatedAccount(settings.account_id, settings.home_region, START) as cloud:
        cloud.deploy(output)
        for schedule in ("evaluate", "report"):
            cloud.fire(f"{schedule}-on-schedule-test-ew1")
        assert [each.error for each in cloud.invocations if each.error] == []
        assert [use for use in cloud.guardian.uses if not use.allowed] == []


def test_more_are_refused_with_what_is_allowed(tmp_path: Path) -> None:
    most = sizes.max_rules("aws")
    with pytest.raises(SettingsError) as refused:
        load(file(tmp_path, rules(most // 2, periodic=True), monitoring(*REGIONS)))
    [line] = str(refused.value).splitlines()
    assert 'monitored_regions = ["eu-west-1", "eu-central-1"]' in line
    assert f"{most // 2 + 3} rules result in {2 * (most // 2 + 3)} AWS Config rules" in line
    assert f"allowed: at most {most} in total: fewer rules under [managed_rules]" in line


def test_more_change_triggered_rules_than_are_started_in_a_run_are_refused(tmp_path: Path) -> None:
    own = 3
    assert load(file(tmp_path, rules(MOST_RULES - own)))
    with pytest.raises(SettingsError, match=f"allowed: at most {MOST_RULES}, and any number of periodic rules"):
        load(file(tmp_path, rules(MOST_RULES - own + 1)))
