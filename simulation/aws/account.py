"""The simulated account: services, clock and deployed resources."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import boto3
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends

from settings.recording import CONFIG
from simulation.aws import moto_patches as patches
from simulation.aws import queues
from simulation.aws import rds as databases
from simulation.aws.alarms import Alarms, State
from simulation.aws.clock import Clock
from simulation.aws.config.inventory import live_items
from simulation.aws.config.service import ConfigService, Inventory
from simulation.aws.event_delivery import Delivery, NoSuchScheduleError
from simulation.aws.iam import administrators
from simulation.aws.iam.authorize import IamEnforcer
from simulation.aws.iam.directory import Directory
from simulation.aws.lambda_runtime import Functions, Invocation
from simulation.aws.mailbox import MailBox
from simulation.aws.mocked import mocked
from simulation.aws.notices import Notice, refused
from simulation.aws.organization import Organization
from simulation.aws.polling import Polling
from simulation.aws.schedules import next_after
from simulation.aws.sessions import Kept
from simulation.aws.telemetry import Telemetry
from simulation.terraform.apply import Choose, Deployment

# Counting long queues after each of many invocations would take longer than the invocations.
A_SECOND = timedelta(seconds=1)


class SimulatedAccount:
    """One AWS account with its home `region`; a context manager, outside of which nothing is simulated."""

    def __init__(
        self,
        account: str,
        region: str,
        start: datetime,
        inventory: Inventory | None = None,
        organization: Organization | None = None,
    ) -> None:
        self.account = account
        self.region = region
        self.start = start
        self.clock = Clock(start)
        self.guardian = IamEnforcer(account, region)
        self.functions = Functions(account, region, self.clock, self.guardian)
        self.polling = Polling(account, region, self.clock, self.functions, self.guardian)
        self.delivery = Delivery(account, region, self.clock, self.functions, self.guardian)
        items = inventory or partial(live_items, account)
        self.config = ConfigService(account, self.clock, items, self.delivery.put)
        self.mailbox = MailBox(self.clock)
        self.notices: list[Notice] = []
        self._notified: set[str] = set()
        self.organization = organization or Organization("", {})
        self.organization.join(account, region, self.clock, self.delivery.receive)
        self.deployment = Deployment(account, region, organization)
        self.invocations: list[Invocation] = []
        self._scheduled_until: datetime | None = None
        self._depths: dict[str, list[tuple[datetime, float]]] = defaultdict(list)
        self._oldest: dict[str, list[tuple[datetime, datetime | None]]] = defaultdict(list)
        self._sampled_at = start
        self._mail_times: dict[str, list[datetime]] = defaultdict(list)
        self._clients: dict[tuple[str, str], Any] = Kept()
        self._stack = ExitStack()

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "_stack"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state, _stack=ExitStack())

    def __enter__(self) -> Self:
        self._stack.enter_context(mocked(self.account, self.region, administrators.watch))
        # Every account that has used AWS Config has this role; PutConfigurationRecorder requires it.
        self.client("iam").create_service_linked_role(AWSServiceName=CONFIG)
        members = self.organization.accounts
        patches.apply(self._stack, self.config, members, self.mailbox, self.delivery.put, self.delivery.invoke)
        queues.apply(self._stack, self.clock)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    @property
    def regions(self) -> list[str]:
        """The regions with deployed rules."""
        return sorted({str(rule["region"]) for rule in self.deployment.attributes("aws_config_config_rule")})

    def client(self, service: Any, region: str | None = None) -> Any:
        """Returns an administrator's client; only the policies of buckets and event buses apply to its calls."""
        key = (service, region or self.region)
        if key not in self._clients:
            self._clients[key] = boto3.client(*key)
        return self._clients[key]

    def deploy(self, stack: Path) -> int:
        """Applies a synthesized stack (the folder of cdk.tf.json); returns the number of changed resources."""
        return self.deployment.apply(stack)

    def destroy(self, choose: Choose | None = None) -> int:
        """Destroys the deployed stack; returns the number of its resources."""
        return self.deployment.destroy(choose) if choose else self.deployment.destroy()

    def record(self) -> list[Invocation]:
        """Records the current resources, and runs the resulting invocations."""
        for region in self.regions:
            for account in self._accounts():
                account.record(region)
        self._evaluate_periodic()
        return self.settle()

    def maintain(self) -> list[str]:
        """Runs the databases' maintenance windows; returns the names of those with pending changes."""
        return databases.maintain(self.account)

    def fire(self, rule_name: str) -> list[Invocation]:
        """Runs a schedule, and the resulting invocations."""
        self.delivery.fire(rule_name)
        return self.settle()

    def run_until(self, moment: datetime, skip: Collection[str] = ()) -> list[Invocation]:
        """Advances the clock and runs every due schedule except those to `skip`; returns the invocations.

        A schedule that is due while functions still run starts late, with its planned time in the event.
        """
        schedules = self._schedules()
        if unknown := sorted(set(skip) - schedules.keys()):
            raise NoSuchScheduleError(f"no enabled rule {unknown[0]} with a schedule in {self.region}")
        since = self._scheduled_until or self.clock.now()
        invocations: list[Invocation] = []
        for planned, name in _due(schedules, since, moment):
            self._wait_until(planned)
            self._evaluate_periodic()
            if name not in skip:
                self.delivery.fire(name, planned)
                invocations += self.settle()
        self._wait_until(moment)
        self._scheduled_until = max(since, moment)
        return invocations

    def settle(self) -> list[Invocation]:
        """Runs functions until no events or messages are left; returns the invocations."""
        settled = []
        for invocation in self._invocations():
            settled.append(invocation)
            self._record_mail_times(invocation.at[-1])
            if self.clock.look() - self._sampled_at >= A_SECOND:
                self._sample_queues()
        self.invocations += settled
        self._sample_queues()
        return settled

    def _invocations(self) -> Iterator[Invocation]:
        """Yields each invocation of a waiting event or a queue's batch, until none is left."""
        yield from self.delivery.run()
        while (invocation := self.polling.next()) is not None:
            yield invocation
            yield from self.delivery.run()

    def _accounts(self) -> list[ConfigService]:
        return [self.config, *self.organization.accounts.values()]

    def _evaluate_periodic(self) -> None:
        """Evaluates the periodic rules that are due."""
        for region in self.regions:
            for account in self._accounts():
                account.evaluate_periodic(region)

    def telemetry(self) -> Telemetry:
        """Returns CloudWatch's current telemetry."""
        return Telemetry.of(self.invocations, self._depths, self.clock.now(), self._oldest)

    def alarms(self, at: datetime | None = None) -> dict[str, State]:
        """Returns the state of every deployed alarm, now or at an earlier moment."""
        deployed = self.deployment.attributes("aws_cloudwatch_metric_alarm")
        return Alarms(deployed, self.telemetry()).states(at or self.clock.now())

    def notify(self) -> list[Notice]:
        """Sends notifications for alarms that changed to ALARM since the last call; returns delivered and lost ones."""
        in_alarm = {name for name, state in self.alarms().items() if state == State.ALARM}
        sent = []
        for alarm in self.deployment.attributes("aws_cloudwatch_metric_alarm"):
            if alarm["alarm_name"] in in_alarm - self._notified:
                sent += [self._send(alarm, topic) for topic in alarm["alarm_actions"]]
        self._notified = in_alarm
        self.notices += sent
        self._record_mail_times(self.clock.look())
        return sent

    def _send(self, alarm: Mapping[str, Any], topic: str) -> Notice:
        name = str(alarm["alarm_name"])
        lost = refused(Directory(self.account), alarm["arn"], topic)
        if lost is None:
            message = json.dumps({"AlarmName": name, "NewStateValue": State.ALARM})
            sns_backends[self.account][self.region].topics[topic].publish(message, f"{State.ALARM}: {name}")
        return Notice(name, topic, lost)

    def published(self, topic_arn: str) -> list[dict[str, Any]]:
        """Returns the messages of a topic, oldest first: {"subject", "message", "at"}."""
        moments = self._mail_times[topic_arn]
        sent = sns_backends[self.account][self.region].topics[topic_arn].sent_notifications
        return [{"subject": each[2], "message": each[1], "at": at} for each, at in zip(sent, moments, strict=True)]

    def _record_mail_times(self, at: datetime) -> None:
        for arn, topic in sns_backends[self.account][self.region].topics.items():
            self._mail_times[arn] += [at] * (len(topic.sent_notifications) - len(self._mail_times[arn]))

    def _sample_queues(self) -> None:
        self._sampled_at = self.clock.look()
        for name, queue in sqs_backends[self.account][self.region].queues.items():
            self._depths[name].append((self.clock.now(), queue.approximate_number_of_messages))
            sent = [datetime.fromtimestamp(int(each.sent_timestamp or 0) / 1000, UTC) for each in queue._messages]
            self._oldest[name].append((self.clock.look(), min(sent, default=None)))

    def _wait_until(self, moment: datetime) -> None:
        """Advances the clock to a moment; does nothing if it is past."""
        self.clock.advance(max(timedelta(), moment - self.clock.now()))

    def _schedules(self) -> dict[str, str]:
        """Returns the enabled schedules: expressions by the names of their EventBridge rules."""
        pages = self.client("events").get_paginator("list_rules").paginate()
        rules = [rule for page in pages for rule in page["Rules"] if rule["State"] == "ENABLED"]
        return {rule["Name"]: rule["ScheduleExpression"] for rule in rules if rule.get("ScheduleExpression")}


def _due(schedules: dict[str, str], since: datetime, until: datetime) -> list[tuple[datetime, str]]:
    """Returns the due times of each schedule in order, after `since` and up to and including `until`."""
    due = []
    for name, expression in schedules.items():
        moment = next_after(expression, since)
        while moment <= until:
            due.append((moment, name))
            moment = next_after(expression, moment)
    return sorted(due)
