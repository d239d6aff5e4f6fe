"""The catalogue of AWS's managed rules is the one that the script makes, and knows what the settings ask of it."""

import importlib.util
import json
from datetime import date

import pytest
from moto.config.models import MANAGED_RULES_CONSTRAINTS

from modules.resources.lambda_archive import ROOT
from settings import catalogue
from settings.catalogue import known, nearest, recordable

SCRIPT = importlib.util.spec_from_file_location("catalogue_script", ROOT / "scripts" / "catalogue.py")
assert SCRIPT is not None and SCRIPT.loader is not None
script = importlib.util.module_from_spec(SCRIPT)
SCRIPT.loader.exec_module(script)


def test_it_is_the_one_that_the_script_makes() -> None:
    text = catalogue.FILE.read_text(encoding="utf-8")
    made = date.fromisoformat(json.loads(text)["made"])
    assert text == script.catalogue(MANAGED_RULES_CONSTRAINTS, made), "run scripts/catalogue.py"


@pytest.mark.parametrize(
    "change",
    [{"Trigger type": "At full moon"}, {"AWS Region": "Somewhere"}, {"AWS Region": "Only available in Mars Region"}],
)
def test_words_that_the_script_does_not_know_stop_it(change: dict[str, str]) -> None:
    with pytest.raises(script.UnknownWordsError, match="ACCESS_KEYS_ROTATED"):
        script.catalogue(
            {"ACCESS_KEYS_ROTATED": MANAGED_RULES_CONSTRAINTS["ACCESS_KEYS_ROTATED"] | change}, date.today()
        )


def test_regions() -> None:
    cloudfront = known()["CLOUDFRONT_VIEWER_POLICY_HTTPS"]
    assert (cloudfront.is_in("us-east-1"), cloudfront.is_in("eu-west-1")) == (True, False)
    keys = known()["ACCESS_KEYS_ROTATED"]
    assert (keys.is_in("eu-west-1"), keys.is_in("eu-south-2")) == (True, False)
    assert known()["CLOUD_TRAIL_ENABLED"].is_in("eu-west-1")


def test_the_nearest_identifier() -> None:
    assert nearest("S3_BUCKET_LOGGIN_ENABLED") == "S3_BUCKET_LOGGING_ENABLED"
    assert nearest("~") is None


def test_only_what_the_api_lists_is_recorded() -> None:
    assert "AWS::SageMaker::NotebookInstance" not in recordable(), "though rules follow its changes"
    assert "AWS::DAX::Cluster" not in recordable()
