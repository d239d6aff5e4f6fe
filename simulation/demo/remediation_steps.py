"""The demo's remediation steps: plan, enforce, approve, limit, roll back, and verify the audit trail."""

import argparse
import io
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import boto3

from handlers.common.model.events import COMPLIANT, NON_COMPLIANT
from handlers.common.model.outcome import Outcome
from handlers.common.runtime import clients, clock
from handlers.common.stores.report_bucket import AUDIT, SCORES, record_key
from operate.commands import approve, rollback, verify_audit
from simulation.demo import estate, own_rules
from simulation.demo import settings_changes as changes
from simulation.demo.estate import Estate
from simulation.demo.session import OPERATIONS, Demo, UnexpectedError, expect
from simulation.demo.site.words import count as amount

Record = dict[str, Any]

ROLE = "AWSReservedSSO_Operators_0123456789abcdef"
OPERATOR, APPROVER = "operator@example.com", "approver@example.com"
"""Sessions of IAM Identity Center, which have the user's name."""


def planned(demo: Demo) -> None:
    """Shows the plans for resources in scope, and checks that others have no record."""
    for bucket in changes.buckets(demo.settings):
        expect(_last(demo, own_rules.S3, bucket), Outcome.WOULD_REMEDIATE, f"plan for {bucket}")
    expect(_last(demo, own_rules.RDS, _database()), Outcome.WOULD_REMEDIATE, "plan for a database")
    outside = f"legacy-dumps-{demo.settings.environment}"
    expect([each for each in _records(demo) if each["what"].get("name") == outside], [], f"records of {outside}")
    shown = _show(demo, Outcome.WOULD_REMEDIATE)
    demo.screen.say(f"{amount(shown, 'remediation')} planned, nothing changed")


def waived(demo: Demo) -> None:
    """Shows that a waived finding is not remediated, with the waiver's end and approver."""
    bucket = changes.waived_bucket(demo.settings)
    [record] = [each for each in _records(demo) if each["kind"] == "WAIVER_APPLIED"]
    expect(record["what"]["resource_id"], bucket, "waived resource")
    expect(_last(demo, own_rules.S3, bucket), Outcome.WAIVED, f"remediation of {bucket}")
    demo.screen.say(f"waived: {bucket} until {record['why']['end']}, by {record['who']['approver']}")


def enforced(demo: Demo, made: Estate) -> None:
    """Shows that buckets in scope are fixed, and remediated once AWS Config evaluates them as compliant."""
    before = demo.count_alerts("RESOLVED")
    demo.fire("remediate-s3-encryption")
    scope = changes.buckets(demo.settings)
    for bucket in scope:
        expect(_last(demo, own_rules.S3, bucket), Outcome.APPLIED, f"remediation of {bucket}")
    demo.record()
    for bucket in scope:
        expect(_last(demo, own_rules.S3, bucket), Outcome.REMEDIATED, f"remediation of {bucket}")
        made.expect(own_rules.S3, bucket, COMPLIANT)
    expect(demo.count_alerts("RESOLVED"), before + len(scope), "findings resolved")
    _show(demo, Outcome.REMEDIATED)
    demo.screen.say(f"mode enforce: {amount(len(scope), 'bucket')} encrypted with KMS, and evaluated as compliant")
    demo.show_mails("RESOLVED")


def approved(demo: Demo, made: Estate) -> None:
    """Shows that the database is changed only after its plan is approved, with the operator's command."""
    demo.fire("remediate-rds-retention")
    expect(_last(demo, own_rules.RDS, _database()), Outcome.AWAITING_APPROVAL, "remediation without an approval")
    demo.show_latest(OPERATIONS)
    plan_id = _plan(demo, _database())
    with _operating(demo, f"python -m operate approve {plan_id}", APPROVER):
        expect(approve.act(demo.settings, _confirmed(plan_id=plan_id)), 0, "approval")
    demo.without_errors(demo.cloud.settle())
    expect(_last(demo, own_rules.RDS, _database()), Outcome.APPLIED, "remediation with an approval")
    demo.record()
    expect(_last(demo, own_rules.RDS, _database()), Outcome.REMEDIATED, "remediation with an approval")
    [identity] = {each["what"]["resource_id"] for each in _of(demo, own_rules.RDS, _database())}
    made.expect(own_rules.RDS, identity, COMPLIANT)
    _show(demo, Outcome.REMEDIATED)
    demo.screen.say("mode approve: 1 database retains backups longer, after approval of its plan")


def limited(demo: Demo, made: Estate) -> None:
    """Shows that a run does nothing if it needs more actions than its limit."""
    demo.fire("remediate-ec2-stop")
    for instance in made.instances:
        expect(_last(demo, own_rules.EC2, instance), Outcome.LIMIT_REACHED, f"remediation of {instance}")
        state = _state(demo, instance)
        expect(state, "running", f"state of {instance}")
    if made.instances:
        needed = amount(len(made.instances), "instance")
        demo.screen.say(f"limit: {needed} to stop, 1 allowed: none stopped; operations notified")
        demo.show_latest(OPERATIONS)


def rolled_back(demo: Demo, made: Estate) -> None:
    """Rolls back one bucket after another person's approval; checks that its finding is reopened and suspended."""
    bucket = changes.buckets(demo.settings)[0]
    action = _plan(demo, bucket)
    before = demo.count_alerts("REOPENED")
    command = f"python -m operate rollback {action}"
    with _operating(demo, command):
        expect(rollback.act(demo.settings, _confirmed(action_id=action, emergency=None)), 1, "unapproved rollback")
    demo.without_errors(demo.cloud.settle())
    expect(_last(demo, own_rules.S3, bucket), Outcome.AWAITING_APPROVAL, f"rollback of {bucket}")
    demo.screen.say("not rolled back: the command saved a plan, which another person has to approve")
    plan_id = _plan(demo, bucket)
    with _operating(demo, f"python -m operate approve {plan_id}", APPROVER):
        expect(approve.act(demo.settings, _confirmed(plan_id=plan_id)), 0, "approval of the rollback")
    with _operating(demo, command):
        expect(rollback.act(demo.settings, _confirmed(action_id=action, emergency=None)), 0, "approved rollback")
    demo.record()
    made.expect(own_rules.S3, bucket, NON_COMPLIANT)
    expect(demo.count_alerts("REOPENED"), before + 1, "findings reopened by a rollback")
    demo.fire("remediate-s3-encryption")
    expect(_last(demo, own_rules.S3, bucket), Outcome.SUSPENDED, f"remediation of {bucket} after its rollback")
    _show(demo, Outcome.SUSPENDED)
    demo.screen.say("rolled back after approval: finding reopened, remediation suspended")


def proved(demo: Demo, output: Path) -> None:
    """Shows that the audit trail is valid, and a tampered copy is not."""
    with _operating(demo, f"python -m operate verify-audit {output}") as printed:
        expect(
            verify_audit.run(argparse.Namespace(place=str(output), head=[], environment=None)),
            0,
            "verification of the trail",
        )
    result = printed.getvalue().splitlines()[-1].partition(", the last")[0]
    expect(result, f"the trail is intact; {amount(len(_records(demo)), 'record')}", "result of the verification")
    demo.screen.say(result)
    number = len(list((output / AUDIT).glob("*.json"))) // 2
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for prefix in (AUDIT, SCORES):
            shutil.copytree(output / prefix, copy / prefix)
        file = copy / record_key(number)
        record = json.loads(file.read_text())
        file.write_text(json.dumps(record | {"who": {"role": "someone else"}}, sort_keys=True))
        with _operating(demo, "python -m operate verify-audit the-copy") as printed:
            expect(
                verify_audit.run(argparse.Namespace(place=folder, head=[], environment=None)),
                1,
                "verification of a tampered copy",
            )
        broken = printed.getvalue().splitlines()[0]
        expect(f"record {number} was changed" in broken, True, f"report of record {number}, which was changed")
        demo.screen.say(broken)


@contextmanager
def _operating(demo: Demo, command: str, who: str = OPERATOR) -> Iterator[io.StringIO]:
    """Runs an operator's command in simulated time, with the credentials of an employee's session."""
    role = f"arn:aws:iam::{demo.settings.account_id}:role/{ROLE}"
    given = demo.cloud.client("sts").assume_role(RoleArn=role, RoleSessionName=who)["Credentials"]
    names = {"AWS_ACCESS_KEY_ID": "AccessKeyId", "AWS_SECRET_ACCESS_KEY": "SecretAccessKey"}
    credentials = {name: given[key] for name, key in {**names, "AWS_SESSION_TOKEN": "SessionToken"}.items()}
    before = clock.use(demo.cloud.clock.now)
    try:
        with mock.patch.dict(os.environ, credentials), mock.patch.object(boto3, "DEFAULT_SESSION", boto3.Session()):
            clients.forget()
            with demo.screen.command(command) as printed:
                yield printed
    finally:
        clients.forget()
        clock.use(before)


def _database() -> str:
    return f"db:{estate.WEAK_DATABASE}"


def _confirmed(**arguments: Any) -> argparse.Namespace:
    return argparse.Namespace(**arguments, yes=True)


def _records(demo: Demo) -> list[Record]:
    return demo.audit_records()


def _of(demo: Demo, rule: str, name: str) -> list[Record]:
    records = [each for each in _records(demo) if each["why"].get("rule") == rule and each["what"].get("name") == name]
    if not records:
        raise UnexpectedError([f"{rule} has no record of {name}"])
    return records


def _last(demo: Demo, rule: str, name: str) -> Outcome:
    """Returns the last outcome of a resource in the trail, by its name in the scope."""
    return Outcome(_of(demo, rule, name)[-1]["what"]["outcome"])


def _plan(demo: Demo, name: str) -> str:
    plan_ids = [
        each["ids"]["plan_id"]
        for each in _records(demo)
        if each["what"].get("name") == name and each["ids"].get("plan_id")
    ]
    return str(plan_ids[-1])


def _show(demo: Demo, *outcomes: Outcome) -> int:
    """Shows the resources whose latest outcome is one of these; returns their number."""
    latest = {each["what"]["name"]: each["what"] for each in _records(demo) if "outcome" in each["what"]}
    rows = [[name, what["outcome"], what["reason"]] for name, what in sorted(latest.items())]
    shown = [row for row in rows if row[1] in outcomes]
    demo.screen.table(["resource", "outcome", "reason"], shown)
    return len(shown)


def _state(demo: Demo, instance: str) -> str:
    [reservation] = demo.cloud.client("ec2").describe_instances(InstanceIds=[instance])["Reservations"]
    return str(reservation["Instances"][0]["State"]["Name"])
