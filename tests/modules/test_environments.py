import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.environments import SettingsError, load, load_all

WHOLE = """\
environment = "test"
environment_suffix = "ew1"
owner = "platform"
compliance_level = "standard"
account_id = "111122223333"
home_region = "eu-west-1"
#TOP
[rules]
approved_instance_types = ["m7i.large"]
minimum_rds_backup_retention_days = 7
#RULES
[alerts]
critical = ["a@example.com"]
high = ["a@example.com"]
medium = ["a@example.com"]
low = ["a@example.com"]
operations = ["a@example.com"]
[remediation.s3-bucket-default-encryption-kms]
mode = "plan"
scope = ["ledger"]
[state]
bucket = "terraform-state"
kms_key = "alias/terraform-state"
"""


def file(folder: Path, *changes: tuple[str, str], name: str = "test") -> Path:
    text = WHOLE
    for old, new in changes:
        assert old in text, f"{old!r} is not in the example"
        text = text.replace(old, new)
    path = folder / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    return path


def problems(path: Path) -> list[str]:
    with pytest.raises(SettingsError) as refused:
        load(path)
    return str(refused.value).splitlines()


def test_whole_example_loads(tmp_path: Path) -> None:
    settings = load(file(tmp_path))
    assert settings.monitored_regions == ("eu-west-1",)
    assert settings.remediation["s3-bucket-default-encryption-kms"].scope == ("ledger",)
    assert settings.stack_name == "compliance-test"


REFUSALS = [
    ("#TOP", 'colour = "red"', "colour", '"red"', "unknown key; allowed: environment, "),
    ("#RULES", "allowed_kms_key = []", "rules.allowed_kms_key", "[]", "did you mean allowed_kms_keys?"),
    ('owner = "platform"', "owner = 5", "owner", "5", "must be a text in quotes"),
    ('owner = "platform"', 'owner = "a<b>"', "owner", '"a<b>"', "letters, digits, spaces"),
    ('owner = "platform"', "", "owner", "", "missing"),
    ("= 7", '= "7"', "rules.minimum_rds_backup_retention_days", '"7"', "must be a whole number"),
    ("= 7", "= true", "rules.minimum_rds_backup_retention_days", "= true:", "must be a whole number"),
    ("= 7", "= 7.0", "rules.minimum_rds_backup_retention_days", "= 7.0:", "must be a whole number"),
    ("#TOP", "allow_regions_outside_eu = 0", "allow_regions_outside_eu", "= 0:", "true or false"),
    ("#TOP", "monitored_regions = []", "monitored_regions", "= []:", '["eu-west-1"]'),
    ("= 7", "= 0", "rules.minimum_rds_backup_retention_days", "0", "1 to 35 days"),
    ("= 7", "= 36", "rules.minimum_rds_backup_retention_days", "36", "1 to 35 days"),
    ('"m7i.large"', '"m7i"', "rules.approved_instance_types[0]", '"m7i"', "a family such as m7i.*"),
    ('"m7i.large"', '"*.large"', "rules.approved_instance_types[0]", '"*.large"', "a family such as m7i.*"),
    ('["m7i.large"]', "[]", "rules.approved_instance_types", "[]", "at least one entry"),
    ('["m7i.large"]', '"m7i.large"', "rules.approved_instance_types", '"m7i.large"', "must be a list"),
    ('["m7i.large"]', "[7]", "rules.approved_instance_types[0]", "7", "must be a text in quotes"),
    ("#RULES", 'allowed_kms_keys = ["alias/x"]', "rules.allowed_kms_keys[0]", '"alias/x"', "arn:aws:kms:"),
    ('critical = ["a@', 'critical = ["@', "alerts.critical[0]", '"@example.com"', "name@domain"),
    (
        'high = ["a@example.com"]',
        'high = ["a@example.com", "A@Example.com"]',
        "alerts.high[1]",
        '"A@Example.com"',
        "each entry once",
    ),
    ('"111122223333"', '"11112222333"', "account_id", '"11112222333"', "a text of 12 digits"),
    ('"111122223333"', "111122223333", "account_id", "111122223333", "must be a text in quotes"),
    ('"eu-west-1"', '"us-east-1"', "home_region", '"us-east-1"', "allow_regions_outside_eu = true"),
    ('"eu-west-1"', '"europe"', "home_region", '"europe"', "a region such as eu-west-1"),
    (
        "#TOP",
        'monitored_regions = ["eu-west-1", "eu-west-2"]',
        "monitored_regions",
        '["eu-west-1", "eu-west-2"]',
        'home region only; allowed: ["eu-west-1"]',
    ),
    ("#TOP", 'log_level = "LOUD"', "log_level", '"LOUD"', "TRACE, DEBUG, INFO"),
    ('"ew1"', '"EW1"', "environment_suffix", '"EW1"', "lower-case letters and digits"),
    ('"ew1"', '"ew--1"', "environment_suffix", '"ew--1"', "single hyphens between"),
    (
        '"ew1"',
        f'"{"x" * 30}"',
        "environment_suffix",
        f'"{"x" * 30}"',
        "together with environment at most 29 characters",
    ),
    ('environment = "test"', 'environment = "other"', "environment", '"other"', "as the file is called"),
    ('mode = "plan"', 'mode = "fix"', "mode", '"fix"', "off, plan, enforce"),
    ('mode = "plan"', 'mode = ["plan"]', "mode", '["plan"]', "off, plan, enforce"),
    ('mode = "plan"', "mode = {a = 1}", "mode", '{"a": 1}', "off, plan, enforce"),
    ("[state]", '[schedule]\nfirst_evaluation = "0\u0660:15"\n[state]', "schedule", '"0\u0660:15"', '"HH:MM", UTC'),
    ('"terraform-state"', '"192.168.0.1"', "state.bucket", '"192.168.0.1"', "no IP address"),
    ('["ledger"]', '["ledger", "ledger"]', "scope[1]", '"ledger"', "each entry once"),
    ("scope =", "scop =", "scop", '["ledger"]', "did you mean scope?"),
    ("[remediation.s3-bucket-default-encryption-kms]", "[remediation.ec2-instance-type-approved]", "ec2", "", ": s3-"),
    ("[state]", "[schedule]\nfirst_evaluation = 00:15:00\n[state]", "schedule", "= 00:15:00:", '"HH:MM", UTC'),
    ('["ledger"]', '["led*"]', "scope[0]", '"led*"', "an S3 bucket name"),
    ('mode = "plan"\nscope = ["ledger"]', 'mode = "enforce"', "scope", "[]", "at least one name in scope"),
    ("[remediation.s3-", "[remediation.s4-", "remediation.s4-", '"s4-', "s3-bucket-default-encryption-kms"),
    ("[state]", '[schedule]\nfirst_evaluation = "06:00"\n[state]', "schedule", '"06:00"', "00:00 to 05:59"),
    ("[state]", '[schedule]\nfirst_evaluation = "6am"\n[state]', "schedule", '"6am"', '"HH:MM", UTC'),
    ('"terraform-state"', '"Terraform"', "state.bucket", '"Terraform"', "3 to 63 lower-case letters"),
    (
        '"alias/terraform-state"',
        '"arn:aws:kms:eu-west-1:111122223333:key/12345678-1234-1234-1234-123456789012"',
        "state.kms_key",
        "key/12345678",
        "alias/NAME",
    ),
]


@pytest.mark.parametrize(("old", "new", "key", "value", "allowed"), REFUSALS, ids=[each[1][:40] for each in REFUSALS])
def test_refusal_names_file_key_value_and_what_is_allowed(
    tmp_path: Path, old: str, new: str, key: str, value: str, allowed: str
) -> None:
    path = file(tmp_path, (old, new))
    line = next(line for line in problems(path) if key in line)
    assert line.startswith(f"{path}: ")
    assert value in line
    assert allowed in line


def test_all_problems_of_a_file_are_told_at_once(tmp_path: Path) -> None:
    path = file(
        tmp_path,
        ("= 7", "= 99"),
        ('critical = ["a@example.com"]', 'critical = ["a", "b@example.com", "b@example.com"]'),
        ('owner = "platform"\n', ""),
        ("#TOP", "colour = 1"),
        ("[remediation.s3-", '[remediation.other]\nmode = "plan"\n[remediation.s3-'),
        ('mode = "plan"\nscope', 'mode = "fix"\nscope'),
    )
    keys = [line.split(": ")[1].split(" = ")[0] for line in problems(path)]
    assert sorted(keys) == [
        "alerts.critical[0]",
        "alerts.critical[2]",
        "colour",
        "owner",
        "remediation.other",
        "remediation.s3-bucket-default-encryption-kms.mode",
        "rules.minimum_rds_backup_retention_days",
    ]


def test_problems_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    file(tmp_path, ("= 7", "= 99"))
    file(tmp_path, ('"test"', '"second"'), ("= 7", "= 98"), name="second")
    with pytest.raises(SettingsError, match=r"(?s)second\.toml.*98.*test\.toml.*99"):
        load_all(tmp_path)


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ('owner = "a\\nb\\u001b[31m\\u2028c"', r'owner = "a\nb\u001b[31m\u2028c"'),
        ('owner = "o"\n"a\\nb" = 1', r"a\nb = 1"),
    ],
)
def test_a_problem_is_one_line_whatever_the_file_holds(tmp_path: Path, line: str, shown: str) -> None:
    (problem,) = problems(file(tmp_path, ('owner = "platform"', line)))
    assert shown in problem


def test_environments_come_in_the_order_of_their_files(tmp_path: Path) -> None:
    file(tmp_path)
    file(tmp_path, ('"test"', '"second"'), name="second")
    assert [each.environment for each in load_all(tmp_path)] == ["second", "test"]


def test_shell_overrides_the_suffix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENVIRONMENT_SUFFIX", "pr-17")
    assert load(file(tmp_path)).environment_suffix == "pr-17"


def test_empty_suffix_in_the_shell_overrides_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENVIRONMENT_SUFFIX", "")
    assert load(file(tmp_path)).environment_suffix == "ew1"


def test_bad_suffix_from_the_shell_is_blamed_on_the_shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENVIRONMENT_SUFFIX", "PR_17")
    assert problems(file(tmp_path))[0].startswith('environment variable ENVIRONMENT_SUFFIX = "PR_17": ')


def test_broken_toml_is_named_with_its_place(tmp_path: Path) -> None:
    path = file(tmp_path, ("[rules]", "[rules"))
    (line,) = problems(path)
    assert str(path) in line
    assert "line 8" in line


def test_missing_environment_names_those_there_are(tmp_path: Path) -> None:
    file(tmp_path)
    assert problems(tmp_path / "absent.toml") == [
        f"{tmp_path}/absent.toml: there is no such environment; there are: test"
    ]


def test_folder_without_environments_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"copy environments/dev\.toml"):
        load_all(tmp_path)


TOML = st.recursive(
    st.booleans() | st.integers(-(10**6), 10**6) | st.text("abc@.*-", max_size=8).map(repr),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=5,
)


@given(
    st.sampled_from(
        ["owner", "account_id", "home_region", "approved_instance_types", "critical", "mode", "scope", "bucket"]
    ),
    TOML,
)
def test_any_value_is_taken_or_refused_by_name(tmp_path_factory: Any, key: str, value: Any) -> None:
    written = str(value).replace("True", "true").replace("False", "false")
    path = tmp_path_factory.mktemp("settings") / "test.toml"
    path.write_text(re.sub(rf"(?m)^{key} = .*$", lambda _: f"{key} = {written}", WHOLE))
    try:
        load(path)
    except SettingsError as refused:
        assert str(path) in str(refused)
