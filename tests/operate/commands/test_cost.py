import json
from pathlib import Path

import pytest

from handlers.common.stores.report_bucket import REPORT_SCHEMA
from operate.__main__ import main
from operate.commands import cost
from operate.commands.cost import assumed, usage
from settings.load import load
from settings.model import Settings
from tests.support.example import file as example
from tests.support.example import with_three_rules
from tests.support.resources import Document, of_type

RECORDERS = 'recorder = {eu-west-1 = "create", eu-central-1 = "existing"}'
ORGANIZATION = ("#TOP", 'aggregator = "organization"\norganization = {id = "o-abcdefghij"}')
EVERY_TYPE = """
[managed_rules.tagged]
identifier = "REQUIRED_TAGS"
parameters = {tag1Key = "Owner"}
severity = "LOW"
category = "configuration"
resource_types = ["AWS::EC2::Instance", "AWS::S3::Bucket"]
[managed_rules.root-mfa]
identifier = "ROOT_ACCOUNT_MFA_ENABLED"
severity = "HIGH"
category = "identity"
resource_types = ["AWS::::Account"]
periodic = true
"""

REPORT = Path(__file__).parent / "report.json"
DOCS = Path(__file__).parents[3] / "docs"
SCHEMA = DOCS / "report.schema.json"


def test_metrics_and_alarms_are_those_that_are_deployed(dev: Settings, documents: dict[str, Document]) -> None:
    found = usage(dev, assumed(dev, []))
    assert found.alarms == len(of_type(documents["dev"], "aws_cloudwatch_metric_alarm"))
    assert found.functions == len(of_type(documents["dev"], "aws_lambda_function"))


def test_documented_number_of_metrics_is_that_of_the_example(dev: Settings) -> None:
    given = with_three_rules(dev)
    assert f"{usage(given, assumed(given, [])).metrics} metrics" in (DOCS / "dashboard.md").read_text()


def test_prints_lines_total_assumptions_and_what_is_left_out(dev: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cost", "dev"]) == 0
    said = capsys.readouterr().out
    assert "Config: six-hourly evaluations" in said
    count = usage(dev, assumed(dev, [])).resources
    assert f"in eu-west-1, eu-central-1, {count:,} resources in recorders of the deployment" in said
    assert "assumed: 4 configuration items per resource and month" in said
    assert "Not included: S3" in said


def test_fewer_resources_cost_less(capsys: pytest.CaptureFixture[str]) -> None:
    def total(*more: str) -> float:
        assert main(["cost", "dev", *more]) == 0
        [row] = [line for line in capsys.readouterr().out.splitlines() if line.strip().startswith("total")]
        return float(row.split()[-1].replace(",", ""))

    assert total("--resources", "AWS::S3::Bucket=1") < total() < total("--changes-per-resource", "400")


def test_a_report_has_the_resources(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "report.json"
    file.write_text(REPORT.read_text())
    assert main(["cost", "dev", "--measured", str(file)]) == 0
    said = capsys.readouterr().out
    assert "dev: from the report: 60 results" in said
    assert "60 resources in recorders of the deployment" in said


def test_a_recorder_that_is_not_ours_records_at_no_cost_of_ours(tmp_path: Path) -> None:
    regions = 'monitored_regions = ["eu-west-1", "eu-central-1"]'
    ours = load(example(tmp_path, ("#TOP", regions)))
    one = load(example(tmp_path, ("#TOP", f"{regions}\n{RECORDERS}")))
    none = load(example(tmp_path, ("#TOP", f'{regions}\nrecorder = "existing"')))
    assert [usage(each, assumed(each, [])).resources for each in (ours, one, none)] == [800, 400, 0]
    assert usage(none, assumed(none, [])).results == 800


def test_a_resource_under_two_rules_has_two_results_and_is_recorded_once(tmp_path: Path) -> None:
    settings = load(example(tmp_path, ("#SUMMARY", EVERY_TYPE)))
    found = usage(settings, assumed(settings, ["AWS::EC2::Instance=7", "AWS::S3::Bucket=20"]))
    # 7 instances, 20 buckets, 100 RDS instances and 100 clusters; 27 more results for tags, one for the account.
    assert found.resources == 227
    assert found.results == 255


def test_a_periodic_rule_is_evaluated_on_its_schedule_only(tmp_path: Path) -> None:
    settings = load(example(tmp_path, ("#SUMMARY", EVERY_TYPE)))
    found = usage(settings, assumed(settings, []))
    assert sum(found.periodic_results.values()) == found.results
    assert sum(found.changed_results.values()) == found.results - 1


def test_other_accounts_have_change_triggered_evaluations_only_and_recorded_by_others(tmp_path: Path) -> None:
    settings = load(example(tmp_path, ORGANIZATION))
    report = assumed(settings, ["AWS::S3::Bucket=10"])
    [row] = [each for each in report["rules"] if each["rule"].startswith("s3-")]
    row["places"].append({"account": "444455556666", "region": "eu-west-1", "evaluated": 90, "discovered": 90})
    found = usage(settings, {"rules": [row]})
    assert (dict(found.periodic_results), dict(found.changed_results)) == ({"eu-west-1": 10}, {"eu-west-1": 100})
    assert (found.results, found.resources) == (100, 10)


@pytest.mark.parametrize(
    "lacking",
    [
        [],
        {"rules": 3},
        {"rules": [{"rule": "a"}]},
        {"rules": [{"rule": "a", "places": [{}]}]},
        {"rules": [{"rule": "a", "places": [{"account": "1", "region": [], "evaluated": 1, "discovered": 1}]}]},
        {"rules": [{"rule": "a", "places": [{"account": "1", "region": "r", "evaluated": "1", "discovered": 1}]}]},
        {"rules": [{"rule": "a", "places": [{"account": "1", "region": "r", "evaluated": -1, "discovered": 1}]}]},
    ],
)
def test_no_report_is_refused(lacking: object, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "report.json"
    whole = {"schema_version": REPORT_SCHEMA, "account": "111122223333"}
    file.write_text(json.dumps(whole | lacking if isinstance(lacking, dict) else lacking))
    assert main(["cost", "dev", "--measured", str(file)]) == 2
    assert "is not a compliance report of schema 1" in capsys.readouterr().err


def test_another_account_s_report_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cost", "prod", "--measured", str(REPORT)]) == 2
    assert "is for account 111122223333; allowed: a report for 444455556666" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere"], "no such environment; allowed: dev, prod"),
        (["dev", "--resources", "AWS::X=1"], "no rule evaluates 'AWS::X'; allowed: AWS::"),
        (["dev", "--resources", "AWS::S3::Bucket=-1"], "'-1' is not a number of resources"),
        (["dev", "--resources", "AWS::S3::Bucket"], "no rule evaluates ''"),
        (["dev", "--changes-per-resource", "-1"], "--changes-per-resource -1.0: allowed: a number from 0"),
        (["dev", "--changes-per-resource", "nan"], "--changes-per-resource nan: allowed: a number from 0"),
        (["dev", "--measured", "nowhere.json"], "nowhere.json: No such file"),
        (["dev", "--measured", str(SCHEMA)], "is not a compliance report of schema 1"),
        (["dev", "--measured", __file__], "is not JSON"),
        (["dev", "--measured", "x", "--resources", "AWS::S3::Bucket=1"], "allowed: one of them"),
    ],
)
def test_bad_input_is_refused_by_name(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cost", *arguments]) == 2
    assert message in capsys.readouterr().err


def test_the_documented_example_is_what_is_printed(
    dev: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cost, "settings_of", lambda _: with_three_rules(dev))
    assert main(["cost", "dev"]) == 0
    [total] = [line for line in capsys.readouterr().out.splitlines() if line.strip().startswith("total")]
    documented = (DOCS / "cost.md").read_text()
    assert f"**{total.split()[-1]}**" in documented
