from modules.stores.kill_switch import KillSwitch
from tests.support.workbench import Workbench


def test_a_deployment_never_changes_what_an_operator_has_set(workbench: Workbench) -> None:
    switch = KillSwitch(workbench.stack, "switch", deployment=workbench.deployment)
    switch.grant_read(workbench.function)
    parameter = workbench.one("aws_ssm_parameter")
    assert (parameter["name"], parameter["type"], parameter["value"]) == (switch.name, "String", "running")
    assert parameter["lifecycle"] == {"ignore_changes": ["value"]}
    assert workbench.granted()["ReadSwitch"]["Action"] == ["ssm:GetParameter"]
