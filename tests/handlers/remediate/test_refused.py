"""Events that a remediation rejects."""

import json

import pytest

from handlers.common.model.events import ForeignAccountError, MalformedEventError
from handlers.common.runtime.naming import UnknownRuleError
from handlers.common.stores.report_bucket import approval_key
from handlers.remediate.app import NoRemediationError, handler
from handlers.remediate.plan import NoSuchPlanError, Plan, TamperedPlanError
from handlers.rules import RULES
from tests.handlers.conftest import StandingClock
from tests.support.changes import event
from tests.support.remediation_account import APPROVER, RDS, S3, RemediationAccount, created
from tests.support.trails import BUCKET


def test_another_rule_is_refused(bank: RemediationAccount) -> None:
    with pytest.raises(UnknownRuleError):
        handler(event(rule="ec2-instance-type-approved-dev-ew1"), None)


def test_foreign_account_is_refused(bank: RemediationAccount) -> None:
    with pytest.raises(ForeignAccountError):
        handler(event(account="999988887777"), None)


def test_rule_without_a_remediation_is_refused(bank: RemediationAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    import dataclasses

    monkeypatch.setitem(RULES, S3, dataclasses.replace(RULES[S3], remediation=None))
    with pytest.raises(NoRemediationError, match=S3):
        bank.change()


@pytest.mark.parametrize(
    "key",
    [
        "approvals/another-rule/dev-ew1-0123456789abcdef/0123456789abcdef.json",
        f"approvals/{S3}/../dev-ew1-0123456789abcdef/0123456789abcdef.json",
        f"approvals/{S3}/dev-ew1-0123456789abcdef.json",
        f"plans/{S3}/dev-ew1-0123456789abcdef/0123456789abcdef.json",
        f"approvals/{S3}/<b>/0123456789abcdef.json",
    ],
)
def test_an_object_that_is_no_approval_is_rejected(bank: RemediationAccount, key: str) -> None:
    bank.configure(mode="approve")
    with pytest.raises(MalformedEventError, match="is not the approval of a plan"):
        handler(created(key), None)


def test_an_approval_without_a_plan_raises_an_error(bank: RemediationAccount) -> None:
    bank.configure(mode="approve")
    with pytest.raises(NoSuchPlanError, match="dev-ew1-0123456789abcdef"):
        bank.put_approval("dev-ew1-0123456789abcdef", b"{}")


def test_a_tampered_plan_is_not_applied(bank: RemediationAccount) -> None:
    bank.configure(mode="approve")
    bank.bucket()
    bank.change()
    plan = Plan.fetch(BUCKET, bank.plan_id())
    body = json.dumps(plan.document | {"risk": "none at all"}).encode()
    bank.s3.put_object(Bucket=BUCKET, Key=f"plans/{plan.plan_id}.json", Body=body)
    with pytest.raises(TamperedPlanError):
        handler(created(approval_key(S3, plan.plan_id, APPROVER)), None)
    assert bank.algorithm() is None


def test_a_repeated_event_of_an_applied_approval_changes_nothing(bank: RemediationAccount, time: StandingClock) -> None:
    bank.configure(mode="approve")
    bank.bucket()
    bank.change()
    plan = bank.plan_id()
    time.pass_by(60)
    bank.approve(plan)
    time.pass_by(60)
    bank.change(compliance="COMPLIANT")
    before = bank.outcomes()
    assert before[-1] == "VERIFICATION REMEDIATED"
    time.pass_by(60)
    handler(created(approval_key(S3, plan, APPROVER)), None)
    assert bank.outcomes() == before


def test_an_approval_of_another_rule_s_plan_is_refused(bank: RemediationAccount) -> None:
    bank.configure(mode="approve")
    bank.bucket()
    bank.change()
    plan = bank.plan_id()
    bank.configure(RDS, mode="approve", scope=("db:orders",))
    with pytest.raises(NoSuchPlanError, match=f"plan {plan} belongs to rule {S3}"):
        bank.approve(plan)
