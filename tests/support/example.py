"""A complete environment file, and changes to it."""

from pathlib import Path

import pytest

from settings.errors import SettingsError
from settings.load import load

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


def file(folder: Path, *changes: tuple[str, str], name: str = "test") -> Path:
    text = WHOLE
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
