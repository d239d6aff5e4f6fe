from typing import Any

import pytest

from settings.deployment import Deployment
from settings.errors import SettingsError

GIVEN = {"environment": "dev", "suffix": "ew1", "account_id": "111122223333", "region": "eu-west-1"}


def deployment(**changes: Any) -> Deployment:
    return Deployment(**{**GIVEN, **changes})


@pytest.mark.parametrize(
    ("name", "value", "refusal"),
    [
        ("environment", "Dev", '= "Dev": not valid in a resource name; allowed: lower-case letters and digits'),
        ("suffix", "e w", '= "e w": not valid in a resource name; allowed: lower-case letters and digits'),
        ("account_id", 111122223333, "= 111122223333: must be a quoted string; allowed: 12 digits, in quotes"),
        ("region", "eu-west-9", '= "eu-west-9": not an AWS region; allowed: did you mean eu-west-'),
    ],
)
def test_invalid_value_is_refused_by_name(name: str, value: Any, refusal: str) -> None:
    with pytest.raises(SettingsError) as error:
        deployment(**{name: value})
    assert str(error.value).startswith(f"Deployment: {name} {refusal}")


def test_all_invalid_values_are_named_at_once() -> None:
    with pytest.raises(SettingsError) as error:
        deployment(account_id="1", region="")
    assert [each.split(" = ")[0] for each in str(error.value).splitlines()] == [
        "Deployment: account_id",
        "Deployment: region",
    ]


def test_names_end_with_environment_and_suffix() -> None:
    assert deployment().label == "dev-ew1"
    assert deployment() == deployment() != deployment(suffix="ew2")
