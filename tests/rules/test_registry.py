import re

import pytest

from handlers import rules
from handlers.common.model.criteria import Criteria
from handlers.common.model.rule import Guard, Rule
from handlers.rules import RULES, DuplicateRuleError
from handlers.rules.ec2_instance_type_approved.rule import policy_values
from handlers.summarize.texts.languages import LANGUAGES
from modules.resources.lambda_archive import ROOT
from settings.own_rules import OwnRuleSettings
from settings.rule_cases import cases_of

# Grammar of Guard 3: it parses in the local engine, and not in AWS Config, which runs 2.x.
NEWER = (
    "count",
    "json_parse",
    "regex_replace",
    "parse_",
    "is_null",
    "to_lower",
    "to_upper",
    "substring",
    "join",
    "now",
)


@pytest.fixture(params=RULES.values(), ids=RULES)
def rule(request: pytest.FixtureRequest) -> Rule:
    declared: Rule = request.param
    return declared


def test_the_three_rules_are_there() -> None:
    assert {"ec2-instance-type-approved", "rds-backup-retention-minimum", "s3-bucket-default-encryption-kms"} <= set(
        RULES
    )
    assert list(RULES) == sorted(RULES)


@pytest.fixture
def source(rule: Rule) -> Guard:
    assert isinstance(rule.source, Guard)
    return rule.source


def test_module_policy_and_name_agree(rule: Rule, source: Guard) -> None:
    folder = source.policy.parent.name
    assert (folder, source.policy.name) == (rule.name.replace("-", "_"), "policy.guard")
    test = ROOT / "tests" / "rules" / f"test_{folder}.py"
    written = test.exists() and "def test_" in test.read_text()
    assert rule.remediation is None or written, f"{test} has no test of the remediation"


@pytest.mark.parametrize("language", [each for each in LANGUAGES if each != "en"])
def test_title_is_translated(rule: Rule, language: str) -> None:
    assert rule.title_in(language) != rule.title, f"rule.py has no title in {language!r}"


def test_policy_has_each_required_value_with_the_same_capitals(source: Guard) -> None:
    """The local engine also accepts other capitals; whether that of AWS Config does is not known."""
    words = set(re.findall(r"\w+", source.policy.read_text()))
    missing = [path for need in source.needs.values() for path in need.path.split(".") if path not in words]
    assert not missing, f"{source.policy.name} does not have {', '.join(missing)} of `needs`"


def test_policy_is_guard_2(source: Guard) -> None:
    text = re.sub(r'"[^"]*"|#.*', "", source.policy.read_text())
    assert not [word for word in NEWER if re.search(rf"\b{word}\w*\s*(\(|$)", text, re.MULTILINE)]
    assert "is_null" not in text


def test_policy_renders_whole_and_fits(rule: Rule, source: Guard) -> None:
    for case in cases_of(rule):
        text = source.text(case.criteria(rule))
        assert "@" not in text
        assert len(text) <= 10_000


def test_says_what_an_alert_needs(rule: Rule) -> None:
    assert rule.title and rule.description.endswith(".") and rule.how_to_fix.endswith(".")
    assert rule.controls
    assert len(rule.description) <= 256, "AWS Config's limit for a description"
    assert rule.resource_types


def test_settings_have_names_of_their_own(source: Guard) -> None:
    for each in source.settings:
        assert re.fullmatch(r"[a-z][a-z0-9_]*", each.name)
        assert not hasattr(OwnRuleSettings, each.name) and each.name not in OwnRuleSettings.model_fields


def test_a_missing_setting_is_no_silent_gap() -> None:
    with pytest.raises(KeyError):
        policy_values(Criteria({}, "111122223333"))


def test_two_rules_of_one_name_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    twice = list(rules.pkgutil.iter_modules(rules.__path__)) * 2
    monkeypatch.setattr(rules.pkgutil, "iter_modules", lambda _: twice)
    with pytest.raises(DuplicateRuleError, match=f"there are two rules called {next(iter(RULES))}"):
        rules._load()
