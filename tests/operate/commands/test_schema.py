import json

import pytest

from operate.__main__ import main


@pytest.mark.parametrize(("kind", "key"), [("settings", "monitored_regions"), ("waivers", "compensating_measure")])
def test_prints_the_schema_of_a_kind_of_file(kind: str, key: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", kind]) == 0
    assert key in json.loads(capsys.readouterr().out)["properties"]


def test_another_kind_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["schema", "rules"])
    assert "choose from" in capsys.readouterr().err
