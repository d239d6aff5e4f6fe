import json
import re
import shutil
from pathlib import Path

import pytest

from handlers.common.model import managed_rules as travelling
from handlers.common.model.rule import Category, Managed, Severity
from handlers.rules import RULES
from modules.resources.lambda_archive import ROOT
from settings.load import load
from tests.modules.aws_config.test_regions import monitoring
from tests.support.example import EC2, RDS, S3, file, problems
from tests.support.resources import Document, of_type
from tests.support.variants import stack

RULE = """
[managed_rules.bucket-versioning]
identifier = "S3_BUCKET_VERSIONING_ENABLED"
severity = "LOW"
category = "resilience"
controls = ["NIST-800-53-r5/CP-9"]
resource_types = ["AWS::S3::Bucket"]
parameters = {isMfaDeleteEnabled = "false"}

[managed_rules.root-mfa]
identifier = "ROOT_ACCOUNT_MFA_ENABLED"
severity = "CRITICAL"
category = "identity"
resource_types = ["AWS::::Account"]
periodic = true
title = "The root user has no second factor"
"""
WITH = ("[state]", RULE + "[state]")


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Document:
    return stack(tmp_path_factory.mktemp("managed"), WITH)


def deployed(document: Document) -> dict[str, Document]:
    return {found["name"]: found for found in of_type(document, "aws_config_config_rule").values()}


def test_a_change_triggered_rule_has_a_scope_and_a_periodic_one_a_frequency(document: Document) -> None:
    rules = deployed(document)
    changes, clock = rules["bucket-versioning-test-ew1"], rules["root-mfa-test-ew1"]
    assert changes["source"] == {"owner": "AWS", "source_identifier": "S3_BUCKET_VERSIONING_ENABLED"}
    assert changes["scope"] == {"compliance_resource_types": ["AWS::S3::Bucket"]}
    assert json.loads(changes["input_parameters"]) == {"isMfaDeleteEnabled": "false"}
    assert "maximum_execution_frequency" not in changes
    assert clock["maximum_execution_frequency"] == "Six_Hours"
    assert "scope" not in clock


def test_periodic_rules_are_not_started_as_well(document: Document) -> None:
    rights = of_type(document, "aws_iam_role_policy").values()
    (policy,) = [found["policy"] for found in rights if found["name"] == "EvaluateRules"]
    assert "bucket-versioning" in policy
    assert "root-mfa" not in policy


def test_an_account_is_not_recorded(document: Document) -> None:
    (recorder,) = of_type(document, "aws_config_configuration_recorder").values()
    assert "AWS::::Account" not in recorder["recording_group"]["resource_types"]


def test_its_severity_gets_alerts_and_its_changes_are_listened_to(document: Document) -> None:
    functions = {found["function_name"]: found for found in of_type(document, "aws_lambda_function").values()}
    topics = json.loads(functions["notify-test-ew1"]["environment"]["variables"]["TOPICS"])
    assert {f"alerts-{severity}" for severity in ("critical", "high", "medium", "low")} < set(topics)
    patterns = [found.get("event_pattern", "") for found in of_type(document, "aws_cloudwatch_event_rule").values()]
    assert any("root-mfa-test-ew1" in pattern and "bucket-versioning-test-ew1" in pattern for pattern in patterns)


def test_many_rules_take_several_event_rules(tmp_path: Path) -> None:
    many = "".join(RULE.split("[managed_rules.root-mfa]")[0].replace("bucket-ver", f"b{n}-ver") for n in range(30))
    document = stack(tmp_path, ("[state]", many + "[state]"))
    names = [found["name"] for found in of_type(document, "aws_cloudwatch_event_rule").values()]
    assert {"process-on-change-test-ew1", "process-on-change-2-test-ew1"} <= set(names)
    assert "process-on-change-3-test-ew1" not in names


def test_it_travels_to_the_functions_as_it_is(tmp_path: Path) -> None:
    catalogue = load(file(tmp_path, WITH)).catalogue
    declared = {name: rule for name, rule in catalogue.items() if isinstance(rule.source, Managed)}
    carried = travelling.from_json(travelling.to_json(catalogue.values()), RULES.values())
    assert {rule.name: rule for rule in carried} == {name: RULES[name] for name in (EC2, RDS, S3)} | declared
    assert list(catalogue)[:3] == [EC2, RDS, S3]
    root = declared["root-mfa"]
    assert (root.severity, root.category) == (Severity.CRITICAL, Category.IDENTITY)
    assert declared["bucket-versioning"].title == "Violates s3 bucket versioning enabled"
    assert "s3-bucket-versioning-enabled.html" in declared["bucket-versioning"].how_to_fix


REFUSALS = [
    ("bucket-versioning]", "bucket_versioning]", "managed_rules.bucket_versioning", "single hyphens between"),
    ("bucket-versioning]", "ec2-instance-type-approved]", "managed_rules.ec2-instance", "another name"),
    ("bucket-versioning]", f"{'b' * 56}]", f"managed_rules.{'b' * 56}", "at most 55 with this environment"),
    ("S3_BUCKET_VERSIONING_ENABLED", "s3-bucket", "identifier", "capital letters, digits and _"),
    ('"LOW"', '"low"', "severity", "CRITICAL, HIGH, MEDIUM, LOW"),
    ('"resilience"', '"safety"', "category", "configuration, encryption, identity"),
    (
        "S3_BUCKET_VERSIONING_ENABLED",
        "S3_BUCKET_VERSIONIN_ENABLED",
        "identifier",
        "did you mean S3_BUCKET_VERSIONING_ENABL",
    ),
    ('["AWS::S3::Bucket"]', '["AWS::S3::Buckets"]', "resource_types[0]", "allowed: AWS::S3::Bucket"),
    ("isMfaDeleteEnabled =", "isMfaDelete =", "parameters.isMfaDelete", "allowed: isMfaDeleteEnabled"),
    (
        "S3_BUCKET_VERSIONING_ENABLED",
        "DB_INSTANCE_BACKUP_ENABLED",
        "resource_types[0]",
        "allowed: AWS::RDS::DBInstance",
    ),
    ("parameters = {", "periodic = true\nparameters = {", "bucket-versioning.periodic", "false, or no value"),
    ("periodic = true", "periodic = false", "root-mfa.periodic", "allowed: true"),
    ('["AWS::S3::Bucket"]', '["S3"]', "resource_types[0]", "AWS::S3::Bucket, or AWS::::Account"),
    ('["AWS::::Account"]', '["AWS::::Account", "AWS::S3::Bucket"]', "resource_types", "alone, or other types"),
    ('"false"}', "false}", "parameters.isMfaDeleteEnabled", 'isMfaDeleteEnabled = "…"'),
    ("parameters = {", f'parameters = {{x = "{"x" * 1100}", ', "parameters", "at most 1024 characters"),
    ("title =", 'titel = "x"\ntitle =', "managed_rules.root-mfa.titel", "did you mean title?"),
    ('"The root user', '"\\u0007The root user', "title", "a line of up to 80 characters"),
]


@pytest.mark.parametrize(("old", "new", "key", "allowed"), REFUSALS, ids=[each[1][:30] for each in REFUSALS])
def test_refusal_names_key_and_what_is_allowed(old: str, new: str, key: str, allowed: str, tmp_path: Path) -> None:
    assert old in RULE
    found = problems(file(tmp_path, ("[state]", RULE.replace(old, new) + "[state]")))
    assert any(key in each and allowed in each for each in found), found


def test_unknown_identifier_is_the_only_problem_of_its_table(tmp_path: Path) -> None:
    misspelt = (
        '[managed_rules.r]\nidentifier = "RDS_STORAGE_ENCRYPTD"\nseverity = "LOW"\ncategory = "encryption"\n[state]'
    )
    [problem] = problems(file(tmp_path, ("[state]", misspelt)))
    assert "did you mean RDS_STORAGE_ENCRYPTED?" in problem


def declared(tmp_path: Path, identifier: str, more: str = "") -> Managed:
    """Returns a rule of which no more is said than what must be."""
    text = f'[managed_rules.r]\nidentifier = "{identifier}"\nseverity = "LOW"\ncategory = "identity"\n{more}\n[state]'
    source = load(file(tmp_path, ("[state]", text))).catalogue["r"].source
    assert isinstance(source, Managed)
    return source


def test_what_is_not_said_is_what_aws_says(tmp_path: Path) -> None:
    keys = declared(tmp_path, "ACCESS_KEYS_ROTATED", 'parameters = {maxAccessKeyAge = "90"}')
    assert (keys.periodic, keys.resource_types) == (True, ("AWS::IAM::User",))
    logging = declared(tmp_path, "ELB_LOGGING_ENABLED")
    assert (logging.periodic, len(logging.resource_types)) == (False, 2)
    assert declared(tmp_path, "ROOT_ACCOUNT_MFA_ENABLED").resource_types == ("AWS::::Account",)


def test_a_type_that_config_does_not_record_is_evaluated_and_not_recorded(tmp_path: Path) -> None:
    text = '[managed_rules.r]\nidentifier = "DAX_ENCRYPTION_ENABLED"\nseverity = "LOW"\ncategory = "identity"\n[state]'
    settings = load(file(tmp_path, ("[state]", text)))
    rule = settings.catalogue["r"]
    assert (rule.resource_types, rule.recorded_types) == (("AWS::DAX::Cluster",), ())
    [note] = settings.notes
    assert note == "r: AWS Config's API does not list AWS::DAX::Cluster: resources without a result are not counted"
    document = stack(tmp_path / "stack", ("[state]", text))
    (recorder,) = of_type(document, "aws_config_configuration_recorder").values()
    assert "AWS::DAX::Cluster" not in recorder["recording_group"]["resource_types"]
    assert "scope" not in deployed(document)["r-test-ew1"]


def test_a_rule_that_follows_changes_of_a_type_that_is_not_listed_has_no_scope(tmp_path: Path) -> None:
    text = '[managed_rules.r]\nidentifier = "SAGEMAKER_NOTEBOOK_INSTANCE_INSIDE_VPC"\nseverity = "LOW"\n'
    change = ("[state]", f'{text}category = "network"\n[state]')
    [note] = load(file(tmp_path, change)).notes
    assert 'only a recorder of all types (also_record = "all") may lead to results' in note
    document = stack(tmp_path / "stack", change)
    assert deployed(document)["r-test-ew1"].keys().isdisjoint({"scope", "maximum_execution_frequency"})
    (recorder,) = of_type(document, "aws_config_configuration_recorder").values()
    assert "AWS::SageMaker::NotebookInstance" not in recorder["recording_group"]["resource_types"]


WRONG = [
    (
        "REQUIRED_TAGS",
        "",
        "parameters.tag1Key: missing: required by the rule; allowed: a quoted string",
    ),
    ("ACCESS_KEYS_ROTATED", 'parameters = {maxAccessKeyAge = "never"}', "not of type int; allowed: a quoted integer"),
    ("AWS_CONFIG_PROCESS_CHECK", "", "a process check, which is filled in manually and not evaluated by AWS Config"),
    ("RULE_OF_TOMORROW", "unchecked = true", "resource_types = []: missing; allowed: the types that"),
    ("ACCOUNT_RULE_OF_TOMORROW", 'unchecked = true\nresource_types = ["AWS::::Account"]', "cannot be change-triggered"),
]


@pytest.mark.parametrize(("identifier", "more", "words"), WRONG, ids=[each[0] for each in WRONG])
def test_what_aws_would_refuse_is_refused(identifier: str, more: str, words: str, tmp_path: Path) -> None:
    text = f'[managed_rules.r]\nidentifier = "{identifier}"\nseverity = "LOW"\ncategory = "identity"\n{more}\n[state]'
    assert any(words in line for line in problems(file(tmp_path, ("[state]", text))))


ELSEWHERE = """
[managed_rules.viewers]
identifier = "CLOUDFRONT_VIEWER_POLICY_HTTPS"
severity = "LOW"
category = "encryption"
"""


def test_a_rule_is_left_out_of_a_region_in_which_aws_does_not_have_it(tmp_path: Path) -> None:
    places = monitoring("eu-west-1", "us-east-1")
    anywhere = ('home_region = "eu-west-1"', 'home_region = "eu-west-1"\nallow_regions_outside_eu = true')
    settings = load(file(tmp_path, anywhere, places, ("[state]", ELSEWHERE + "[state]")))
    assert "viewers" in settings.rules_in("us-east-1") and "viewers" not in settings.rules_in("eu-west-1")
    [note] = settings.notes
    assert note == "viewers is not deployed in eu-west-1: AWS does not have CLOUDFRONT_VIEWER_POLICY_HTTPS there"
    carried = travelling.from_json(travelling.to_json(settings.catalogue.values()), [])
    assert {rule.name: rule for rule in carried} == {"viewers": settings.catalogue["viewers"]}


def test_a_rule_that_aws_has_nowhere_here_is_refused(tmp_path: Path) -> None:
    [line] = problems(file(tmp_path, ("[state]", ELSEWHERE + "[state]")))
    assert "managed_rules.viewers.identifier" in line
    assert "AWS does not have CLOUDFRONT_VIEWER_POLICY_HTTPS in eu-west-1" in line


def test_a_rule_that_is_newer_than_the_catalogue_is_taken_as_it_is_said(tmp_path: Path) -> None:
    more = 'unchecked = true\nresource_types = ["AWS::New::Thing"]\nparameters = {a = "b"}\nperiodic = true'
    new = declared(tmp_path, "SOME_RULE_OF_TOMORROW", more)
    assert (new.resource_types, new.parameters, new.periodic) == (("AWS::New::Thing",), {"a": "b"}, True)


def test_the_examples_of_the_documentation_are_read(tmp_path: Path) -> None:
    blocks = re.findall(r"```toml\n(.*?)```", (ROOT / "docs" / "managed-rules.md").read_text(), re.DOTALL)
    assert len(blocks) == 2
    (tmp_path / "packs").mkdir()
    shutil.copy(Path(__file__).parent / "packs" / "sample.yaml", tmp_path / "packs" / "baseline.yaml")
    catalogue = load(file(tmp_path, ("[state]", "\n".join(blocks) + "[state]"))).catalogue
    assert {"rds-storage-encrypted", "access-keys-rotated"} <= set(catalogue)
