"""Resources that cases create, for the remediations of their rules."""

import importlib
import json
from typing import Any

import boto3
import pytest
from botocore.exceptions import UnknownServiceError
from botocore.validate import ParamValidator

from handlers import rules
from handlers.common.model.criteria import Criteria
from handlers.common.model.remediation import Remediation, Target
from handlers.common.model.rule import Rule
from handlers.common.runtime import clients
from handlers.rules import RULES
from handlers.rules.ec2_instance_type_approved.remediation import StopInstance
from modules.resources.lambda_archive import ROOT
from settings.model import Settings
from settings.rule_cases import CreatingCall, cases_of
from simulation.aws.account import SimulatedAccount
from simulation.aws.iam.call import Call
from simulation.aws.iam.directory import Directory
from simulation.aws.iam.operations import asked
from simulation.demo import case_items

STOP = StopInstance()


def problem(cloud: SimulatedAccount, call: CreatingCall) -> str:
    """Returns why a call is none of boto3's, or nothing."""
    try:
        client = cloud.client(call.service)
    except UnknownServiceError as error:
        return str(error)
    operations: dict[str, str] = client.meta.method_to_api_mapping
    if call.operation not in operations:
        return f"{call.service} has no operation {call.operation}"
    shape = client.meta.service_model.operation_model(operations[call.operation]).input_shape
    return str(ParamValidator().validate(call.parameters, shape).generate_report())


def test_calls_that_create_resources_are_those_of_boto3(cloud: SimulatedAccount) -> None:
    calls = [(rule, case, call) for rule in RULES.values() for case in cases_of(rule) for call in case.create]
    found = [f"{rule.name}: {case.why}: {text}" for rule, case, call in calls if (text := problem(cloud, call))]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({}, ""),
        ({"service": "sqss"}, "Unknown service: 'sqss'"),
        ({"operation": "create_queu"}, "sqs has no operation create_queu"),
        ({"parameters": {"Queue": "q"}}, 'Missing required parameter in input: "QueueName"'),
    ],
)
def test_call_that_boto3_does_not_have_is_named(cloud: SimulatedAccount, changes: Any, message: str) -> None:
    given = {"service": "sqs", "operation": "create_queue", "parameters": {"QueueName": "q"}}
    found = problem(cloud, CreatingCall(**{**given, **changes}))
    assert found.startswith(message) and bool(found) == bool(message)


@pytest.fixture
def sample(monkeypatch: pytest.MonkeyPatch) -> Rule:
    """The sample rule, which is not one of the registry."""
    monkeypatch.setattr(rules, "__path__", [*rules.__path__, str(ROOT / "tests" / "support" / "sample_rule")])
    found: Rule = importlib.import_module("handlers.rules.sqs_queue_encrypted.rule").RULE
    return found


def with_permissions(cloud: SimulatedAccount, remediation: Remediation, name: str) -> Any:
    """Returns a session of a role that has the permissions of the remediation and of its rollback."""
    permissions = (*remediation.reads, *remediation.writes, *remediation.rollback)
    allowed = [
        {"Effect": "Allow", "Action": list(each.actions), "Resource": resources}
        for each in permissions
        if (resources := each.resources("aws", cloud.account, [cloud.region], [name]))
    ]
    iam, role = cloud.client("iam"), f"{remediation.name}-{len(cloud.client('iam').list_roles()['Roles'])}"
    iam.create_role(RoleName=role, AssumeRolePolicyDocument="{}")
    document = json.dumps({"Version": "2012-10-17", "Statement": allowed})
    iam.put_role_policy(RoleName=role, PolicyName="own", PolicyDocument=document)
    return cloud.guardian.session(role, "rollback")


def test_remediation_reaches_its_state_and_its_inverse_restores_the_former(
    cloud: SimulatedAccount, dev: Settings, sample: Rule, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Checks the remediations whose states are read from the resource, and the permissions; also the sample rule's."""
    own = [(rule, dev.criteria()[rule.name], case) for rule, _, case in case_items.violating(dev)]
    defaults = Criteria({"kms_keys": ("alias/bank",)}, cloud.account)
    samples = [
        (sample, defaults, case) for case in cases_of(sample) if case.create and case.expected == "NON_COMPLIANT"
    ]
    assert len(samples) == 2
    for rule, criteria, case in [*own, *samples]:
        remediation = rule.remediation
        assert remediation is not None
        if remediation.state_is_recorded:
            continue
        case_items.make(cloud, rule, case)
        kind, identity = case.item["resourceType"], case.item["resourceId"]
        name = case.scope_name(remediation) or identity
        target = Target(cloud.account, cloud.region, kind, identity, name, case.item)
        monkeypatch.setattr(boto3, "DEFAULT_SESSION", with_permissions(cloud, remediation, name))
        clients.forget()
        before = remediation.read(target)
        after = remediation.desired(before, target, remediation.parameters(criteria))
        assert before != after, f"{rule.name}: {case.why}: the resource that `create` makes is compliant"
        for one, other in ((before, after), (after, before)):
            for call in remediation.calls(one, other, target):
                clients.call(call.service, call.operation, cloud.region, call.parameters)
            assert remediation.read(target) == other, f"{rule.name}: {case.why}"
        clients.forget()


def test_an_instance_is_started_again_by_a_declared_permission(cloud: SimulatedAccount) -> None:
    """The state of an instance is recorded: the test above leaves it out."""
    remediation, name = STOP, "i-0123456789abcdef0"
    target = Target(cloud.account, cloud.region, "AWS::EC2::Instance", name, name)
    [call] = remediation.calls({"state": "stopped"}, {"state": "running"}, target)
    operation: str = cloud.client("ec2").meta.method_to_api_mapping[call.operation]
    given = Call(call.parameters, cloud.region, Directory(cloud.account), "arn:aws:iam::111122223333:user/ada")
    needed = {request.action for request in asked("ec2", operation, given)}
    assert needed and needed <= {action for each in remediation.rollback for action in each.actions}
