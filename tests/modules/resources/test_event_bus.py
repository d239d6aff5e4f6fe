from modules.resources.event_bus import Bus, default_arn
from tests.support.workbench import Workbench, statements


def test_no_one_but_the_granted_functions_puts_events(workbench: Workbench) -> None:
    bus = Bus(workbench.stack, "bus", deployment=workbench.deployment)
    deny = statements(workbench.one("aws_cloudwatch_event_bus_policy")["policy"])["DenyEventsOfOthers"]
    assert "Condition" not in deny, "without a granted function, every principal is denied"
    bus.grant_put(workbench.function)
    deny = statements(workbench.one("aws_cloudwatch_event_bus_policy")["policy"])["DenyEventsOfOthers"]
    role = "arn:aws:iam::111122223333:role/tidy-dev-ew1"
    assert deny["Condition"] == {"ArnNotEquals": {"aws:PrincipalArn": [role]}}
    put = workbench.granted()["PutEvents"]
    assert put["Condition"]["Null"] == {"events:source": "false"}, "a call without a source is denied"


def test_the_default_bus_is_the_home_region_s(workbench: Workbench) -> None:
    assert default_arn(workbench.deployment) == "arn:aws:events:eu-west-1:111122223333:event-bus/default"
