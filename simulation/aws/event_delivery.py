"""EventBridge and asynchronous invocation: rules, targets, permissions, retries, and dead-letter queues.

moto does not deliver events to functions, matches disabled rules, and treats a schedule as a pattern that matches all.
"""

import json
import uuid
from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
from moto.awslambda.models import LambdaFunction
from moto.events.models import EventPattern, Rule, events_backends

from handlers.common.runtime.clock import stamp
from handlers.common.runtime.errors import ComplianceMonitorError
from simulation.aws import buses
from simulation.aws.clock import Clock
from simulation.aws.iam.authorize import IamEnforcer
from simulation.aws.iam.directory import Directory
from simulation.aws.iam.policy import Request, decide
from simulation.aws.iam.resource import admits
from simulation.aws.lambda_runtime import Functions, Invocation

EVENTS = "events.amazonaws.com"

# Permissions of a sender on the key of an encrypted queue (Amazon SQS Developer Guide, "Key management").
KEY_USES = ("kms:GenerateDataKey", "kms:Decrypt")

# Lambda waits a minute before the first retry of an asynchronous event and two before the second.
WAITS = (timedelta(minutes=1), timedelta(minutes=2))


class NoSuchScheduleError(ComplianceMonitorError, LookupError):
    """No enabled EventBridge rule with a schedule has this name."""


class Delivery:
    """Routes events to targets, and runs their functions on request."""

    def __init__(self, account: str, region: str, clock: Clock, functions: Functions, guardian: IamEnforcer) -> None:
        self._account = account
        self._region = region
        self._clock = clock
        self._functions = functions
        self._guardian = guardian
        self._waiting: deque[Invocation] = deque()

    def put(self, event: dict[str, Any], bus: str = buses.DEFAULT) -> None:
        """Delivers an event to the targets of every enabled rule of its region's bus with a matching pattern."""
        complete = {
            "version": "0",
            "id": str(uuid.uuid4()),
            "account": self._account,
            "time": stamp(self._clock.now()),
            "region": self._region,
            **event,
        }
        self._match(complete, complete["region"], bus)

    def receive(self, event: dict[str, Any]) -> None:
        """Delivers another account's forwarded event to the targets of the home region's default bus."""
        complete = {"version": "0", "id": str(uuid.uuid4()), "time": stamp(self._clock.now()), **event}
        self._match(complete, self._region, buses.DEFAULT)

    def fire(self, rule_name: str, planned: datetime | None = None) -> None:
        """Delivers a schedule's event to the rule's targets, with the current or the planned time."""
        for rule in self._enabled_rules(self._region):
            if rule.name == rule_name and rule.scheduled_expression:
                time = stamp(self._clock.now()) if planned is None else f"{planned.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
                self._deliver(rule, self._scheduled_event(rule, time))
                return
        raise NoSuchScheduleError(f"no enabled rule {rule_name} with a schedule in {self._region}")

    def invoke(self, function: str, event: dict[str, Any]) -> None:
        """Queues an invocation, as Lambda's Invoke does with the invocation type Event."""
        self._waiting.append(Invocation(self._functions.get(function).function_name, event))

    def run(self) -> Iterator[Invocation]:
        """Runs queued events until none is left; yields each finished invocation."""
        while self._waiting:
            invocation = self._waiting.popleft()
            self._invoke(invocation)
            yield invocation

    def _match(self, event: dict[str, Any], region: str, bus: str) -> None:
        for rule in self._enabled_rules(region, bus):
            if rule.event_pattern.get_pattern() and _matches(rule, event):
                self._deliver(rule, event)

    def _enabled_rules(self, region: str, bus: str = buses.DEFAULT) -> list[Rule]:
        rules = events_backends[self._account][region].event_buses[bus].rules.values()
        return [rule for rule in rules if rule.state == "ENABLED"]

    def _scheduled_event(self, rule: Rule, time: str) -> dict[str, Any]:
        return {
            "version": "0",
            "id": str(uuid.uuid4()),
            "detail-type": "Scheduled Event",
            "source": "aws.events",
            "account": self._account,
            "time": time,
            "region": self._region,
            "resources": [rule.arn],
            "detail": {},
        }

    def _deliver(self, rule: Rule, event: dict[str, Any]) -> None:
        for target in rule.targets:
            if ":event-bus/" in target["Arn"]:
                self._forward(target, event)
                continue
            function = self._functions.get(target["Arn"])
            if _allows(function.policy.statements, "lambda:InvokeFunction", target["Arn"], rule.arn, self._account):
                self._waiting.append(Invocation(function.function_name, event))
            else:
                self._send_undelivered(rule, target, event)

    def _forward(self, target: dict[str, Any], event: dict[str, Any]) -> None:
        """Forwards the event to another bus, with the permissions of the target's role."""
        role = target["RoleArn"].split("/")[-1]
        self._guardian.authorize(role, EVENTS, "events:PutEvents", target["Arn"])
        self._match(event, target["Arn"].split(":")[3], buses.named(target["Arn"]))

    def _send_undelivered(self, rule: Rule, target: dict[str, Any], event: dict[str, Any]) -> None:
        queue = target["DeadLetterConfig"]["Arn"]
        sqs = boto3.client("sqs", self._region)
        url = sqs.get_queue_url(QueueName=queue.split(":")[-1])["QueueUrl"]
        stored: Any = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy", "KmsMasterKeyId"])["Attributes"]
        statements = json.loads(stored["Policy"])["Statement"]
        if not _allows(statements, "sqs:SendMessage", queue, rule.arn, self._account):
            raise PermissionError(f"{queue} does not allow EventBridge to send undelivered events of {rule.arn}")
        if key := stored.get("KmsMasterKeyId"):
            self._check_key(queue, key)
        error = {"RULE_ARN": rule.arn, "TARGET_ARN": target["Arn"], "ERROR_CODE": "NO_PERMISSIONS"}
        typed: Any = {name: {"DataType": "String", "StringValue": value} for name, value in error.items()}
        sqs.send_message(QueueUrl=url, MessageBody=json.dumps(event), MessageAttributes=typed)

    def _check_key(self, queue: str, key: str) -> None:
        """Raises PermissionError unless the key policy allows EventBridge without a source (SNS Developer Guide)."""
        for action in KEY_USES:
            request = Request(action, key, {"aws:SecureTransport": "true"})
            decision = admits(Directory(self._account), EVENTS, request)
            if not decision.allowed:
                raise PermissionError(f"{queue}: {EVENTS} may not {action} with {key} {decision.reason}")

    def _invoke(self, invocation: Invocation) -> None:
        function = self._functions.get(invocation.function)
        config = function.event_invoke_config[-1].config
        self._functions.attempt(invocation)
        for wait in WAITS[: config["MaximumRetryAttempts"]]:
            if invocation.error is None:
                return
            self._clock.advance(wait)
            self._functions.attempt(invocation)
        if invocation.error is not None:
            self._send_failed(function, invocation, config["DestinationConfig"]["OnFailure"]["Destination"])

    def _send_failed(self, function: LambdaFunction, invocation: Invocation, queue: str) -> None:
        """Sends a failed event to the on-failure destination with the permissions of the function's role."""
        role = function.role.split("/")[-1]
        self._guardian.authorize(role, function.function_name, "sqs:SendMessage", queue)
        sqs = boto3.client("sqs", self._region)
        url = sqs.get_queue_url(QueueName=queue.split(":")[-1])["QueueUrl"]
        stored: Any = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["KmsMasterKeyId"]).get("Attributes", {})
        self._guardian.authorize_key(role, function.function_name, stored.get("KmsMasterKeyId"), "sqs", *KEY_USES)
        record = {
            "version": "1.0",
            "timestamp": stamp(self._clock.now()),
            "requestContext": {
                "functionArn": f"{function.function_arn}:$LATEST",
                "condition": "RetriesExhausted",
                "approximateInvokeCount": invocation.attempts,
            },
            "requestPayload": invocation.event,
            "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
            "responsePayload": {
                "errorMessage": str(invocation.error),
                "errorType": type(invocation.error).__name__,
            },
        }
        sqs.send_message(QueueUrl=url, MessageBody=json.dumps(record))


def _matches(rule: Rule, event: dict[str, Any]) -> bool:
    untyped: Any = event
    return bool(EventPattern.load(json.dumps(rule.event_pattern.get_pattern())).matches_event(untyped))


def _allows(statements: list[dict[str, Any]], action: str, resource: str, rule_arn: str, account: str) -> bool:
    """Returns whether a resource-based policy allows EventBridge an action on behalf of a rule of this account."""
    for_events = [
        {element: value for element, value in statement.items() if element != "Principal"}
        for statement in statements
        if statement["Principal"] in ("*", {"Service": EVENTS})
    ]
    context = {"aws:SourceArn": rule_arn, "aws:SourceAccount": account, "aws:SecureTransport": "true"}
    return decide([{"Statement": for_events}], Request(action, resource, context)).allowed
