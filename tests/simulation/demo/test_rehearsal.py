"""What a rehearsal expects of the remediations of own rules."""

from types import SimpleNamespace
from typing import Any

import pytest

from handlers.common.model.remediation import Mode
from handlers.rules.rds_backup_retention_minimum.rule import RULE
from settings.errors import SettingsError
from settings.model import Settings
from settings.rule_cases import CreatingCall, RuleCase
from settings.sections import RemediationSettings
from simulation.demo import case_items, rehearsal

ITEM = {"resourceType": "AWS::RDS::DBInstance", "resourceId": "db-1", "resourceName": "orders"}
CREATE = (CreatingCall(service="rds", operation="create_db_instance", parameters={}),)
CASE = RuleCase(why="w", expected="NON_COMPLIANT", item=ITEM, create=CREATE)


def demo(*outcomes: str, mode: Mode = Mode.ENFORCE, name: str = "db:orders") -> Any:
    records = [
        {"why": {"rule": RULE.name}, "what": {"name": "db:orders", "outcome": each, "reason": "r"}} for each in outcomes
    ]
    chosen = RemediationSettings(mode=mode, scope=(name,))
    return SimpleNamespace(settings=SimpleNamespace(remediation={RULE.name: chosen}), audit_records=lambda: records)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (demo("WOULD_REMEDIATE", "APPLIED", "REMEDIATED"), []),
        (demo("OUTSIDE_WINDOW"), []),
        (demo("LIMIT_REACHED"), []),
        (demo("WOULD_REMEDIATE", mode=Mode.PLAN), []),
        (demo(name="db:others"), []),
        (demo("NOT_REMEDIABLE"), ["db:orders: NOT_REMEDIABLE: r (the"]),
        (demo("NOT_VERIFIED", "LIMIT_REACHED"), ["db:orders: NOT_VERIFIED: r (the"]),
        (demo("REFUSED"), ["db:orders: REFUSED: r (the"]),
        (demo("NOT_FIXED", "AWAITING_CONFIG"), ["db:orders: NOT_FIXED: r (the"]),
        (demo("WOULD_REMEDIATE", "APPLIED"), ["db:orders: APPLIED: r (the"]),
        (demo(), ["db:orders: no record: None (the"]),
    ],
)
def test_enforced_remediation_that_does_not_work_is_named(
    monkeypatch: pytest.MonkeyPatch, given: Any, said: list[str]
) -> None:
    monkeypatch.setattr(case_items, "violating", lambda _: [(RULE, RULE.remediation, CASE)])
    found = list(rehearsal._not_remediated(given))
    assert len(found) == len(said) and all(part in each for part, each in zip(said, found, strict=True))


def test_created_resource_needs_a_compliant_case_of_its_type(monkeypatch: pytest.MonkeyPatch, dev: Settings) -> None:
    case_items.require(dev)
    queue = CASE.model_copy(update={"item": {**ITEM, "resourceType": "AWS::SQS::Queue"}})
    monkeypatch.setattr(case_items, "violating", lambda _: [(RULE, RULE.remediation, queue)])
    with pytest.raises(
        SettingsError, match=r"cases\.json: AWS::SQS::Queue: a remediated resource needs a case that is"
    ):
        case_items.require(dev)


def test_eight_days_are_those_of_this_repository_s_dev(monkeypatch: pytest.MonkeyPatch, dev: Settings) -> None:
    assert rehearsal.has_story(dev)
    monkeypatch.setattr(rehearsal, "PACKAGE", "compliance_monitor.")
    assert not rehearsal.has_story(dev)
