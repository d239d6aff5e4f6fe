import dataclasses
from urllib.parse import unquote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from handlers.common.model.finding import Finding
from handlers.process.alert import alert_for
from handlers.process.environment import ProcessEnvironment
from handlers.rules import RULES
from tests.support.trails import QUEUE

S3 = RULES["s3-bucket-default-encryption-kms"]
RDS = RULES["rds-backup-retention-minimum"]
UNREPAIRED = dataclasses.replace(RULES["ec2-instance-type-approved"], remediation=None)

FINDING = Finding(
    rule=S3.name,
    account="111122223333",
    region="eu-west-1",
    resource_type="AWS::S3::Bucket",
    resource_id="ledger",
    severity="HIGH",
    status="OPEN",
    order="2026-03-01T00:00:00.000Z/2026-03-01T00:00:00.000Z",
    compliance_type="NON_COMPLIANT",
    revision=1,
    first_seen="2026-02-01T00:00:00.000Z",
    opened_at="2026-03-01T00:00:00.000Z",
    alert_due="OPENED",
)


def environment(
    mode: str = "plan", scope: tuple[str, ...] = (), partition: str = "aws", mail_queues: dict[str, str] | None = None
) -> ProcessEnvironment:
    return ProcessEnvironment(
        environment="dev",
        environment_suffix="ew1",
        account="111122223333",
        role=f"arn:{partition}:iam::111122223333:role/process-dev-ew1",
        aggregator="aggregator-dev-ew1",
        findings_table="findings",
        journal_table="journal-dev-ew1",
        reports_link="https://eu-west-1.console.aws.amazon.com/s3/buckets/compliance-reports-dev-ew1",
        audit_queue=f"https://sqs.eu-west-1.amazonaws.com/111122223333/{QUEUE}",
        mail_queues=mail_queues or {},
        grace_seconds=120,
        remediation_modes=dict.fromkeys((S3.name, RDS.name), mode),
        remediation_scopes={key: list(scope) for key in (S3.name, RDS.name)},
    )


def test_alert_has_resource_time_reason_and_fix() -> None:
    alert = alert_for(FINDING, S3, environment())
    assert alert.subject == "[HIGH] OPENED dev-ew1: S3 bucket is not encrypted with KMS by default: ledger"
    for part in (
        "AWS::S3::Bucket ledger",
        "account 111122223333, eu-west-1",
        "Since:     2026-03-01T00:00:00.000Z\n",
        S3.name,
        S3.description,
        "NIST-800-53-r5/SC-28",
        S3.how_to_fix,
        "https://eu-west-1.console.aws.amazon.com/config/home?region=eu-west-1#",
        "resourceId=ledger&resourceType=AWS%3A%3AS3%3A%3ABucket",
    ):
        assert part in alert.body


@pytest.mark.parametrize(
    ("mode", "scope", "sentence"),
    [
        ("off", ("ledger",), "off for this rule"),
        ("plan", (), "not in the rule's remediation scope (mode plan)"),
        ("enforce", ("other",), "not in the rule's remediation scope (mode enforce)"),
        ("plan", ("ledger",), "plan only: records a plan and changes nothing. In mode enforce it sets the bucket's"),
        ("approve", ("ledger",), "on approval: creates a plan. After its approval it sets the bucket's"),
        ("enforce", ("ledger",), "enforced: sets the bucket's default encryption"),
    ],
)
def test_alert_has_the_planned_remediation(mode: str, scope: tuple[str, ...], sentence: str) -> None:
    assert f"Remediation: {sentence}" in alert_for(FINDING, S3, environment(mode, scope)).body.replace(
        "Remediation: nothing will be changed: the resource is ", "Remediation: "
    )


def test_alert_of_a_rule_without_remediation() -> None:
    finding = dataclasses.replace(FINDING, rule=UNREPAIRED.name, severity="MEDIUM")
    assert "Remediation: none" in alert_for(finding, UNREPAIRED, environment()).body


def test_alert_names_the_resource_if_the_id_does_not() -> None:
    finding = dataclasses.replace(FINDING, rule=RDS.name, resource_type="AWS::RDS::DBInstance", resource_id="db-ABC")
    body = alert_for(finding, RDS, environment("approve", ("db:orders", "db:ledger"))).body
    assert "Remediation: only for db:orders, db:ledger: on approval: creates a plan" in body
    assert "not in the rule's remediation scope" in alert_for(finding, RDS, environment("approve")).body


def test_a_remediation_does_not_apply_to_other_accounts() -> None:
    finding = dataclasses.replace(FINDING, account="222233334444")
    assert "not in the rule's remediation scope" in alert_for(finding, S3, environment("enforce", ("ledger",))).body


def test_reopened_finding_has_its_first_time() -> None:
    body = alert_for(dataclasses.replace(FINDING, alert_due="REOPENED"), S3, environment()).body
    assert "2026-03-01T00:00:00.000Z (first seen 2026-02-01T00:00:00.000Z)" in body


def test_reopened_finding_names_the_expired_waiver() -> None:
    body = alert_for(dataclasses.replace(FINDING, alert_due="REOPENED", waiver="crane"), S3, environment()).body
    assert "Waiver:    crane no longer applies" in body


def test_resolved_finding_has_the_time_and_no_action() -> None:
    resolved = dataclasses.replace(FINDING, alert_due="RESOLVED", resolved_at="2026-03-02T00:00:00.000Z")
    body = alert_for(resolved, S3, environment()).body
    assert "resolved 2026-03-02T00:00:00.000Z" in body
    assert "How to fix" not in body


@pytest.mark.parametrize(("compliance", "gone"), [("COMPLIANT", False), ("NOT_APPLICABLE", True)])
def test_alert_about_a_deleted_resource(compliance: str, gone: bool) -> None:
    closed = {"status": "RESOLVED", "alert_due": "RESOLVED", "resolved_at": "2026-03-02T00:00:00.000Z"}
    alert = alert_for(dataclasses.replace(FINDING, **closed, compliance_type=compliance), S3, environment())
    assert ("no longer evaluates the resource: it was deleted" in alert.body) == gone


def test_partition_without_a_known_console_gets_no_invented_link() -> None:
    body = alert_for(FINDING, S3, environment(partition="aws-eusc")).body
    assert "https://" not in body
    assert "aws-eusc" in body


# What an event may bring: printable, in any script.
IDS = st.text(min_size=1, max_size=300).filter(str.isprintable)


@given(IDS)
def test_subject_is_one_line_of_fewer_than_a_hundred_ascii_characters(resource_id: str) -> None:
    subject = alert_for(dataclasses.replace(FINDING, resource_id=resource_id), S3, environment()).subject
    assert len(subject) < 100
    assert subject.isascii()
    assert subject.isprintable()
    assert subject.startswith("[HIGH] OPENED dev-ew1: ")


@given(IDS)
@example("a&b/c#d?e=f%20+ g")
def test_link_contains_only_the_encoded_id(resource_id: str) -> None:
    body = alert_for(dataclasses.replace(FINDING, resource_id=resource_id), S3, environment()).body
    (link,) = [line for line in body.split("\n") if line.startswith("Resource in AWS Config: ")]
    identity = link.partition("resourceId=")[2].partition("&")[0]
    assert unquote(identity) == resource_id
    assert link.endswith(f"resourceId={identity}&resourceType=AWS%3A%3AS3%3A%3ABucket")
