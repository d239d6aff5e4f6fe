from pathlib import Path
from typing import Any

import pytest

from handlers.summarize.texts.languages import LANGUAGES
from settings.load import load
from tests.support.example import file, problems

REFUSALS = [
    ("#TOP", 'colour = "red"', "colour", '"red"', "unknown key; allowed: environment, "),
    ("#KEYS", 'key = "any"', "rules.s3-bucket-default-encryption-kms.key", '"any"', "did you mean keys?"),
    ("#KEYS", 'allowed_kms_keys = ["alias/x"]', "encryption-kms.allowed_kms_keys", "alias/x", "unknown key"),
    ('owner = "platform"', "owner = 5", "owner", "5", "must be a quoted string; allowed: 1 to 256 letters"),
    ('owner = "platform"', 'owner = "a<b>"', "owner", '"a<b>"', "letters, digits, spaces"),
    ('owner = "platform"', "", "owner", "", "missing; allowed: 1 to 256 letters"),
    ("[state]", "[sate]", "state", "", "missing; allowed: a table with bucket (3 to 63 lower-case letters"),
    ("= 7", '= "7"', "rules.rds-backup-retention-minimum.minimum_days", '"7"', "must be an integer"),
    ("= 7", "= true", "rules.rds-backup-retention-minimum.minimum_days", "= true:", "must be an integer"),
    ("= 7", "= 7.0", "rules.rds-backup-retention-minimum.minimum_days", "= 7.0:", "must be an integer"),
    ("#TOP", "allow_regions_outside_eu = 0", "allow_regions_outside_eu", "= 0:", "true or false"),
    ("#TOP", "monitored_regions = []", "monitored_regions", "= []:", "at least one entry"),
    ("= 7", "= 0", "rules.rds-backup-retention-minimum.minimum_days", "0", "1 to 35 days"),
    ("= 7", "= 36", "rules.rds-backup-retention-minimum.minimum_days", "36", "1 to 35 days"),
    (
        '"m7i.large"',
        '"m7i"',
        "type-approved.approved_instance_types[0]",
        '"m7i"',
        "a family such as m7i.*",
    ),
    (
        '"m7i.large"',
        '"*.large"',
        "type-approved.approved_instance_types[0]",
        '"*.large"',
        "a family such as m7i.*",
    ),
    ('["m7i.large"]', "[]", "type-approved.approved_instance_types", "[]", "at least one entry"),
    (
        '["m7i.large"]',
        '"m7i.large"',
        "type-approved.approved_instance_types",
        '"m7i.large"',
        "must be a list",
    ),
    (
        '["m7i.large"]',
        "[7]",
        "type-approved.approved_instance_types[0]",
        "7",
        "must be a quoted string",
    ),
    ("#KEYS", 'keys = ["alias/x"]', "encryption-kms.keys[0]", '"alias/x"', "arn:aws:kms:"),
    ("#KEYS", "keys = [7]", "encryption-kms.keys[0]", "7", "must be a quoted string"),
    ("#KEYS", "keys = []", "encryption-kms.keys", "= []: no entry", "any, customer, account, or a list"),
    ("#KEYS", 'keys = "own"', "encryption-kms.keys", '"own"', "any, customer, account, or a list"),
    ("#KEYS", "keys = 5", "encryption-kms.keys", "= 5:", "any, customer, account, or a list"),
    ("#KEYS", "keys = {any = true}", "encryption-kms.keys", "true", "any, customer, account, or a list"),
    ('"ledger"', '"compliance-reports-test-ew1"', "kms.scope[0]", '"compliance-reports', "a bucket of this system"),
    ("#KEYS", "enabled = 1", "encryption-kms.enabled", "= 1:", "true or false"),
    ("#KEYS", 'severity = "BAD"', "encryption-kms.severity", '"BAD"', "CRITICAL, HIGH, MEDIUM, LOW"),
    ("#KEYS", "enabled = false", "remediation.s3-bucket-default-encryption-kms.mode", '"plan"', 'allowed: "off"'),
    ("[rules.rds", "[rules.rdb", "rules.rdb-backup-retention-minimum", "7", "did you mean rds-backup-retention-min"),
    ('critical = ["a@', 'critical = ["@', "alerts.critical[0]", '"@example.com"', "name@domain"),
    (
        'high = ["a@example.com"]',
        'high = ["a@example.com", "A@Example.com"]',
        "alerts.high[1]",
        '"A@Example.com"',
        "each entry once",
    ),
    ('"111122223333"', '"11112222333"', "account_id", '"11112222333"', "12 digits, in quotes"),
    (
        '"111122223333"',
        "111122223333",
        "account_id",
        "111122223333",
        "must be a quoted string; allowed: 12 digits, in quotes",
    ),
    ('"eu-west-1"', '"us-east-1"', "home_region", '"us-east-1"', "allow_regions_outside_eu = true"),
    ('"eu-west-1"', '"europe"', "home_region", '"europe"', "a region such as eu-west-1"),
    (
        "#TOP",
        'monitored_regions = ["eu-west-1", "us-east-1"]',
        "monitored_regions[1]",
        '"us-east-1"',
        "eu-*-*, or any region with allow_regions_outside_eu = true",
    ),
    (
        "#TOP",
        'allow_regions_outside_eu = true\nmonitored_regions = ["cn-north-1"]',
        "monitored_regions[0]",
        '"cn-north-1"',
        "a region of aws",
    ),
    ("#TOP", 'recorder = "none"', "recorder", '"none"', "create, existing"),
    ("#TOP", "recorder = 5", "recorder", "= 5:", "create, existing"),
    ("#TOP", 'recorder = {eu-west-1 = "own"}', "recorder.eu-west-1", '"own"', "create, existing"),
    ("#TOP", "recorder = {}", "recorder.eu-west-1", "missing", "create, existing"),
    ("#TOP", 'recorder = {eu-west-2 = "existing"}', "recorder.eu-west-2", "not a monitored region", "eu-west-1"),
    ("#TOP", 'aggregator = "team"', "aggregator", '"team"', "account, organization"),
    ("#TOP", 'aggregator = "organization"', "organization", "missing", '[organization] with id = "o-…"'),
    (
        "[state]",
        '[organization]\nid = "o-abcdefghij"\n[state]',
        "organization",
        "has no effect",
        'aggregator = "organization"',
    ),
    (
        "#TOP",
        'aggregator = "organization"\norganization = {id = "abc"}',
        "organization.id",
        '"abc"',
        "o- and 10 to 32 letters and digits",
    ),
    (
        "#TOP",
        'aggregator = "organization"\norganization = {id = "o-abcdefghij", excluded_accounts = ["1"]}',
        "organization.excluded_accounts[0]",
        '"1"',
        "12 digits, in quotes",
    ),
    ("#TOP", 'log_level = "LOUD"', "log_level", '"LOUD"', "TRACE, DEBUG, INFO"),
    ("#TOP", 'log_level = "WARN"', "log_level", '"WARN"', "TRACE, DEBUG, INFO"),
    ('"ew1"', '"EW1"', "environment_suffix", '"EW1"', "lower-case letters and digits"),
    ('"ew1"', '"ew--1"', "environment_suffix", '"ew--1"', "single hyphens between"),
    (
        '"ew1"',
        f'"{"x" * 30}"',
        "environment_suffix",
        f'"{"x" * 30}"',
        "together with environment at most 24 characters",
    ),
    ('environment = "test"', 'environment = "other"', "environment", '"other"', "the name of the file"),
    ('mode = "plan"', 'mode = "fix"', "mode", '"fix"', "off, plan, approve, enforce"),
    ('mode = "plan"', 'mode = ["plan"]', "mode", '["plan"]', "off, plan, approve, enforce"),
    ('mode = "plan"', "mode = {a = 1}", "mode", '{"a": 1}', "off, plan, approve, enforce"),
    ("[state]", '[schedule]\nfirst_evaluation = "0\u0660:15"\n[state]', "schedule", '"0\u0660:15"', '"HH:MM", UTC'),
    ('"terraform-state"', '"192.168.0.1"', "state.bucket", '"192.168.0.1"', "no IP address"),
    ('["ledger"]', '["ledger", "ledger"]', "scope[1]", '"ledger"', "each entry once"),
    ('["ledger"]', '["ledger", "ledger", 7]', "scope[2]", "= 7:", "must be a quoted string; allowed: names of single"),
    ("#KEYS", "severity = 5", "encryption-kms.severity", "= 5:", "quoted string; allowed: CRITICAL, HIGH, MEDIUM, LOW"),
    ("#KEYS", 'exclude = [{reason = "x", tags = {"<" = "x"}}]', "[0].tags.<", '.tags.< = "<":', "not valid in a query"),
    ("scope =", "scop =", "scop", '["ledger"]', "did you mean scope?"),
    (
        "[remediation.s3-bucket-default-encryption-kms]",
        "[remediation.ec2-instance-type-approved]",
        "ec2",
        "",
        "an instance id",
    ),
    ("[remediation.s3-bucket-default-encryption-kms]", "[remediation.rds-storage-encrypted]", "rds", "", "ec2-i"),
    ("[state]", "[schedule]\nfirst_evaluation = 00:15:00\n[state]", "schedule", "= 00:15:00:", '"HH:MM", UTC'),
    ('["ledger"]', '["led*"]', "scope[0]", '"led*"', "an S3 bucket name"),
    ('mode = "plan"\nscope = ["ledger"]', 'mode = "enforce"', "scope", "[]", "at least one name in scope"),
    ("[remediation.s3-", "[remediation.s4-", "remediation.s4-", '"s4-', "s3-bucket-default-encryption-kms"),
    ("#SUMMARY", 'language = "xx"', "summary.language", '"xx"', ", ".join(LANGUAGES)),
    ("#SUMMARY", 'langauge = "de"', "summary.langauge", '"de"', "did you mean language?"),
    ("readers = [", "readers = []#", "summary.readers", "= []:", "at least one entry"),
    ("[state]", "[deadline_days]\nhigh = 0\n[state]", "deadline_days.high", "= 0:", "1 to 365 days"),
    ("[state]", '[deadline_days]\nhigh = "7"\n[state]', "deadline_days.high", '= "7":', "an integer"),
    ("[state]", "[deadline_days]\nhigh = 1\n[state]", "deadline_days.high", "= 1: less than the 2 days", "2 to 365"),
    ("eu-west-1", "eu-wets-1", "home_region", '"eu-wets-1": not an AWS region', "did you mean eu-west-1?"),
    ("[state]", "[deadline_days]\nurgent = 1\n[state]", "deadline_days.urgent", "= 1:", "critical, high, medium, low"),
    ("[state]", '[schedule]\ndaily_score = "24:00"\n[state]', "schedule.daily_score", '"24:00"', '"HH:MM", UTC'),
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


def test_one_account_s_keys_are_refused_for_an_organization(tmp_path: Path) -> None:
    organization = ("#TOP", 'aggregator = "organization"\norganization = {id = "o-abcdefghij"}')
    [line] = problems(file(tmp_path, organization, ("#KEYS", 'keys = "account"')))
    assert 'encryption-kms.keys = "account": applies to one account' in line and "any, customer, or a list" in line


KEY = '"arn:aws:kms:{}:111122223333:{}"'


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ([("us-east-1", "alias/bank"), ("eu-west-1", "alias/bank"), ("eu-north-1", "alias/bank")], "keys[0]"),
        ([("eu-west-1", "alias/bank")], "encryption-kms.keys: no key in eu-north-1; allowed: at least one in each"),
    ],
)
def test_keys_are_of_the_monitored_regions_and_of_each(tmp_path: Path, keys: list[Any], words: str) -> None:
    regions = ("#TOP", 'monitored_regions = ["eu-west-1", "eu-north-1"]')
    listed = ", ".join(KEY.format(*each) for each in keys)
    [line] = problems(file(tmp_path, regions, ("#KEYS", f"keys = [{listed}]")))
    assert words in line


def test_the_key_of_s3_is_one_of_every_region(tmp_path: Path) -> None:
    regions = ("#TOP", 'monitored_regions = ["eu-west-1", "eu-north-1"]')
    assert load(file(tmp_path, regions, ("#KEYS", f"keys = [{KEY.format('eu-west-1', 'alias/aws/s3')}]")))


ALONE = [
    ('approved_instance_types = ["m7i.large"]', "enabled = false"),
    ("minimum_days = 7", "enabled = false"),
    ("#KEYS", "enabled = false"),
    ('mode = "plan"\nscope = ["ledger"]', 'mode = "off"'),
]
ACCOUNT = '[managed_rules.alone]\nidentifier = "{0}"\nseverity = "LOW"\ncategory = "identity"\n[state]'


def test_a_recorder_that_would_record_nothing_is_refused(tmp_path: Path) -> None:
    rule = ("[state]", ACCOUNT.format("EC2_EBS_ENCRYPTION_BY_DEFAULT"))
    [line] = problems(file(tmp_path, *ALONE, rule))
    assert "also_record = []: the rules of eu-west-1 need no recorded type" in line
    assert load(file(tmp_path, *ALONE, rule, ("#TOP", 'also_record = ["AWS::EC2::SecurityGroup"]')))
    assert load(file(tmp_path, *ALONE, rule, ("#TOP", 'recorder = "existing"')))


def test_a_region_without_any_rule_is_refused(tmp_path: Path) -> None:
    regions = ("#TOP", 'monitored_regions = ["eu-west-1", "eu-north-1"]\nalso_record = ["AWS::EC2::SecurityGroup"]')
    [line] = problems(file(tmp_path, *ALONE, regions, ("[state]", ACCOUNT.format("ROOT_ACCOUNT_MFA_ENABLED"))))
    assert 'monitored_regions[1] = "eu-north-1": no rule is evaluated there' in line


def test_the_account_itself_cannot_be_excluded(tmp_path: Path) -> None:
    organization = 'organization = {id = "o-abcdefghij", excluded_accounts = ["111122223333"]}'
    [line] = problems(file(tmp_path, ("#TOP", f'aggregator = "organization"\n{organization}')))
    assert "organization.excluded_accounts[0]" in line and "always monitored" in line
