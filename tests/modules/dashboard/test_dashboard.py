import json
from typing import Any

import cdktf

from modules.dashboard import Dashboard
from modules.dashboard.body import body
from modules.resources.iam import compact
from settings.model import Settings


def known(settings: Settings) -> dict[str, Any]:
    return {"rules": settings.catalogue, "regions": settings.monitored_regions}


def synthesized(settings: Settings, given: dict[str, Any]) -> Any:
    stack = cdktf.TerraformStack(cdktf.Testing.app(), "stack")
    Dashboard(stack, "dashboard", deployment=settings.deployment, **known(settings), **given)
    [dashboard] = json.loads(cdktf.Testing.synth(stack))["resource"]["aws_cloudwatch_dashboard"].values()
    return dashboard


def test_the_deployed_dashboard_is_the_body_under_the_environment_s_name(dev: Settings) -> None:
    given = {"functions": ["report-dev-ew1"], "remediating": [], "queue": "failures", "alarms": ["arn:one"]}
    dashboard = synthesized(dev, given)
    assert dashboard["dashboard_name"] == "dashboard-dev-ew1"
    assert dashboard["dashboard_body"] == compact(body(dev.deployment, **known(dev), **given))
    assert "tags" not in dashboard


def test_arns_that_only_terraform_knows_come_through(dev: Settings) -> None:
    arn = "${aws_cloudwatch_metric_alarm.report_silent.arn}"
    dashboard = synthesized(dev, {"functions": ["f"], "remediating": [], "queue": "failures", "alarms": [arn]})
    [widget] = [each for each in json.loads(dashboard["dashboard_body"])["widgets"] if each["type"] == "alarm"]
    assert widget["properties"]["alarms"] == [arn]
