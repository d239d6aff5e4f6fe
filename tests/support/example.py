"""A complete environment file with three own rules, and changes to it."""

from pathlib import Path

import pytest

from handlers.rules import RULES
from settings.errors import SettingsError
from settings.load import load
from settings.model import Settings
from simulation.demo.own_rules import without

WHOLE = """\
environment = "test"
environment_suffix = "ew1"
owner = "platform"
compliance_level = "standard"
account_id = "111122223333"
home_region = "eu-west-1"
#TOP
[rules.ec2-instance-type-approved]
approved_instance_types = ["m7i.large"]
#RULES
[rules.rds-backup-retention-minimum]
minimum_days = 7
[rules.s3-bucket-default-encryption-kms]
#KEYS
#OTHERS
[alerts]
critical = ["a@example.com"]
high = ["a@example.com"]
medium = ["a@example.com"]
low = ["a@example.com"]
operations = ["a@example.com"]
[summary]
readers = ["a@example.com"]
#SUMMARY
[remediation.s3-bucket-default-encryption-kms]
mode = "plan"
scope = ["ledger"]
[state]
bucket = "terraform-state"
kms_key = "alias/terraform-state"
"""

EC2, RDS, S3 = "ec2-instance-type-approved", "rds-backup-retention-minimum", "s3-bucket-default-encryption-kms"
OTHERS = sorted(RULES.keys() - {EC2, RDS, S3})
"""Every other rule. The example disables them, so that tests of numbers and lists do not change with a new rule."""


def file(folder: Path, *changes: tuple[str, str], name: str = "test") -> Path:
    text = WHOLE.replace("#OTHERS", "\n".join(f"[rules.{name}]\nenabled = false" for name in OTHERS))
    for old, new in changes:
        assert old in text, f"{old!r} is not in the example"
        text = text.replace(old, new)
    path = folder / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    return path


def problems(path: Path) -> list[str]:
    with pytest.raises(SettingsError) as refused:
        load(path)
    return str(refused.value).splitlines()


def with_three_rules(settings: Settings) -> Settings:
    """Returns the settings without the other own rules."""
    return without(settings, OTHERS)
