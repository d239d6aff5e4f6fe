import json

from modules.aws_config.forwarding import Forwarding, ForwardingRole
from tests.support.workbench import Workbench

HOME = "arn:aws:events:eu-west-1:111122223333:event-bus/default"


def test_changes_and_evaluations_reach_the_home_region_s_bus(workbench: Workbench) -> None:
    role = ForwardingRole(workbench.stack, "role", deployment=workbench.deployment)
    rules = [f"rule-{number}" for number in range(21)]
    Forwarding(workbench.stack, "forwarding", region="eu-central-1", role=role, rules=rules)
    made = sorted(workbench.all("aws_cloudwatch_event_rule"), key=lambda each: each["name"])
    assert [each["name"] for each in made] == [
        "forward-changes-2-dev-ew1",
        "forward-changes-dev-ew1",
        "forward-evaluations-dev-ew1",
    ]
    assert {each["region"] for each in made} == {"eu-central-1"}
    names = [name for each in made[:2] for name in json.loads(each["event_pattern"])["detail"]["configRuleName"]]
    assert sorted(names) == sorted(f"{rule}-dev-ew1" for rule in rules)
    targets = workbench.all("aws_cloudwatch_event_target")
    assert {each["arn"] for each in targets} == {HOME} and all(each["role_arn"] for each in targets)
    assert workbench.granted()["PutEvents"]["Resource"] == [HOME]
