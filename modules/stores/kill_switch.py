"""Kill switch of all remediations: an SSM parameter that operators set and Terraform does not change."""

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.ssm_parameter import SsmParameter
from constructs import Construct

from handlers.common.runtime.naming import OPERATE
from handlers.common.stores.kill_switch import RUNNING
from modules.resources.lambda_function import Function
from settings.deployment import Deployment
from settings.resource_names import SWITCH, NameKind


class KillSwitch(Construct):
    """A parameter, initially "running". Example: `KillSwitch(stack, "switch", deployment=deployment)`."""

    def __init__(self, scope: Construct, id: str, *, deployment: Deployment) -> None:
        super().__init__(scope, id)
        self.name = deployment.name(SWITCH, NameKind.SSM_PARAMETER)
        self.resource = SsmParameter(
            self,
            "Resource",
            name=self.name,
            type="String",
            value=RUNNING,
            description=f"Remediations write only if the value is running; {OPERATE} kill-switch sets it.",
            # A deployment must not resume remediations that an operator has stopped.
            lifecycle=TerraformResourceLifecycle(ignore_changes=["value"]),
        )

    def grant_read(self, function: Function) -> None:
        """Grants reading the kill switch."""
        why = "checks the kill switch before every write"
        function.grant("ReadSwitch", ["ssm:GetParameter"], [self.resource.arn], why=why)
