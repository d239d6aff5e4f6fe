"""All forms of the settings can be deployed to the simulated account, and destroyed."""

import ast
from pathlib import Path

import pytest

from modules.app import synthesize
from modules.resources.lambda_archive import ROOT
from settings.load import load
from simulation.aws.account import SimulatedAccount
from simulation.demo import samples
from simulation.terraform.destroy import REMOVERS
from simulation.terraform.registry import MAKERS
from tests.conftest import START
from tests.modules.aws_config.test_organization_rules import ORGANIZATION
from tests.support.example import file

MANAGED = """
[managed_rules.keys-rotated]
identifier = "ACCESS_KEYS_ROTATED"
parameters = {maxAccessKeyAge = "90"}
severity = "LOW"
category = "identity"
[managed_rules.root-mfa]
identifier = "ROOT_ACCOUNT_MFA_ENABLED"
severity = "CRITICAL"
category = "identity"
[managed_rules.dax]
identifier = "DAX_ENCRYPTION_ENABLED"
severity = "LOW"
category = "encryption"
[managed_rules.versioning]
identifier = "S3_BUCKET_VERSIONING_ENABLED"
severity = "LOW"
category = "resilience"
exclude = [{reason = "scratch", tags = {stage = "sandbox"}}]
[state]"""
REGIONS = 'monitored_regions = ["eu-west-1", "eu-central-1"]\n'
RECORDERS = 'recorder = {eu-west-1 = "create", eu-central-1 = "existing"}'
ENFORCED = """mode = "enforce"
scope = ["ledger"]
change_windows = ["mon-thu 20:00-23:00"]
[remediation.rds-backup-retention-minimum]
mode = "approve"
scope = ["db:payments", "cluster:payments"]
[remediation.ec2-instance-type-approved]
mode = "off"
[audit]
retention_days = 365"""

FORMS = {
    "an organization in two regions, one with another's recorder": [
        ("#TOP", f'{REGIONS}{ORGANIZATION}\nalso_record = "all"\n{RECORDERS}'),
        ("[state]", MANAGED),
    ],
    "other people's recorders alone": [("#TOP", f'{REGIONS}recorder = "existing"'), ("[state]", MANAGED)],
    "remediations that write": [('mode = "plan"\nscope = ["ledger"]', ENFORCED)],
    "AWS's rules alone": [
        ('approved_instance_types = ["m7i.large"]', "enabled = false"),
        ("minimum_days = 7", "enabled = false"),
        ("#KEYS", "enabled = false"),
        ('mode = "plan"\nscope = ["ledger"]', 'mode = "off"'),
        ("[state]", MANAGED),
    ],
}


@pytest.mark.parametrize("form", FORMS)
def test_a_form_of_the_settings_is_deployed_and_destroyed(form: str, tmp_path: Path) -> None:
    """Takes two seconds each: a stack is synthesized and deployed."""
    settings = load(file(tmp_path, *FORMS[form]))
    synthesize([settings], tmp_path / "out")
    organization = samples.organization(settings)
    with SimulatedAccount(settings.account_id, settings.home_region, START, organization=organization) as cloud:
        samples.record_where_existing(cloud, settings)
        cloud.organization.record(settings.monitored_regions)
        made = cloud.deploy(tmp_path / "out" / "stacks" / settings.stack_name)
        assert cloud.destroy() == made
        for region in settings.monitored_regions:
            assert cloud.client("config", region).describe_config_rules()["ConfigRules"] == []
            for member in cloud.organization.accounts.values():
                assert not member.backend(region).config_rules


def test_every_type_of_the_constructs_is_supported() -> None:
    found = set()
    for path in (ROOT / "modules").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("cdktf_cdktf_provider_aws."):
                found.add("aws_" + str(node.module).partition(".")[2])
    assert len(found) > 30
    assert found - {"aws_provider"} <= MAKERS.keys() & REMOVERS.keys()
