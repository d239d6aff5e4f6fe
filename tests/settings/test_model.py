from datetime import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from handlers.common.model.remediation import Mode
from handlers.rules import RULES
from settings.model import Settings
from settings.resource_names import NameKind, NameRefusedError
from simulation.demo.own_rules import approved_types, keys_allowed, minimum_days

ADDRESSES = ("a@example.com",)


def document(**changes: Any) -> dict[str, Any]:
    return {
        "environment": "test",
        "environment_suffix": "ew1",
        "owner": "platform",
        "compliance_level": "standard",
        "account_id": "111122223333",
        "home_region": "eu-west-1",
        "rules": {"ec2-instance-type-approved": {"approved_instance_types": ("m7i.large",)}},
        "alerts": dict.fromkeys(("critical", "high", "medium", "low", "operations"), ADDRESSES),
        "summary": {"readers": ADDRESSES},
        "state": {"bucket": "terraform-state", "kms_key": "alias/terraform-state"},
    } | changes


def test_what_is_left_out_is_the_cautious_choice() -> None:
    settings = Settings.model_validate(document())
    assert settings.monitored_regions == ("eu-west-1",)
    assert settings.log_level == "INFO"
    assert settings.schedule.first_evaluation == time(0, 0)
    assert (keys_allowed(settings), minimum_days(settings)) == ("any", 7)
    assert settings.summary.language == "en"
    assert settings.deadlines() == {"CRITICAL": 2, "HIGH": 7, "MEDIUM": 30, "LOW": 90}
    assert settings.schedule.daily_score == time(7, 0)


def test_every_rule_with_a_remediation_has_its_settings() -> None:
    remediation = Settings.model_validate(document()).remediation
    assert set(remediation) == {name for name, rule in RULES.items() if rule.remediation is not None}
    assert {(each.mode, each.scope) for each in remediation.values()} == {(Mode.PLAN, ())}


def test_monitored_regions_are_deduplicated() -> None:
    settings = Settings.model_validate(document(monitored_regions=["eu-west-1", "eu-west-1"]))
    assert settings.monitored_regions == ("eu-west-1",)


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Settings.model_validate(document()).owner = "someone"


def test_digest_follows_the_settings() -> None:
    digest = Settings.model_validate(document()).digest
    assert len(digest) == 64
    assert digest == Settings.model_validate(dict(reversed(document().items()))).digest
    assert digest != Settings.model_validate(document(owner="another")).digest


@pytest.mark.parametrize(
    ("region", "partition"),
    [
        ("eu-west-1", "aws"),
        ("us-east-1", "aws"),
        ("eusc-de-east-1", "aws-eusc"),
        ("cn-north-1", "aws-cn"),
        ("us-gov-west-1", "aws-us-gov"),
    ],
)
def test_region_outside_the_eu_is_a_choice_and_its_partition_follows(region: str, partition: str) -> None:
    changed = document(home_region=region, allow_regions_outside_eu=True)
    assert Settings.model_validate(changed).deployment.partition == partition


def test_name_that_aws_would_refuse_says_what_to_shorten() -> None:
    with pytest.raises(NameRefusedError, match="69 characters, at most 64: shorten environment_suffix"):
        Settings.model_validate(document()).name("x" * 60, NameKind.EVENT_RULE)


def test_the_room_reported_is_the_room_there_is() -> None:
    with pytest.raises(ValidationError) as refused:
        Settings.model_validate(document(environment_suffix="x" * 60))
    room = int(refused.value.errors()[0]["ctx"]["allowed"].split()[-2])
    Settings.model_validate(document(environment_suffix="x" * (room - len("test"))))
    with pytest.raises(ValidationError):
        Settings.model_validate(document(environment_suffix="x" * (room - len("test") + 1)))


PART = st.from_regex(r"[a-z0-9]{1,4}(-[a-z0-9]{1,4}){0,1}", fullmatch=True)
TYPE = st.from_regex(r"[a-z][a-z0-9]{1,4}\.(\*|[a-z0-9]{1,8})", fullmatch=True)


@given(
    environment=PART,
    suffix=PART,
    account=st.from_regex(r"[0-9]{12}", fullmatch=True),
    types=st.lists(TYPE, min_size=1, max_size=4, unique=True),
    days=st.integers(1, 35),
    first=st.times(max_value=time(5, 59)),
)
def test_valid_settings_are_taken_as_given(
    environment: str, suffix: str, account: str, types: list[str], days: int, first: time
) -> None:
    settings = Settings.model_validate(
        document(
            environment=environment,
            environment_suffix=suffix,
            account_id=account,
            rules={
                "ec2-instance-type-approved": {"approved_instance_types": types},
                "rds-backup-retention-minimum": {"minimum_days": days},
            },
            schedule={"first_evaluation": f"{first:%H:%M}"},
        )
    )
    assert settings.name("alerts-high", NameKind.SNS_TOPIC) == f"alerts-high-{environment}-{suffix}"
    assert settings.account_id == account
    assert approved_types(settings) == tuple(types)
    assert minimum_days(settings) == days
    assert settings.schedule.first_evaluation == first.replace(second=0, microsecond=0)
