"""Mistakes in a rule's folder are refused, each with the file, the place in it and what is allowed."""

import re
import shutil
from pathlib import Path

import pytest

from tests.integration.test_sample_rule import FOLDER, RULE, SAMPLE, copied, run

MISTAKES = [
    ("cases.json", None, None, "cases.json: the rule folder {folder} has no such file; allowed: "),
    ("cases.json", '"why"', '"because"', "cases.json: case[0].why: missing; "),
    ("cases.json", '"expected"', '"expectd"', 'cases.json: case[0].expectd = "COMPLIANT": unknown key; allowed: did'),
    ("cases.json", '"COMPLIANT"', '"PASS"', 'cases.json: case[0].expected = "PASS": unknown; allowed: COMPLIANT, '),
    ("cases.json", '"resourceId"', '"id"', "case[0].item = {{"),
    ("cases.json", "::Queue", "::Queues", 'case[0].item.resourceType = "AWS::SQS::Queues": not a type of the rule; '),
    ("cases.json", "/orders", "/payments", "case[1].item.resourceId = "),
    (
        "cases.json",
        '{\n    "why"',
        '{"settings": {"keys": []},\n    "why"',
        "settings.keys = []: unknown key; ",
    ),
    ("cases.json", "[", "", "cases.json: Invalid JSON: "),
    ("policy.guard", None, None, "policy.guard: the rule folder {folder} has no such file"),
    ("policy.guard", "@kms_keys", "@keys", "policy.guard: @keys: the rule's policy needs a value that the rule"),
    ("policy.guard", "@kms_keys", "@ kms_keys", "policy.guard: an @ without a name: "),
    (
        "rule.py",
        '="mistake-',
        '="Mistake-',
        'rule.py: name = "Mistake-{number}": not a valid name of a rule; allowed: ',
    ),
    (
        "rule.py",
        '="mistake-',
        '="a-mistake-',
        'rule.py: name = "a-mistake-{number}": the rule\'s folder has another na',
    ),
    ("rule.py", "Severity.MEDIUM", '"LOWER"', 'rule.py: severity = "LOWER": unknown; allowed: CRITICAL, HIGH, '),
    ("rule.py", "Category.ENCRYPTION", '"costs"', 'rule.py: category = "costs": unknown; allowed: configuration, '),
    ("rule.py", '"nl":', '"dk":', 'rule.py: titles = "dk": not a language of summaries; allowed: de, en, fr, nl'),
    (
        "rule.py",
        '"AWS::SQS::Queue"',
        '"AWS::SQS::Queues"',
        'rule.py: needs = "AWS::SQS::Queues": the rule needs ',
    ),
    ("rule.py", "\nRULE =", "\nimport yaml\nRULE =", "rule.py: import yaml: a package that the functions do not have"),
    (
        "rule.py",
        '["kms_keys"]',
        '["keys"]',
        "the function of policy values reads a setting that the rule does not decl",
    ),
    ("rule.py", '("alias/bank",)', '("bank",)', 'rule.py: kms_keys.default = ["bank"]: the default is not an allowed '),
    ("remediation.py", '"mistake-', '"ec2-stop"  # ', "also the name of the remediation of ec2-instance-"),
    (
        "remediation.py",
        "{name}",
        "{queue}",
        "remediation.py: {{queue}}: is not replaced in the ARN of the permission",
    ),
    (
        "remediation.py",
        'SetQueueAttributes",), QUEUES',
        'SetQueueAttributes",), "{topic}"',
        "remediation.py: {{topic}}: is not replaced in the ARN of the permission EncryptQueues; allowed: {{account}}, ",
    ),
    (
        "remediation.py",
        "    def risk",
        '    rollback = (Permission("Undo", ("sqs:TagQueue",), "{topic}", "-"),)\n\n    def risk',
        "remediation.py: {{topic}}: is not replaced in the ARN of the permission Undo; allowed: {{account}}, ",
    ),
    (
        "cases.json",
        '"COMPLIANT"',
        '"NON_COMPLIANT"',
        'case[1].create = "AWS::SQS::Queue": no compliant case has this type',
    ),
    ("remediation.py", "A-Za-z", "A-Z", 'scope_pattern = "[A-Z0-9_-]{{1,80}}(\\\\.fifo)?": does not match the '),
    (
        "remediation.py",
        "    def risk",
        '    def parameters(self, criteria):\n        return criteria["keys"]\n\n    def risk',
        "remediation.py: keys: Remediation.parameters reads a setting that the rule does not declare",
    ),
    (
        "remediation.py",
        "\nQUEUES",
        "\nfrom settings.regions import CREATE\nQUEUES",
        "remediation.py: import settings.regions: a package that the functions do not have; allowed: handlers",
    ),
    (
        "remediation.py",
        're.compile(r"[A-Za-z0-9_-]{1,80}(\\.fifo)?")',
        '"[a-z]+"',
        'scope_pattern = "[a-z]+": missing, or of',
    ),
    ("remediation.py", '("sqs:SetQueueAttributes",)', '"sqs:SetQueueAttributes"', "EncryptQueues.actions = "),
    (
        "remediation.py",
        "    effect =",
        "    effects =",
        "remediation.py: effect: missing, or of another type; ",
    ),
    ("__init__.py", None, None, "__init__.py: the rule folder {folder} has no such file"),
]
"""File, text to replace (None: the file is missing), new text, and a part of the message."""


def change(file: Path, old: str | None, new: str | None) -> None:
    """Makes a mistake in a file."""
    if old is None or new is None:
        file.unlink()
        return
    text = file.read_text()
    assert old in text, f"{file}: {old}"
    file.write_text(text.replace(old, new, 1))


def test_mistakes_in_folders_are_refused_by_file_and_name(tmp_path: Path) -> None:
    """Each mistake is in a rule of its own; one run reports all."""
    rules = copied(tmp_path) / "handlers" / "rules"
    for number, (file, old, new, _) in enumerate(MISTAKES, 10):
        folder = rules / f"mistake_{number}"
        shutil.copytree(SAMPLE, folder)
        for path in folder.glob("*.py"):
            names = {FOLDER: folder.name, RULE: f"mistake-{number}", "sqs-encryption": f"mistake-{number}"}
            path.write_text(re.sub("|".join(names), lambda found, names=names: names[found[0]], path.read_text()))  # type: ignore[misc]
        change(folder / file, old, new)
    ran = run(tmp_path, "-m", "operate", "cost", "dev")
    assert ran.returncode == 2 and "Traceback" not in ran.stderr
    said = ran.stderr.splitlines()
    for number, (file, _, _, message) in enumerate(MISTAKES, 10):
        folder = rules / f"mistake_{number}"
        text = message.format(folder=folder.name, number=number)
        assert [each for each in said if str(folder / file) in each and text in each], (folder.name, text, ran.stderr)
    assert {Path(each.split(":")[0].split(" = ")[0]).parent for each in said} <= set(rules.iterdir())


def test_pattern_that_a_schema_cannot_have_is_refused_before_its_table_is_made(tmp_path: Path) -> None:
    change(copied(tmp_path) / "handlers" / "rules" / FOLDER / "rule.py", '"^alias/', '"^(?!alias/aws/)alias/')
    ran = run(tmp_path, "-m", "operate", "cost", "dev")
    assert ran.returncode == 2 and "Traceback" not in ran.stderr
    assert ran.stderr.startswith(f"{RULE}: rule.py: kms_keys.pattern = ") and "not a valid pattern: look-" in ran.stderr


@pytest.mark.parametrize("change_to", [None, "OTHER =", "RULE = 1 #"])
def test_module_without_a_rule_is_refused_by_name(change_to: str | None, tmp_path: Path) -> None:
    path = copied(tmp_path) / "handlers" / "rules" / FOLDER / "rule.py"
    change(path, change_to and "RULE =", change_to)
    ran = run(tmp_path, "-m", "operate", "cost", "dev")
    assert ran.returncode != 0 and f"UndeclaredRuleError: the rule folder {FOLDER} " in ran.stderr.splitlines()[-1]
