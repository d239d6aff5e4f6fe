"""The CloudWatch dashboard of compliance and of the monitor's health."""

from collections.abc import Mapping, Sequence

from cdktf_cdktf_provider_aws.cloudwatch_dashboard import CloudwatchDashboard
from constructs import Construct

from handlers.common.model.rule import Rule
from modules.dashboard.body import body
from modules.resources.iam import compact
from settings.deployment import Deployment
from settings.resource_names import NameKind


class Dashboard(Construct):
    """The dashboard; `functions` and `queue` are names, `remediating` rule names, `alarms` ARNs. It has no tags."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        deployment: Deployment,
        rules: Mapping[str, Rule],
        regions: Sequence[str],
        functions: Sequence[str],
        remediating: Sequence[str],
        queue: str,
        alarms: Sequence[str],
    ) -> None:
        super().__init__(scope, id)
        content = body(
            deployment,
            rules=rules,
            regions=regions,
            functions=functions,
            remediating=remediating,
            queue=queue,
            alarms=alarms,
        )
        CloudwatchDashboard(
            self,
            "Resource",
            dashboard_name=deployment.name("dashboard", NameKind.DASHBOARD),
            dashboard_body=compact(content),
        )
