from dataclasses import replace

import cdktf
import pytest

from handlers.common.model.remediation import Mode
from handlers.common.model.rule import Rule
from handlers.rules import RULES
from modules.stack import ComplianceStack
from settings.model import Settings
from settings.name_limits import ENVIRONMENT_LENGTH, OWN_RULE_LENGTH, REMEDIATION_LENGTH, overlong
from settings.resource_names import NameKind, NameRefusedError, checked
from settings.sections import RemediationSettings


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a" * 64, NameKind.LAMBDA_FUNCTION),
        ("compliance-reports-dev-ew1", NameKind.S3_BUCKET),
        ("a" * 80, NameKind.SQS_QUEUE),
        ("compliance.own_bus-dev", NameKind.EVENT_BUS),
    ],
)
def test_names_that_fit(name: str, kind: NameKind) -> None:
    assert checked(name, kind) == name


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a" * 65, NameKind.LAMBDA_FUNCTION),
        ("a" * 65, NameKind.CONFIG_RULE),
        ("Reports", NameKind.S3_BUCKET),
        ("a", NameKind.S3_BUCKET),
        ("a.b", NameKind.SNS_TOPIC),
        ("", NameKind.SQS_QUEUE),
        ("aws.compliance", NameKind.EVENT_BUS),
        ("partner/own", NameKind.EVENT_BUS),
        ("a" * 257, NameKind.EVENT_BUS),
    ],
)
def test_names_that_aws_would_refuse(name: str, kind: NameKind) -> None:
    remedy = (
        "shorten environment_suffix, environment or the" if len(name) > kind.longest else "change the resource type"
    )
    with pytest.raises(NameRefusedError, match=remedy):
        checked(name, kind)


def test_a_name_is_type_environment_suffix(dev: Settings) -> None:
    assert dev.name("alerts-high", NameKind.SNS_TOPIC) == "alerts-high-dev-ew1"


def test_longest_environment_and_suffix_fit_every_name(dev: Settings) -> None:
    """Synthesizes a stack, because every construct makes its own names."""
    windows = RemediationSettings(mode=Mode.ENFORCE, scope=("ledger",), change_windows=("mon 02:00-03:00",))
    update = {"environment": "e" * 10, "environment_suffix": "s" * (ENVIRONMENT_LENGTH - 10)}
    longest = dev.model_copy(update=update | {"remediation": dict.fromkeys(dev.remediation, windows)})
    assert cdktf.Testing.synth(ComplianceStack(cdktf.Testing.app(), longest))
    with pytest.raises(NameRefusedError):
        checked(longest.name("x" * (OWN_RULE_LENGTH + 1), NameKind.CONFIG_RULE), NameKind.CONFIG_RULE)
    longest.name("x" * OWN_RULE_LENGTH, NameKind.CONFIG_RULE)
    longest.name(f"remediate-{'x' * REMEDIATION_LENGTH}-on-window-99", NameKind.EVENT_RULE)


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_own_rule_stays_within_its_budget(rule: Rule) -> None:
    assert list(overlong(rule)) == []


def test_own_rule_beyond_its_budget_is_a_problem_of_its_own() -> None:
    rule = next(iter(RULES.values()))
    [problem] = overlong(replace(rule, name="x" * (OWN_RULE_LENGTH + 1)))
    assert problem.what == "the rule's name has 39 characters" and "at most 38" in problem.allowed
