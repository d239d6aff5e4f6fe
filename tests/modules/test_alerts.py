from handlers.common.model.rule import Severity
from modules.alerts import Alerts
from tests.support.workbench import Workbench


def test_each_severity_has_a_topic_and_readers_of_its_own(workbench: Workbench) -> None:
    readers = {severity: [f"{severity.lower()}@example.com"] for severity in Severity}
    alerts = Alerts(workbench.stack, "alerts", deployment=workbench.deployment, key=workbench.key, readers=readers)
    names = {each["name"] for each in workbench.all("aws_sns_topic")}
    assert names == {f"alerts-{severity.lower()}-dev-ew1" for severity in Severity}
    endpoints = {each["endpoint"] for each in workbench.all("aws_sns_topic_subscription")}
    assert endpoints == {address for addresses in readers.values() for address in addresses}
    assert list(alerts.arns([Severity.HIGH, Severity.HIGH])) == ["HIGH"]
