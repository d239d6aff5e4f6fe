"""Lambda function with its role, log group, alarms and dead-letter queue."""

from collections.abc import Sequence
from dataclasses import dataclass

from cdktf import AssetType, TerraformAsset, TerraformResource
from cdktf_cdktf_provider_aws.cloudwatch_log_group import CloudwatchLogGroup
from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.lambda_function import (
    LambdaFunction,
    LambdaFunctionEnvironment,
    LambdaFunctionEphemeralStorage,
    LambdaFunctionLoggingConfig,
)
from cdktf_cdktf_provider_aws.lambda_function_event_invoke_config import (
    LambdaFunctionEventInvokeConfig,
    LambdaFunctionEventInvokeConfigDestinationConfig,
    LambdaFunctionEventInvokeConfigDestinationConfigOnFailure,
)
from constructs import Construct

from handlers.common.runtime.batches import chunks
from handlers.common.runtime.environment import FunctionEnvironment
from modules.resources import iam as policy
from modules.resources.cloudwatch import Alarms, WatchedMetric
from modules.resources.iam import Conditions
from modules.resources.kms import EncryptionKey
from modules.resources.lambda_archive import Code, bundle
from modules.resources.role_policy import ManagedRolePolicy, RolePolicy
from modules.resources.sns import Topic
from modules.resources.sqs import DeadLetterQueue
from settings.deployment import Deployment
from settings.resource_names import NameKind
from settings.size_limits import rules_per_policy

RUNTIME = "python3.13"
ARCHITECTURE = "arm64"
LOG_RETENTION_DAYS = 7
RETRIES = 2
MIN_DISK_MB = 512
MAX_EVENT_AGE_SECONDS = 6 * 60 * 60

# The quota is 4 KB for all environment variables (Lambda quotas); ARNs are longer than the tokens for them.
VARIABLES_LIMIT = 3_000


@dataclass(frozen=True, kw_only=True)
class FunctionContext:
    """Names, key, dead-letter queue and alarm topic that the functions of a deployment share."""

    deployment: Deployment
    key: EncryptionKey
    dead_letter_queue: DeadLetterQueue
    operations: Topic
    log_level: str = "INFO"

    @property
    def alarms(self) -> Alarms:
        """The alarms, which notify the operations topic."""
        return Alarms(self.deployment, self.operations)


class Function(Construct):
    """A function with its code and `environment`; its physical name is derived from its construct id.

    A function that `is_polled` is invoked by SQS queues only, which deliver the messages of failed invocations again.

    Example: `Function(stack, "tidy", context=context, code=Code("handlers.tidy.app.handler", ("handlers",),
    root=here), environment=TidyEnvironment(...), timeout_seconds=60, memory_mb=256)`.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        context: FunctionContext,
        code: Code,
        environment: FunctionEnvironment,
        timeout_seconds: int,
        memory_mb: int,
        disk_mb: int = MIN_DISK_MB,
        is_polled: bool = False,
    ) -> None:
        super().__init__(scope, id)
        deployment, key, dead_letter_queue = context.deployment, context.key, context.dead_letter_queue
        self._deployment = deployment
        self.name = deployment.name(id, NameKind.LAMBDA_FUNCTION)
        self.timeout_seconds = timeout_seconds
        self.role = IamRole(self, "role", name=self.name, assume_role_policy=policy.trust("lambda.amazonaws.com"))
        self._key_permissions: set[tuple[str, str]] = set()
        self._dependencies: list[str] = []
        archive = bundle(self.name, code)
        asset = TerraformAsset(
            self, "code", path=str(archive.path), type=AssetType.FILE, asset_hash=archive.sha256.hex()
        )
        log_group = CloudwatchLogGroup(
            self, "logs", name=f"/aws/lambda/{self.name}", retention_in_days=LOG_RETENTION_DAYS, kms_key_id=key.arn
        )
        self.resource = LambdaFunction(
            self,
            "Resource",
            function_name=self.name,
            role=self.role.arn,
            runtime=RUNTIME,
            architectures=[ARCHITECTURE],
            handler=code.entry,
            filename=asset.path,
            source_code_hash=archive.source_code_hash,
            timeout=timeout_seconds,
            memory_size=memory_mb,
            ephemeral_storage=LambdaFunctionEphemeralStorage(size=disk_mb),
            kms_key_arn=key.arn,
            environment=LambdaFunctionEnvironment(variables=_validated(self.name, environment.to_variables())),
            logging_config=LambdaFunctionLoggingConfig(
                log_format="JSON",
                application_log_level=context.log_level,
                system_log_level="INFO",
                log_group=log_group.name,
            ),
        )
        self._depend_on(log_group)
        streams = ["logs:CreateLogStream", "logs:PutLogEvents"]
        self.grant("WriteLogs", streams, [f"{log_group.arn}:*"], why="writes logs and the metrics in them")
        why = "Lambda decrypts the environment variables before the code runs"
        self.grant_key(key, "ReadVariables", ["kms:Decrypt"], via="lambda", why=why)
        if not is_polled:
            dead_letter_queue.grant_send(self)
            self._send_failures_to(dead_letter_queue)
        consequence = (
            "its messages are delivered again"
            if is_polled
            else f"it is retried, then its event is sent to {dead_letter_queue.name}"
        )
        for metric, description in (
            ("Errors", f"An invocation of {self.name} failed: {consequence}."),
            ("Throttles", f"An invocation of {self.name} was throttled: the account's concurrency limit is reached."),
        ):
            watched = WatchedMetric("AWS/Lambda", metric, {"FunctionName": self.name}, "Sum")
            context.alarms.when_above_zero(self, metric.lower(), f"{id}-{metric.lower()}", description, watched)

    def grant(
        self,
        sid: str,
        actions: Sequence[str],
        resources: Sequence[str],
        conditions: Conditions | None = None,
        *,
        why: str,
    ) -> None:
        """Grants the function's role one named permission, created before the function."""
        statement = policy.allow(sid, actions, resources, conditions=conditions)
        self._depend_on(RolePolicy(self, sid, name=sid, role=self.role, statements=[statement], why=why))

    def grant_rules(self, sid: str, action: str, arns: Sequence[str], *, why: str) -> None:
        """Grants an action on AWS Config rules, in as many policies as their ARNs require."""
        for number, batch in enumerate(chunks(arns, rules_per_policy(self._deployment.partition)), start=1):
            if number == 1:
                self.grant(sid, [action], batch, why=why)
                continue
            further = ManagedRolePolicy(
                self,
                f"{sid}{number}",
                name=self._deployment.name(f"{self.node.id}-rules-{number}", NameKind.IAM_POLICY),
                role=self.role,
                statements=[policy.allow(sid, [action], batch)],
                why=why,
            )
            self._depend_on(further.attachment)

    def grant_key(self, key: EncryptionKey, sid: str, actions: Sequence[str], via: str, *, why: str) -> None:
        """Grants the use of the key by a service on behalf of the function, not by the function itself; idempotent."""
        missing = [action for action in actions if (via, action) not in self._key_permissions]
        self._key_permissions |= {(via, action) for action in missing}
        service = f"{via}.{self._deployment.region}.amazonaws.com"
        if missing:
            self.grant(sid, missing, [key.arn], {"StringEquals": {"kms:ViaService": service}}, why=why)

    def _depend_on(self, resource: TerraformResource) -> None:
        # cdktf ignores node.add_dependency between resources, and depends_on takes an address, not the expression fqn.
        self._dependencies.append(f"{resource.terraform_resource_type}.{resource.friendly_unique_id}")
        self.resource.depends_on = self._dependencies

    def _send_failures_to(self, dead_letter_queue: DeadLetterQueue) -> None:
        destination = LambdaFunctionEventInvokeConfigDestinationConfigOnFailure(destination=dead_letter_queue.arn)
        LambdaFunctionEventInvokeConfig(
            self,
            "failures",
            function_name=self.resource.function_name,
            maximum_retry_attempts=RETRIES,
            maximum_event_age_in_seconds=MAX_EVENT_AGE_SECONDS,
            destination_config=LambdaFunctionEventInvokeConfigDestinationConfig(on_failure=destination),
        )


def _validated(function: str, variables: dict[str, str]) -> dict[str, str]:
    size = sum(len(name) + len(value) for name, value in variables.items())
    if size > VARIABLES_LIMIT:
        longest = max(variables, key=lambda name: len(variables[name]))
        raise ValueError(
            f"{function}: the environment variables have {size} characters, limit {VARIABLES_LIMIT}; the longest is "
            f"{longest}: shorten its list in the settings, such as a remediation's scope"
        )
    return variables
