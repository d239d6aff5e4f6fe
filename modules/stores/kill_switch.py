"""The kill switch of all remediations: a parameter that an operator turns, and Terraform leaves as it finds it."""

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.ssm_parameter import SsmParameter
from constructs import Construct

from handlers.common.stores.kill_switch import RUNNING
from modules.resources.lambda_function import Function
from settings.deployment import Deployment
from settings.resource_names import SWITCH, NameKind


class KillSwitch(Construct):
    """Says "running" at first. Example: `KillSwitch(stack, "switch", deployment=deployment)`."""

    def __init__(self, scope: Construct, id: str, *, deployment: Deployment) -> None:
        super().__init__(scope, id)
        self.name = deployment.name(SWITCH, NameKind.SSM_PARAMETER)
        self.resource = SsmParameter(
            self,
            "Resource",
            name=self.name,
            type="String",
            value=RUNNING,
            description="Remediations write only while this says running; python -m operate kill-switch turns it.",
            # What an operator has stopped, a deployment must not start.
            lifecycle=TerraformResourceLifecycle(ignore_changes=["value"]),
        )

    def grant_read(self, function: Function) -> None:
        """Lets a function look whether it may write."""
        why = "looks before every write whether writes are stopped"
        function.grant("ReadSwitch", ["ssm:GetParameter"], [self.resource.arn], why=why)
