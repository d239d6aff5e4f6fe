"""The folder of a project's files, and the rules in it."""

import shutil
from pathlib import Path

import pytest

from handlers import rules
from handlers.rules import RULES, DuplicateRuleError, UndeclaredRuleError, rules_from
from modules.resources.lambda_archive import ROOT, ours
from settings import project
from settings.errors import SettingsError
from settings.rule_declaration import require


def test_project_is_the_current_folder_if_it_has_environments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert project._folder() == ROOT
    (tmp_path / "environments").mkdir()
    assert project._folder() == tmp_path


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The path of the rules' package, which the test may extend."""
    path = list(rules.__path__)
    monkeypatch.setattr(rules, "__path__", path)
    return path


def test_folder_that_does_not_exist_adds_nothing(tmp_path: Path, registry: list[str]) -> None:
    before = dict(RULES)
    rules_from(tmp_path / "rules")
    assert before == RULES and len(registry) == 1


def test_rule_with_the_name_of_another_is_refused_and_adds_nothing(tmp_path: Path, registry: list[str]) -> None:
    folder = tmp_path / "an_imitation"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "rule.py").write_text(
        "from handlers.rules.ec2_instance_type_approved.rule import RULE as FIRST\n\nRULE = FIRST\n"
    )
    before = dict(RULES)
    with pytest.raises(DuplicateRuleError, match="there are two rules called ec2-instance-type-approved"):
        rules_from(tmp_path)
    assert before == RULES


def own_rule(folder: Path, text: str) -> None:
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "rule.py").write_text(text)


@pytest.mark.parametrize(
    ("folder", "text", "message"),
    [
        ("rule_one", "import compliance\n", "ModuleNotFoundError: No module named 'compliance'"),
        ("rule_two", "from handlers.rules import NONE\n", "ImportError: cannot import name 'NONE'"),
        ("rule_three", "RULE = (\n", "SyntaxError: '(' was never closed"),
        ("rule_four", "from pathlib import Path\n\nRULE = Path.ELSEWHERE\n", "AttributeError: "),
        ("rule_five", "RULE = {}['title']\n", "KeyError: 'title'"),
    ],
)
def test_module_that_cannot_be_imported_is_refused_in_one_line_and_adds_nothing(
    folder: str, text: str, message: str, tmp_path: Path, registry: list[str]
) -> None:
    own_rule(tmp_path / folder, text)
    with pytest.raises(UndeclaredRuleError) as refused:
        rules_from(tmp_path)
    assert str(refused.value).startswith(f"the rule folder {folder} cannot be imported: {message}")
    assert len(str(refused.value).splitlines()) == 1
    assert len(registry) == 1


def test_pattern_that_a_schema_cannot_have_is_refused_and_adds_nothing(tmp_path: Path, registry: list[str]) -> None:
    sample = ROOT / "tests" / "support" / "sample_rule" / "sqs_queue_encrypted"
    shutil.copytree(sample, tmp_path / "patterned")
    declaration = tmp_path / "patterned" / "rule.py"
    text = (
        declaration.read_text().replace("sqs-queue-encrypted", "patterned").replace("sqs_queue_encrypted", "patterned")
    )
    declaration.write_text(text.replace('"^alias/', '"^(?!alias/aws/)alias/'))
    before = dict(RULES)
    with pytest.raises(SettingsError, match=r"rule\.py: kms_keys\.pattern = .*: not a valid pattern: look-around"):
        rules_from(tmp_path, require)
    assert before == RULES and len(registry) == 1


def test_folder_with_the_name_of_another_is_refused(tmp_path: Path, registry: list[str]) -> None:
    own_rule(tmp_path / "ec2_instance_type_approved", "")
    with pytest.raises(DuplicateRuleError, match="two rule folders called ec2_instance_type_approved: rename"):
        rules_from(tmp_path)


def test_module_outside_a_folder_is_refused(tmp_path: Path, registry: list[str]) -> None:
    (tmp_path / "rule.py").touch()
    with pytest.raises(UndeclaredRuleError, match=r"the file rule\.py is not in a rule's folder; a rule is a"):
        rules_from(tmp_path)


def test_archives_have_the_further_rules_where_the_package_has_its_own(tmp_path: Path, registry: list[str]) -> None:
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "rule.py").write_text(f'"""{name}"""\n')
    registry.append(str(tmp_path))
    assert {"handlers/rules/first/rule.py", "handlers/rules/second/rule.py"} <= ours("report", "rules").files().keys()
    one = ours("remediate", "rules/__init__.py", "rules/second").files()
    assert "handlers/rules/second/rule.py" in one and "handlers/rules/first/rule.py" not in one
    assert not [path for path in ours("score").files() if path.startswith("handlers/rules/")]
