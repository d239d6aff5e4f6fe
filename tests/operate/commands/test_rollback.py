from typing import Any

import pytest
from botocore.exceptions import ClientError

from handlers.common.model.remediation import Mode
from handlers.common.runtime import clients
from handlers.common.stores import open_cases
from tests.handlers.conftest import StandingClock
from tests.support.killed import kill_while_writing
from tests.support.remediation import OperatorTerminal
from tests.support.remediation_account import EC2, RDS, S3, SWITCH
from tests.support.rollbacks import IN_EMERGENCY, done, rollbacks


def test_what_config_has_called_compliant_is_rolled_back_as_well(desk: OperatorTerminal, time: StandingClock) -> None:
    action = done(desk)
    time.pass_by(60)
    desk.bank.change(compliance="COMPLIANT")
    time.pass_by(60)
    desk.run("rollback", action, *IN_EMERGENCY)
    time.pass_by(60)
    desk.bank.change()
    assert desk.bank.outcomes()[-1] == "REFUSAL SUSPENDED"


def test_an_approval_that_was_used_does_not_bring_it_back(desk: OperatorTerminal, time: StandingClock) -> None:
    desk.bank.configure(mode="approve")
    desk.bank.bucket()
    desk.bank.change()
    action = desk.bank.plan_id()
    desk.bank.approve(action)
    time.pass_by(60)
    desk.run("rollback", action, *IN_EMERGENCY)
    desk.bank.change()
    assert desk.bank.algorithm() != "aws:kms"
    assert desk.bank.outcomes()[-1] == "REFUSAL AWAITING_APPROVAL"


def test_a_resource_that_has_changed_since_is_left_alone(desk: OperatorTerminal) -> None:
    action = done(desk)
    other: Any = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms:dsse"}}
    desk.bank.s3.put_bucket_encryption(Bucket="ledger", ServerSideEncryptionConfiguration={"Rules": [other]})
    assert "has changed since" in desk.run("rollback", action, *IN_EMERGENCY, code=2)
    assert rollbacks(desk) == []


def test_a_bucket_that_receives_logs_since_is_rolled_back_all_the_same(
    desk: OperatorTerminal, time: StandingClock
) -> None:
    action = done(desk)
    desk.bank.let_logs_in("logdelivery.elasticloadbalancing.amazonaws.com")
    time.pass_by(60)
    assert "rolled back;" in desk.run("rollback", action, *IN_EMERGENCY)
    assert desk.bank.algorithm() != "aws:kms"


def test_a_plan_that_no_one_carried_out(desk: OperatorTerminal) -> None:
    desk.bank.configure(mode="plan")
    desk.bank.bucket()
    desk.bank.change()
    assert "no action was made" in desk.run("rollback", desk.bank.plan_id(), *IN_EMERGENCY, code=2)


def test_no_is_no(desk: OperatorTerminal, monkeypatch: pytest.MonkeyPatch) -> None:
    action = done(desk)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda _question: "")
    assert "not rolled back" in desk.run("rollback", action, "--emergency", "incident 4711", code=1)
    assert desk.bank.algorithm() == "aws:kms"


@pytest.mark.parametrize("written", [True, False])
def test_a_command_that_was_cut_off_is_run_again(
    desk: OperatorTerminal, time: StandingClock, monkeypatch: pytest.MonkeyPatch, written: bool
) -> None:
    action = done(desk)
    kill_while_writing(monkeypatch, lambda: desk.run("rollback", action, *IN_EMERGENCY), written=written)
    assert "is in progress" in desk.run("rollback", action, *IN_EMERGENCY, code=2)
    time.pass_by(301)
    desk.bank.change()
    said = desk.run("rollback", action, *IN_EMERGENCY)
    assert ("already rolled back" in said) is written
    assert desk.bank.algorithm() != "aws:kms"
    assert rollbacks(desk)[-1] == "ROLLBACK_OUTCOME ROLLED_BACK"
    assert len(rollbacks(desk)) == (2 if written else 3)


def test_a_refusal_of_aws_is_recorded_and_can_be_tried_again(
    desk: OperatorTerminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    action = done(desk)

    def refused(*_: Any) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "PutBucketEncryption")

    with monkeypatch.context() as patched:
        patched.setattr(clients, "call", refused)
        assert "run this again" in desk.run("rollback", action, *IN_EMERGENCY, code=2)
    assert rollbacks(desk)[-1] == "ROLLBACK_OUTCOME FAILED"
    desk.run("rollback", action, *IN_EMERGENCY)
    assert rollbacks(desk)[-1] == "ROLLBACK_OUTCOME ROLLED_BACK"


def test_a_database_once_aws_has_applied_it(desk: OperatorTerminal, time: StandingClock) -> None:
    desk.bank.configure(RDS, scope=("db:orders",))
    desk.configure(Mode.ENFORCE, RDS)
    desk.bank.change(desk.bank.database(days=1))
    days = desk.bank.rds.describe_db_instances(DBInstanceIdentifier="orders")["DBInstances"][0]
    action = desk.bank.plan_id()
    if days.get("PendingModifiedValues"):
        assert "has not applied it yet" in desk.run("rollback", action, *IN_EMERGENCY, code=2)
        desk.bank.rds.modify_db_instance(DBInstanceIdentifier="orders", BackupRetentionPeriod=7, ApplyImmediately=True)
    said = desk.run("rollback", action, *IN_EMERGENCY)
    assert "Change:    days: 7 -> 1" in said


def test_an_instance_when_config_has_recorded_that_it_is_stopped(desk: OperatorTerminal, time: StandingClock) -> None:
    identity = desk.bank.instance()
    desk.bank.configure(EC2, scope=(identity,))
    desk.configure(Mode.ENFORCE, EC2)
    desk.bank.change(identity)
    assert desk.bank.instance_state(identity) == "stopped"
    action = desk.bank.plan_id()
    assert "already has the previous configuration" in desk.run("rollback", action, *IN_EMERGENCY, code=2), (
        "as Config knows it"
    )
    time.pass_by(60)
    desk.bank.record_instance(identity, "stopped")
    desk.run("rollback", action, *IN_EMERGENCY)
    assert desk.bank.instance_state(identity) == "running"


def test_a_resource_that_has_gone(desk: OperatorTerminal) -> None:
    action = done(desk)
    desk.bank.s3.delete_bucket(Bucket="ledger")
    assert "cannot be read" in desk.run("rollback", action, *IN_EMERGENCY, code=2)


def test_names_of_rule_and_switch_are_those_of_the_stack(desk: OperatorTerminal) -> None:
    assert SWITCH == "remediation-switch-dev-ew1"
    assert S3 in desk.run("rollback", done(desk), *IN_EMERGENCY)


def test_what_is_held_is_on_the_list_of_open_cases_until_it_is_compliant(
    desk: OperatorTerminal, time: StandingClock
) -> None:
    action = done(desk)
    time.pass_by(60)
    desk.bank.change(compliance="COMPLIANT")
    assert open_cases.listed(desk.bank.journal, S3) == []
    time.pass_by(60)
    desk.run("rollback", action, *IN_EMERGENCY)
    assert len(open_cases.listed(desk.bank.journal, S3)) == 1
    time.pass_by(60)
    desk.bank.change(compliance="COMPLIANT")
    assert open_cases.listed(desk.bank.journal, S3) == []
