import pytest

from handlers.rules import RULES
from settings.model import Settings
from settings.resource_names import NameKind, NameRefusedError, checked


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a" * 64, NameKind.LAMBDA_FUNCTION),
        ("compliance-reports-dev-ew1", NameKind.S3_BUCKET),
        ("a" * 80, NameKind.SQS_QUEUE),
        ("compliance.own_bus-dev", NameKind.EVENT_BUS),
    ],
)
def test_names_that_fit(name: str, kind: NameKind) -> None:
    assert checked(name, kind) == name


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a" * 65, NameKind.LAMBDA_FUNCTION),
        ("a" * 65, NameKind.CONFIG_RULE),
        ("Reports", NameKind.S3_BUCKET),
        ("a", NameKind.S3_BUCKET),
        ("a.b", NameKind.SNS_TOPIC),
        ("", NameKind.SQS_QUEUE),
        ("aws.compliance", NameKind.EVENT_BUS),
        ("partner/own", NameKind.EVENT_BUS),
        ("a" * 257, NameKind.EVENT_BUS),
    ],
)
def test_names_that_aws_would_refuse(name: str, kind: NameKind) -> None:
    with pytest.raises(NameRefusedError, match="shorten environment_suffix or environment"):
        checked(name, kind)


def test_a_name_is_type_environment_suffix(dev: Settings) -> None:
    assert dev.name("alerts-high", NameKind.SNS_TOPIC) == "alerts-high-dev-ew1"


def test_longest_accepted_suffix_fits_every_rule(dev: Settings) -> None:
    longest = dev.model_copy(update={"environment_suffix": "x" * (64 - len("s3-bucket-default-encryption-kms-dev-"))})
    for rule in RULES:
        longest.name(rule, NameKind.CONFIG_RULE)
