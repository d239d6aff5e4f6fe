import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.resources.lambda_archive import ROOT
from settings.errors import SettingsError
from settings.load import load, load_all
from settings.model import Settings
from settings.sections import OrganizationSettings
from tests.support.example import WHOLE, file, problems


def test_whole_example_loads(tmp_path: Path) -> None:
    settings = load(file(tmp_path))
    assert settings.monitored_regions == ("eu-west-1",)
    assert settings.remediation["s3-bucket-default-encryption-kms"].scope == ("ledger",)
    assert settings.stack_name == "compliance-test"


def test_all_problems_of_a_file_are_reported_at_once(tmp_path: Path) -> None:
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
        "rules.rds-backup-retention-minimum.minimum_days",
    ]


def test_problems_of_all_files_are_reported_at_once(tmp_path: Path) -> None:
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
    path = file(tmp_path, ("[rules.rds-backup-retention-minimum]", "[rules"))
    (line,) = problems(path)
    assert str(path) in line
    assert "line 11" in line


def test_missing_environment_names_those_there_are(tmp_path: Path) -> None:
    file(tmp_path)
    assert problems(tmp_path / "absent.toml") == [f"{tmp_path}/absent.toml: no such environment; allowed: test"]


def test_folder_without_environments_says_what_to_do(tmp_path: Path) -> None:
    remedies = r"run this in the folder above environments/, or copy environments/dev\.toml"
    with pytest.raises(SettingsError, match=remedies):
        load_all(tmp_path)
    with pytest.raises(SettingsError, match="allowed: run this in the folder above environments/"):
        load(tmp_path / "absent.toml")


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


def test_each_key_of_the_settings_is_shown_in_an_example() -> None:
    files = [*(ROOT / "environments").glob("*.toml"), *(ROOT / "environments" / "examples").glob("*.toml")]
    texts = "\n".join(file.read_text(encoding="utf-8") for file in files)
    assert [load(file).environment for file in files]
    assert [name for name in Settings.model_fields if not re.search(rf"(?m)^\[*{name}\b", texts)] == []
    assert [name for name in OrganizationSettings.model_fields if name not in texts] == []


def test_the_examples_are_not_synthesized() -> None:
    assert {each.environment for each in load_all(ROOT / "environments")} == {"dev", "prod"}
