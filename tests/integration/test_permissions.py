"""Every permission of a function's role is used by the function, and none is missing."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from handlers.common.model.remediation import Mode
from settings.model import Settings
from settings.remediation import remediations
from simulation.aws.account import SimulatedAccount
from simulation.aws.iam.conditions import glob
from simulation.aws.iam.directory import Directory
from simulation.demo import own_rules
from tests.conftest import START
from tests.support import further_rules, remediating

Permission = tuple[str, str, str, str]
"""Role, statement, action, resource."""

REMEDIATIONS = [each.name for each in remediations().values()]
TRUSTED = "lambda.amazonaws.com"


@pytest.fixture(scope="module", params=[Mode.PLAN, Mode.APPROVE, Mode.ENFORCE])
def account(
    request: pytest.FixtureRequest, dev: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SimulatedAccount]:
    """An account after every event that a function can receive, with remediations in one mode."""
    mode: Mode = request.param
    with SimulatedAccount(dev.account_id, dev.home_region, START) as cloud:
        placed = remediating.deploy(cloud, dev, mode, tmp_path_factory.mktemp(mode))
        remediating.forgetting(cloud)
        cloud.record()
        for schedule in ("evaluate", "report", "remind", "notify"):
            cloud.fire(f"{schedule}-on-schedule-dev-ew1")
        _without_errors(cloud)
        if mode == Mode.APPROVE:
            needed = sum(len(each.scope) for each in placed.remediation.values())
            assert remediating.approve_all(cloud, placed) == needed, "not every resource of a scope has a plan"
            cloud.settle()
        if mode == Mode.PLAN:
            remediating.leave_open(cloud)
        remediating.change_one_of_each(cloud, placed, fixed=True)
        cloud.clock.advance(timedelta(minutes=20))  # until the aggregator is up to date
        cloud.record()
        remediating.send_closing_events_again(cloud)
        cloud.clock.advance(timedelta(minutes=20))
        for name in REMEDIATIONS:
            cloud.fire(f"remediate-{name}-on-schedule-dev-ew1")
        cloud.clock.advance(timedelta(hours=7))
        remediating.change_one_of_each(cloud, placed, fixed=False)
        cloud.record()
        if mode == Mode.APPROVE:
            remediating.approve_all(cloud, placed)
        cloud.settle()
        cloud.client("ec2").terminate_instances(InstanceIds=placed.remediation[own_rules.EC2].scope)
        further_rules.delete_all(cloud, placed)
        cloud.record()
        _let_a_report_take_two_invocations(cloud, "dev")
        for _ in range(2):  # the second score has one before it to read
            cloud.fire("score-on-schedule-dev-ew1")
        _without_errors(cloud)
        _let_each_fail(cloud, "dev")
        yield cloud


def _without_errors(cloud: SimulatedAccount) -> None:
    assert not [f"{each.function}: {each.error!r}" for each in cloud.invocations if each.error]


def _let_a_report_take_two_invocations(cloud: SimulatedAccount, environment: str) -> None:
    """Delays each call by 40 seconds, so that the report needs a second invocation."""
    cloud.config.gate = lambda _action: cloud.clock.advance(timedelta(seconds=40))
    ran = cloud.fire(f"report-on-schedule-{environment}-ew1")
    cloud.config.gate = lambda _action: None
    assert [invocation.function for invocation in ran].count(f"report-{environment}-ew1") >= 2


def _let_each_fail(cloud: SimulatedAccount, environment: str) -> None:
    """Lets each function fail, so that its event goes to the dead-letter queue with the function's permission."""
    config = cloud.client("config")
    rule = f"s3-bucket-default-encryption-kms-{environment}-ew1"
    results = cloud.config.results("eu-west-1", rule)
    identity = next(iter(results))[1]
    cloud.delivery.put(_malformed(rule, identity, cloud.account))
    config.delete_configuration_aggregator(ConfigurationAggregatorName=f"aggregator-{environment}-ew1")
    config.delete_config_rule(ConfigRuleName=rule)
    cloud.delivery.put(_object_created(f"compliance-reports-{environment}-ew1", "scores/never-written.json"))
    for name in REMEDIATIONS:
        cloud.fire(f"remediate-{name}-on-schedule-{environment}-ew1")
    for schedule in ("evaluate", "report"):
        cloud.fire(f"{schedule}-on-schedule-{environment}-ew1")
    cloud.client("sns").delete_topic(TopicArn=_topic(cloud, f"waiver-owners-{environment}-ew1"))
    sqs = cloud.client("sqs")
    sqs.delete_queue(QueueUrl=sqs.get_queue_url(QueueName=f"mails-routine-{environment}-ew1")["QueueUrl"])
    cloud.clock.advance(timedelta(days=4))
    for schedule in ("score", "remind", "notify"):
        cloud.fire(f"{schedule}-on-schedule-{environment}-ew1")
    failed = {invocation.function for invocation in cloud.invocations if invocation.error}
    assert len(failed) == 7 + len(REMEDIATIONS)


def _topic(cloud: SimulatedAccount, name: str) -> str:
    topics = cloud.client("sns").list_topics()["Topics"]
    return next(each["TopicArn"] for each in topics if each["TopicArn"].endswith(f":{name}"))


def _object_created(bucket: str, key: str) -> dict[str, Any]:
    detail = {"bucket": {"name": bucket}, "object": {"key": key}}
    return {"source": "aws.s3", "detail-type": "Object Created", "detail": detail}


def _malformed(rule: str, identity: str, account: str) -> dict[str, Any]:
    qualifier = {"configRuleName": rule, "resourceType": "AWS::S3::Bucket", "resourceId": identity}
    result = {
        "complianceType": "NON_COMPLIANT",
        "evaluationResultIdentifier": {"evaluationResultQualifier": qualifier, "orderingTimestamp": "never"},
    }
    return {
        "source": "aws.config",
        "detail-type": "Config Rules Compliance Change",
        "account": account,
        "detail": {
            "messageType": "ComplianceChangeNotification",
            "configRuleName": rule,
            "awsAccountId": account,
            "newEvaluationResult": result,
        },
    }


def declared(cloud: SimulatedAccount) -> Iterator[Permission]:
    roles = cloud.deployment.attributes("aws_iam_role")
    for role in (each["name"] for each in roles if TRUSTED in each["assume_role_policy"]):
        for text in Directory(cloud.account).role_policies(role).values():
            for statement in json.loads(text)["Statement"]:
                for action in statement["Action"]:
                    yield from ((role, statement["Sid"], action, resource) for resource in statement["Resource"])


def test_every_declared_permission_is_used(account: SimulatedAccount) -> None:
    used = {(use.role, use.sid, use.action, use.resource) for use in account.guardian.uses if use.allowed}
    unused = [
        (role, sid, action, resource)
        for role, sid, action, resource in declared(account)
        if not any((role, sid, action) == each[:3] and glob(resource, each[3]) for each in used)
    ]
    assert unused == [], "unused, also if `create` of a case makes another resource than the one of its item"


def test_only_calls_on_deleted_resources_were_denied(account: SimulatedAccount) -> None:
    refused = {(use.action, use.resource.rpartition("/")[2]) for use in account.guardian.uses if not use.allowed}
    assert refused == {
        ("config:StartConfigRulesEvaluation", "does-not-exist"),
        ("config:GetAggregateComplianceDetailsByConfigRule", "does-not-exist"),
        ("config:GetAggregateDiscoveredResourceCounts", "does-not-exist"),
        ("config:GetComplianceDetailsByConfigRule", "does-not-exist"),
        ("config:ListAggregateDiscoveredResources", "does-not-exist"),
        ("config:SelectAggregateResourceConfig", "does-not-exist"),
    }
