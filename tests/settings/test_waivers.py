"""Waiver files: what is taken, and what is refused in which words."""

import json
from datetime import date
from pathlib import Path

import pytest

from modules.app import synthesize
from settings.errors import SettingsError
from settings.load import load, load_all
from settings.model import Settings
from tests.support.example import file
from tests.support.resources import of_type

WHOLE = """\
environment = "test"
rule = "s3-bucket-default-encryption-kms"
owner = "owner@example.com"
approver = "approver@example.com"
reason = "the supplier's crane reads it"
ticket = "RISK-7"
compensating_measure = "it holds public data only"
start = 2026-03-01
end = 2026-03-31
#TOP
[resource]
region = "eu-west-1"
type = "AWS::S3::Bucket"
id = "ledger"
"""
BY_TAGS = (WHOLE[WHOLE.index("[resource]") :], '[tags]\nsupplier = "crane"\n')


def environment(folder: Path, *changes: tuple[str, str]) -> Path:
    (folder / "environments").mkdir(exist_ok=True)
    return file(folder / "environments", *changes)


def granted(folder: Path, *changes: tuple[str, str], name: str = "crane") -> Path:
    text = WHOLE
    for old, new in changes:
        assert old in text, f"{old!r} is not in the example"
        text = text.replace(old, new)
    (folder / "waivers").mkdir(exist_ok=True)
    path = folder / "waivers" / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    return path


def loaded(folder: Path) -> Settings:
    [settings] = load_all(folder / "environments")
    return settings


def refusals(folder: Path) -> list[str]:
    with pytest.raises(SettingsError) as refused:
        load_all(folder / "environments")
    return str(refused.value).splitlines()


def test_a_waiver_of_a_resource(tmp_path: Path) -> None:
    environment(tmp_path)
    granted(tmp_path)
    [waiver] = loaded(tmp_path).granted
    assert (waiver.id, waiver.rule, waiver.start, waiver.end) == (
        "crane",
        "s3-bucket-default-encryption-kms",
        "2026-03-01",
        "2026-03-31",
    )
    assert waiver.resource is not None
    assert (waiver.resource.account, waiver.resource.resource_id) == ("111122223333", "ledger")


def test_a_waiver_by_tags(tmp_path: Path) -> None:
    environment(tmp_path)
    granted(tmp_path, BY_TAGS)
    [waiver] = loaded(tmp_path).granted
    assert (waiver.resource, waiver.tags) == (None, {"supplier": "crane"})


def test_without_the_folder_nothing_is_waived(tmp_path: Path) -> None:
    environment(tmp_path)
    assert loaded(tmp_path).granted == ()


def test_one_that_has_ended_stays(tmp_path: Path) -> None:
    """Its end has to be reported; and the same files give the same stack on any day."""
    environment(tmp_path)
    granted(tmp_path, ("2026-03-01", "2020-03-01"), ("2026-03-31", "2020-03-31"))
    assert loaded(tmp_path).granted[0].end < date.today().isoformat()


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "reason =",
            "reasons =",
            'reasons = "the supplier\'s crane reads it": unknown key; allowed: did you mean reason?',
        ),
        ('reason = "the supplier\'s crane reads it"\n', "", "reason: missing; allowed: one line of at most 1000"),
        ('"the supplier\'s crane reads it"', '" "', 'reason = " ": empty, too long, or not printable'),
        ('"RISK-7"', '"a\\nb"', "ticket = "),
        (
            '"approver@example.com"',
            '"Owner@example.com"',
            'approver = "Owner@example.com": is the owner; allowed: someone',
        ),
        ('"owner@example.com"', '"nobody"', 'owner = "nobody": not an e-mail address; allowed: name@domain'),
        ("end = 2026-03-31", 'end = "2026-03-31"', "must be a date such as 2026-03-31, without quotes"),
        (
            "end = 2026-03-31",
            "end = 2026-02-28",
            "end = 2026-02-28: before its start; allowed: 2026-03-01 to 2026-08-27",
        ),
        ("start = 2026-03-01", "start = 9999-12-30", "start = 9999-12-30: too far in the future"),
        ("end = 2026-03-31", "end = 2026-08-28", "longer than 180 days (waivers.max_days)"),
        ("s3-bucket-default-encryption-kms", "s3", 'rule = "s3": no such rule in this environment; allowed: ec2-'),
        (
            "[resource]",
            '[tags]\na = "b"\n[resource]',
            "resource: a resource and tags; allowed: either a resource",
        ),
        (BY_TAGS[0], "", "resource: neither a resource nor tags; allowed: either a resource, or tags"),
        (BY_TAGS[0], '[tags]\nsupplier = "crane\'s"\n', "not valid in a query; allowed: 1 to 256 letters"),
        (
            "AWS::S3::Bucket",
            "AWS::S3::Bucke",
            'resource.type = "AWS::S3::Bucke": not evaluated by the rule; allowed: AWS::S3::B',
        ),
        ('"eu-west-1"', '"eu-north-1"', 'resource.region = "eu-north-1": not a monitored region; allowed: eu-west-1'),
        ('id = "ledger"', 'id = ""', 'resource.id = "": empty'),
        ('id = "ledger"', 'id = "arn:aws:s3:::ledger"', "in AWS Config; allowed: the bucket's name"),
        (
            'id = "ledger"',
            'id = "ledger"\naccount = "222233334444"',
            "not the monitored account; allowed: 111122223333",
        ),
        ('"test"', '"prod"', 'environment = "prod": no such environment; allowed: test'),
        ('environment = "test"\n', "", "environment: no such environment; allowed: test"),
        ("rule =", "rule", "cannot be read as TOML"),
    ],
)
def test_refusal_names_file_key_value_and_what_is_allowed(tmp_path: Path, old: str, new: str, expected: str) -> None:
    environment(tmp_path)
    path = granted(tmp_path, (old, new))
    lines = refusals(tmp_path)
    assert any(line.startswith(f"{path}: ") and expected in line for line in lines), lines


@pytest.mark.parametrize("name", ["Crane", "crane_1", "-crane", "x" * 65, "excluded-crane"])
def test_a_name_that_is_none_is_refused(tmp_path: Path, name: str) -> None:
    environment(tmp_path)
    path = granted(tmp_path, name=name)
    [line] = refusals(tmp_path)
    assert line.startswith(f"{path}: is not a valid name of a waiver; allowed: lower-case letters")


def test_all_problems_of_all_files_are_reported_at_once(tmp_path: Path) -> None:
    environment(tmp_path, ("= 7", "= 99"))
    granted(tmp_path, ("RISK-7", ""), ("2026-03-31", "2027-03-31"))
    granted(tmp_path, ('"test"', '"other"'), name="stray")
    assert len(refusals(tmp_path)) == 2, "what the environment's own rules would say waits until it can be read"
    environment(tmp_path)
    assert [line.split("/")[-1].split(": ")[0] for line in refusals(tmp_path)] == ["crane.toml", "stray.toml"]


def test_two_of_the_same_at_one_time_are_refused(tmp_path: Path) -> None:
    environment(tmp_path)
    granted(tmp_path)
    granted(tmp_path, ("2026-03-01", "2026-03-31"), ("end = 2026-03-31", "end = 2026-04-30"), name="lift")
    [line] = refusals(tmp_path)
    assert "lift.toml: start = 2026-03-31: crane.toml is a waiver for the same scope and time" in line
    granted(tmp_path, ("2026-03-01", "2026-04-01"), ("end = 2026-03-31", "end = 2026-04-30"), name="lift")
    assert len(loaded(tmp_path).granted) == 2


def test_a_single_environment_is_loaded_with_its_own(tmp_path: Path) -> None:
    path = environment(tmp_path)
    granted(tmp_path)
    granted(tmp_path, ('"test"', '"other"'), name="stray")
    assert [waiver.id for waiver in load(path).granted] == ["crane"]


def test_digest_knows_of_waivers(tmp_path: Path) -> None:
    path = environment(tmp_path)
    before = load(path).digest
    granted(tmp_path)
    assert load(path).digest != before


def test_longest_is_a_setting(tmp_path: Path) -> None:
    environment(tmp_path, ("#TOP", "[waivers]\nmax_days = 30\n"))
    granted(tmp_path)
    assert "longer than 30 days (waivers.max_days); allowed: 2026-03-01 to 2026-03-30" in refusals(tmp_path)[0]


def test_each_owner_reads_of_their_own_waivers_alone(tmp_path: Path) -> None:
    environment(tmp_path)
    granted(tmp_path)
    granted(tmp_path, BY_TAGS, ("owner@", "Second@"), name="second")
    synthesize([loaded(tmp_path)], tmp_path / "out")
    document = json.loads((tmp_path / "out" / "stacks" / "compliance-test" / "cdk.tf.json").read_text())
    policies = {
        found["endpoint"]: found.get("filter_policy")
        for address, found in of_type(document, "aws_sns_topic_subscription").items()
        if "waiver" in address
    }
    assert policies == {
        "owner@example.com": '{"owner":["owner@example.com"]}',
        "second@example.com": '{"owner":["second@example.com"]}',
    }
    names = {found["function_name"] for found in of_type(document, "aws_lambda_function").values()}
    assert "remind-test-ew1" in names


@pytest.mark.parametrize(
    ("rule", "kind", "id"),
    [
        ("rds-backup-retention-minimum", "AWS::RDS::DBInstance", "orders"),
        ("rds-backup-retention-minimum", "AWS::RDS::DBCluster", "arn:aws:rds:eu-west-1:111122223333:cluster:payments"),
        ("ec2-instance-type-approved", "AWS::EC2::Instance", "web-1"),
    ],
)
def test_a_name_where_config_has_an_id_is_refused(tmp_path: Path, rule: str, kind: str, id: str) -> None:
    environment(tmp_path)
    changes = (("s3-bucket-default-encryption-kms", rule), ("AWS::S3::Bucket", kind), ('"ledger"', f'"{id}"'))
    granted(tmp_path, *changes)
    [line] = refusals(tmp_path)
    assert f'resource.id = "{id}": not the id of an {kind} in AWS Config' in line


@pytest.mark.parametrize("name", ["crane.TOML", "crane.yml", "2026/crane.toml", "crane.toml.bak", "crane"])
def test_a_file_that_is_not_read_is_named(tmp_path: Path, name: str) -> None:
    environment(tmp_path)
    stray = granted(tmp_path).parent / name
    stray.parent.mkdir(exist_ok=True)
    stray.write_text(WHOLE)
    [line] = refusals(tmp_path)
    assert line.startswith(f"{stray}: is ignored; allowed: files NAME.toml in waivers/ itself")


@pytest.mark.parametrize("name", ["README.md", ".gitkeep"])
def test_notes_may_lie_beside_waivers(tmp_path: Path, name: str) -> None:
    environment(tmp_path)
    (granted(tmp_path).parent / name).write_text("words")
    assert load_all(tmp_path / "environments")
