"""Patches of moto's services, each with its reason, for moto 5.2.5, which the project pins."""

import hashlib
import json
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import Any
from unittest import mock

from moto.awslambda.models import LambdaBackend, LambdaFunction
from moto.config.models import ConfigEmptyDictable, ConfigRule, Source
from moto.config.responses import ConfigResponse
from moto.iam.access_control import PermissionResult
from moto.rds.models import DBInstance, RDSBackend
from moto.s3 import notifications
from moto.s3.models import FakeBucket
from moto.sns.models import SNSBackend, Subscription

from simulation.aws import buckets, buses
from simulation.aws import rds as databases
from simulation.aws.buses import Put
from simulation.aws.config import api
from simulation.aws.config.service import ConfigService
from simulation.aws.mailbox import PROTOCOLS, MailBox

RULES_IN_A_REGION = 1_000
"""AWS Config's limit (AWS Config Developer Guide, "Service Limits"); moto has the former limit of 150."""

Invoke = Callable[[str, dict[str, Any]], None]

_publish = Subscription.publish
_source_init = Source.__init__
_function_init = LambdaFunction.__init__
_function_update = LambdaFunction.update_configuration


def _source_init_with_policies(
    self: Any,
    account_id: str,
    region: str,
    owner: str,
    source_identifier: str = "",
    source_details: Any = None,
    custom_policy_details: dict[str, Any] | None = None,
) -> None:
    """Keeps the policy text of a Guard rule; moto rejects the owner CUSTOM_POLICY."""
    if owner != "CUSTOM_POLICY" or custom_policy_details is None:
        _source_init(self, account_id, region, owner, source_identifier, source_details)
        return
    ConfigEmptyDictable.__init__(self, capitalize_start=True, capitalize_arn=False)
    self.owner, self.source_details = owner, None
    self.policy_text = custom_policy_details["PolicyText"]


def _function_init_with_logging(self: Any, account_id: str, spec: dict[str, Any], *more: Any, **named: Any) -> None:
    """Keeps a function's logging configuration, which moto drops."""
    _function_init(self, account_id, spec, *more, **named)
    self.logging_config = spec.get("LoggingConfig", {})


def _function_update_with_logging(self: Any, updates: dict[str, Any]) -> dict[str, Any]:
    self.logging_config = updates.get("LoggingConfig", self.logging_config)
    return _function_update(self, updates)


def _bucket_permission(self: FakeBucket, action: str, resource: str) -> PermissionResult:
    """Skips moto's check, which applies a Deny whose condition is not met: a TLS-only policy would deny every call.

    simulation/aws/iam evaluates bucket policies before a call is sent: authorize.py, administrators.py.
    """
    return PermissionResult.NEUTRAL


def _subscription_publish(mailbox: MailBox) -> Any:
    """Returns a method that delivers e-mails, which moto drops."""

    def publish(self: Subscription, message: str, message_id: str, subject: Any = None, **more: Any) -> None:
        if self.protocol not in PROTOCOLS:
            _publish(self, message, message_id, subject=subject, **more)
            return
        matcher = self._filter_policy_matcher
        if matcher is None or matcher.matches(more.get("message_attributes"), message):
            mailbox.take(self, subject, message)

    return publish


def _list_subscriptions(self: SNSBackend, topic_arn: str, next_token: str | None = None) -> Any:
    """Lists all unconfirmed subscriptions, which share one ARN; moto lists one."""
    subscriptions = self._get_topic_subscriptions(self.get_topic(topic_arn))
    return self._get_values_nexttoken({str(number): each for number, each in enumerate(subscriptions)}, next_token)


def _database_resource_id(self: DBInstance) -> str:
    digest = hashlib.sha256(self.db_instance_identifier.encode()).hexdigest()
    return f"db-{digest[:26].upper()}"


def _object_created(put: Put) -> Callable[..., None]:
    """Returns a function that sends S3's events to the simulated bus; moto delivers them to no function."""

    def send_event(account_id: str, event_name: Any, bucket: Any, key: Any) -> None:
        configured = bucket.notification_configuration
        if configured is None or configured.event_bridge is None or not event_name.startswith("s3:ObjectCreated"):
            return
        detail = {
            "version": "0",
            "bucket": {"name": bucket.name},
            "object": {"key": key.name, "size": key.size, "etag": key.etag.strip('"')},
            "requester": account_id,
            "reason": "PutObject",
        }
        resources = [f"arn:aws:s3:::{bucket.name}"]
        event = {"source": "aws.s3", "detail-type": "Object Created", "resources": resources, "detail": detail}
        put(event, buses.DEFAULT)

    return send_event


def _invoke(invoke: Invoke) -> Any:
    """Returns a method that runs functions in this process; moto would use Docker."""

    def queue(self: Any, name: str, _qualifier: Any, body: Any, headers: Any, _answer: Any) -> bytes:
        if headers.get("X-Amz-Invocation-Type") != "Event":
            raise NotImplementedError("only the invocation type Event is simulated")
        invoke(name, json.loads(body))
        return b""

    return queue


def apply(
    stack: ExitStack,
    service: ConfigService,
    members: Mapping[str, ConfigService],
    mailbox: MailBox,
    put: Put,
    invoke: Invoke,
) -> None:
    """Patches moto until the stack is closed; events go to `put`, and calls of Lambda to `invoke`."""
    stack.enter_context(mock.patch.object(Subscription, "publish", _subscription_publish(mailbox)))
    stack.enter_context(mock.patch.object(SNSBackend, "list_subscriptions_by_topic", _list_subscriptions))
    stack.enter_context(mock.patch.object(LambdaBackend, "invoke", _invoke(invoke)))
    stack.enter_context(mock.patch.object(LambdaFunction, "__init__", _function_init_with_logging))
    stack.enter_context(mock.patch.object(LambdaFunction, "update_configuration", _function_update_with_logging))
    buses.apply(stack, put)
    stack.enter_context(mock.patch.object(notifications, "send_event", _object_created(put)))
    stack.enter_context(mock.patch.object(Source, "__init__", _source_init_with_policies))
    buckets.apply(stack)
    stack.enter_context(mock.patch.object(FakeBucket, "get_permission", _bucket_permission))
    # moto gives every instance the same DbiResourceId, which is Config's resource ID.
    unique = property(_database_resource_id, lambda self, value: None)
    stack.enter_context(mock.patch.object(DBInstance, "dbi_resource_id", unique, create=True))
    deferring = databases.deferring(RDSBackend.modify_db_instance)
    stack.enter_context(mock.patch.object(RDSBackend, "modify_db_instance", deferring))
    stack.enter_context(mock.patch.object(ConfigRule, "MAX_RULES", RULES_IN_A_REGION))
    for name, action in api.actions(service, members).items():
        stack.enter_context(mock.patch.object(ConfigResponse, name, action, create=True))
