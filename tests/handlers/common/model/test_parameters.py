import pytest

from handlers.common.model import parameters
from handlers.common.model.parameters import MissingParametersError


def test_missing_parameters_raise_an_error() -> None:
    with pytest.raises(MissingParametersError, match=r"no handlers/common/parameters\.json: deploy again"):
        parameters.deployed()


@pytest.mark.parametrize("given", [{}, {"keys": ["arn"]}, {"keys": "any"}])
def test_written_parameters_are_deployed(monkeypatch: pytest.MonkeyPatch, given: dict[str, object]) -> None:
    document = parameters.to_json(given)
    monkeypatch.setattr(parameters.pkgutil, "get_data", lambda package, name: {parameters.FILE: document}[name])
    assert parameters.deployed() == given


def test_the_same_parameters_give_the_same_bytes() -> None:
    assert parameters.to_json({"a": 1, "b": 2}) == parameters.to_json({"b": 2, "a": 1})
