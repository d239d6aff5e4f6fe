from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.common.runtime.environment import FunctionEnvironment, MissingVariablesError


@dataclass(frozen=True, kw_only=True)
class Example(FunctionEnvironment):
    table: str
    names: tuple[str, ...]
    topics: dict[str, str]
    scopes: dict[str, list[str]]


TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@given(TEXT, st.lists(TEXT), st.dictionaries(TEXT, TEXT), st.dictionaries(TEXT, st.lists(TEXT)))
def test_reads_back_what_it_wrote(
    table: str, names: list[str], topics: dict[str, str], scopes: dict[str, list[str]]
) -> None:
    example = Example(
        environment="dev", environment_suffix="ew1", table=table, names=tuple(names), topics=topics, scopes=scopes
    )
    with pytest.MonkeyPatch.context() as patch:
        for name, value in example.to_variables().items():
            patch.setenv(name, value)
        assert Example.from_env() == example


def test_all_missing_variables_are_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENVIRONMENT", "dev")
    for name in ("ENVIRONMENT_SUFFIX", "TABLE", "NAMES", "TOPICS", "SCOPES"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(MissingVariablesError, match="ENVIRONMENT_SUFFIX, TABLE, NAMES, TOPICS, SCOPES"):
        Example.from_env()


def test_deployment_is_environment_and_suffix() -> None:
    assert FunctionEnvironment(environment="dev", environment_suffix="ew1").deployment == "dev-ew1"
