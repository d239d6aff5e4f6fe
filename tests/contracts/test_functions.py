"""Properties that every function must have."""

import subprocess
import sys
import zipfile
from collections import Counter
from pathlib import Path

import pytest

from handlers.common.model import managed_rules as managed
from handlers.common.model import parameters
from handlers.summarize.texts import texts
from handlers.summarize.texts.languages import LANGUAGES
from modules.resources.lambda_archive import ROOT
from settings.remediation import remediations
from tests.support.resources import Document, of_type

REMEDIATIONS = tuple(each.name for each in remediations().values())
NAMES = (
    "audit",
    "evaluate",
    "notify",
    "process",
    "report",
    "score",
    "summarize",
    *(f"remediate-{each}" for each in REMEDIATIONS),
)


@pytest.fixture
def functions(document: Document) -> dict[str, Document]:
    return of_type(document, "aws_lambda_function")


def output_of(program: str, archive: Path) -> str:
    """Returns the output of a program that imports from an archive."""
    # -I keeps the project's folder and the user's settings out; site-packages stay, for boto3.
    program = f"import sys; sys.path.insert(0, {str(archive)!r}); {program}"
    run = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return run.stdout


def reference(address: str, attribute: str) -> str:
    return f"${{{address}.{attribute}}}"


def test_the_functions_are_there(functions: dict[str, Document], environment: str) -> None:
    assert {found["function_name"] for found in functions.values()} == {f"{name}-{environment}-ew1" for name in NAMES}


def test_each_has_a_role_of_its_own(functions: dict[str, Document]) -> None:
    assert len({found["role"] for found in functions.values()}) == len(functions)


def test_each_has_a_log_group_of_exactly_seven_days_made_before_it(
    document: Document, functions: dict[str, Document]
) -> None:
    groups = of_type(document, "aws_cloudwatch_log_group")
    assert len(groups) == len(functions)
    for found in functions.values():
        address = next(each for each in groups if groups[each]["name"] == f"/aws/lambda/{found['function_name']}")
        assert groups[address]["retention_in_days"] == 7
        assert address in found["depends_on"]


def test_none_may_make_log_groups(document: Document) -> None:
    policies = of_type(document, "aws_iam_role_policy").values()
    assert not [found for found in policies if "logs:CreateLogGroup" in found["policy"]]


def test_each_waits_for_its_rights(document: Document, functions: dict[str, Document]) -> None:
    for found in functions.values():
        role = found["role"].removesuffix(".arn}")
        for address, policy in of_type(document, "aws_iam_role_policy").items():
            if policy["role"].startswith(f"{role}."):
                assert address in found["depends_on"]


def test_each_is_a_current_encrypted_python(document: Document, functions: dict[str, Document]) -> None:
    (key,) = of_type(document, "aws_kms_key")
    for found in functions.values():
        assert (found["runtime"], found["architectures"]) == ("python3.13", ["arm64"])
        assert found["kms_key_arn"] == reference(key, "arn")
        assert found["logging_config"]["log_format"] == "JSON"
        assert found["timeout"] and found["memory_size"]


def test_failures_of_each_wait_in_the_queue_and_raise_an_alarm(
    document: Document, functions: dict[str, Document]
) -> None:
    (queue,) = [each for each in of_type(document, "aws_sqs_queue") if each.startswith("aws_sqs_queue.failures_")]
    (operations,) = [each for each in of_type(document, "aws_sns_topic") if "operations" in each]
    configs = {
        found["function_name"]: found for found in of_type(document, "aws_lambda_function_event_invoke_config").values()
    }
    alarms = of_type(document, "aws_cloudwatch_metric_alarm").values()
    for address, found in functions.items():
        if found["function_name"].startswith("audit-"):  # messages of its queue come again
            continue
        config = configs[reference(address, "function_name")]
        assert config["destination_config"]["on_failure"]["destination"] == reference(queue, "arn")
        assert (config["maximum_retry_attempts"], config["maximum_event_age_in_seconds"]) == (2, 21600)
        own = [each for each in alarms if each["dimensions"].get("FunctionName") == found["function_name"]]
        assert sorted(each["metric_name"] for each in own) == ["Errors", "Throttles"]
        assert {each["treat_missing_data"] for each in own} == {"notBreaching"}
        assert all(each["alarm_actions"] == [reference(operations, "arn")] for each in own)


def test_each_trigger_has_retries_a_queue_and_a_permission(
    document: Document, functions: dict[str, Document], environment: str
) -> None:
    (queue,) = [each for each in of_type(document, "aws_sqs_queue") if each.startswith("aws_sqs_queue.failures_")]
    rules = {
        address: found
        for address, found in of_type(document, "aws_cloudwatch_event_rule").items()
        if "forwarding" not in address
    }
    permissions = of_type(document, "aws_lambda_permission").values()
    targets = [found for found in of_type(document, "aws_cloudwatch_event_target").values() if "role_arn" not in found]
    assert len(rules) == len(targets) == len(permissions)
    of_functions = Counter(str(each["function_name"]) for each in permissions)
    names = {reference(address, "function_name"): found["function_name"] for address, found in functions.items()}
    several = {
        names[each].removesuffix(f"-{environment}-ew1"): count for each, count in of_functions.items() if count > 1
    }
    expected = {"process": 3, "report": 2, "score": 2, "summarize": 2} | {
        f"remediate-{each}": 3 for each in REMEDIATIONS
    }
    if environment == "prod":  # approvals, and two change windows
        expected["remediate-rds-retention"] += 1 + 2
    assert several == expected
    statements = [(each["function_name"], each["statement_id"]) for each in permissions]
    assert len(set(statements)) == len(statements), "Lambda takes a statement's id once for each function"
    for target in targets:
        retries = target["retry_policy"]
        assert retries["maximum_event_age_in_seconds"] >= 60, "left out, the provider sends 0, which AWS refuses"
        assert retries["maximum_retry_attempts"] > 0
        assert target["dead_letter_config"]["arn"] == reference(queue, "arn")
    account = document["provider"]["aws"][0]["allowed_account_ids"][0]
    for permission in permissions:
        assert permission["principal"] == "events.amazonaws.com"
        assert permission["source_arn"] in {reference(address, "arn") for address in rules}
        assert permission["source_account"] == account


@pytest.mark.parametrize("name", NAMES)
def test_archive_imports_alone(
    name: str, stacks: dict[str, Path], functions: dict[str, Document], environment: str
) -> None:
    (found,) = [each for each in functions.values() if each["function_name"] == f"{name}-{environment}-ew1"]
    stack = next(folder for folder in stacks.values() if (folder / found["filename"]).exists())
    entry = found["handler"].removesuffix(".handler")
    assert found["filename"] in output_of(f"import {entry}; print({entry}.__file__)", stack / found["filename"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_summary_reads_its_texts_from_its_archive(
    language: str, stacks: dict[str, Path], documents: dict[str, Document]
) -> None:
    (found,) = [
        each
        for each in of_type(documents["dev"], "aws_lambda_function").values()
        if each["function_name"].startswith("summarize")
    ]
    program = f"from handlers.summarize import texts; print(ascii((texts.__file__, texts.texts({language!r}))))"
    output = output_of(program, stacks["dev"] / found["filename"])
    assert found["filename"] in output
    assert ascii(texts(language)) in output


def test_archives_hold_what_they_need_and_no_more(stacks: dict[str, Path], documents: dict[str, Document]) -> None:
    held = {}
    for found in of_type(documents["dev"], "aws_lambda_function").values():
        with zipfile.ZipFile(stacks["dev"] / found["filename"]) as archive:
            held[found["function_name"]] = set(archive.namelist())
    for names in held.values():
        generated = names & {f"handlers/rules/{managed.FILE}", f"handlers/common/{parameters.FILE}"}
        data = {name for name in names if name.endswith(".toml")}
        assert all(name.startswith("handlers/") and name.endswith(".py") for name in names - generated - data)
        assert {file.relative_to(ROOT).as_posix() for file in (ROOT / "handlers" / "common").rglob("*.py")} <= names
    rules = {name for name in held["remediate-s3-encryption-dev-ew1"] if name.startswith("handlers/rules/")}
    folder = "handlers/rules/s3_bucket_default_encryption_kms"
    assert {f"{folder}/rule.py", f"{folder}/remediation.py"} < rules
    shared = {f"handlers/rules/{name}" for name in ("__init__.py", managed.FILE)}
    assert {name for name in rules if not name.startswith(f"{folder}/")} == shared
    having = {name for name, names in held.items() if f"handlers/common/{parameters.FILE}" in names}
    assert having == {f"remediate-{name}-dev-ew1" for name in REMEDIATIONS}
    assert not [name for name in held["score-dev-ew1"] if name.startswith("handlers/rules/")]
    data = {name: {each for each in names if each.endswith(".toml")} for name, names in held.items()}
    assert {name: found for name, found in data.items() if found} == {
        "summarize-dev-ew1": {f"handlers/summarize/texts/{language}.toml" for language in LANGUAGES}
    }
