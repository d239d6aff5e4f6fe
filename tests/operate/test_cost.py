import json
from pathlib import Path

import pytest

from handlers.common.cost import Usage
from modules.settings import Settings
from operate.__main__ import main
from tests.contracts.resources import Document, of_type

REPORT = Path(__file__).parents[1] / "handlers" / "former" / "report-2.json"


def test_metrics_and_alarms_are_those_that_are_deployed(dev: Settings, documents: dict[str, Document]) -> None:
    rules = dev.catalogue.values()
    usage = Usage(
        results=dict.fromkeys(dev.monitored_regions, 0),
        resources=0,
        rules=len(rules),
        severities=len({rule.severity for rule in rules}),
        categories=len({rule.category for rule in rules}),
        remediations=1,
    )
    assert usage.alarms == len(of_type(documents["dev"], "aws_cloudwatch_metric_alarm"))
    assert usage.functions == len(of_type(documents["dev"], "aws_lambda_function"))
    assert f"{usage.metrics} metrics" in (Path(__file__).parents[2] / "docs" / "dashboard.md").read_text()


def test_prints_lines_total_assumptions_and_what_is_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cost", "dev"]) == 0
    said = capsys.readouterr().out
    assert "Config: six-hourly evaluations" in said
    assert "dev: assumed: 800 resources in 2 regions, 1,000 results of each evaluation" in said
    assert "Not included: S3" in said


def test_fewer_resources_cost_less(capsys: pytest.CaptureFixture[str]) -> None:
    def total(*more: str) -> float:
        assert main(["cost", "dev", *more]) == 0
        [row] = [line for line in capsys.readouterr().out.splitlines() if line.strip().startswith("total")]
        return float(row.split()[-1].replace(",", ""))

    assert total("--resources", "AWS::S3::Bucket=1") < total() < total("--changes", "400")


def test_a_report_tells_the_resources(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from handlers.score.former import current

    file = tmp_path / "report.json"
    file.write_text(json.dumps(current(json.loads(REPORT.read_text()))))
    assert main(["cost", "dev", "--measured", str(file)]) == 0
    assert "dev: the report has" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere"], "there is no such environment; there are: dev, prod"),
        (["dev", "--resources", "AWS::X=1"], "no rule judges 'AWS::X'; allowed: AWS::EC2::Instance"),
        (["dev", "--resources", "AWS::S3::Bucket=-1"], "'-1' is no number of resources"),
        (["dev", "--resources", "AWS::S3::Bucket"], "no rule judges ''"),
        (["dev", "--changes", "-1"], "--changes -1.0: allowed: a number from 0"),
        (["dev", "--changes", "nan"], "--changes nan: allowed: a number from 0"),
        (["dev", "--measured", "nowhere.json"], "nowhere.json: No such file"),
        (["dev", "--measured", str(REPORT)], "is no compliance report of schema 3"),
        (["dev", "--measured", __file__], "is not JSON"),
        (["dev", "--measured", "x", "--resources", "AWS::S3::Bucket=1"], "allowed: one of them"),
    ],
)
def test_bad_input_is_refused_by_name(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cost", *arguments]) == 2
    assert message in capsys.readouterr().err


def test_the_documented_example_is_what_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cost", "dev"]) == 0
    [total] = [line for line in capsys.readouterr().out.splitlines() if line.strip().startswith("total")]
    documented = (Path(__file__).parents[2] / "docs" / "cost.md").read_text()
    assert f"**{total.split()[-1]}**" in documented
