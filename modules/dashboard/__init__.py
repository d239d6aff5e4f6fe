"""One page in CloudWatch that shows the state of compliance, and whether the monitor itself is well."""

from collections.abc import Sequence

from cdktf_cdktf_provider_aws.cloudwatch_dashboard import CloudwatchDashboard
from constructs import Construct

from modules.dashboard.body import body
from modules.names import NameKind
from modules.policy import compact
from modules.settings import Settings


class Dashboard(Construct):
    """The dashboard; `functions` and `queue` are names, `remediating` rules, `alarms` ARNs. It knows no tags."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        settings: Settings,
        functions: Sequence[str],
        remediating: Sequence[str],
        queue: str,
        alarms: Sequence[str],
    ) -> None:
        super().__init__(scope, id)
        shown = body(settings, functions=functions, remediating=remediating, queue=queue, alarms=alarms)
        CloudwatchDashboard(
            self,
            "Resource",
            dashboard_name=settings.name("dashboard", NameKind.DASHBOARD),
            dashboard_body=compact(shown),
        )
