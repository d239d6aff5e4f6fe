from dataclasses import replace
from typing import Any

import pytest

from handlers.common.model.rule import Managed, Rule
from handlers.common.runtime import clients
from handlers.evaluate import app
from handlers.evaluate.environment import ATTEMPTS, MOST_RULES, TIMEOUT_SECONDS, EvaluateEnvironment
from handlers.rules import RULES
from tests.support.report_account import Context


class LimitExceeded(Exception):
    pass


class Config:
    """AWS Config in one region, busy for the first calls."""

    def __init__(self, busy: int = 0) -> None:
        self.busy = busy
        self.started: list[list[str]] = []
        self.exceptions = type("Exceptions", (), {"LimitExceededException": LimitExceeded})

    def start_config_rules_evaluation(self, ConfigRuleNames: list[str]) -> None:
        if self.busy:
            self.busy -= 1
            raise LimitExceeded
        self.started.append(ConfigRuleNames)


def made(*types: str, periodic: bool = False) -> Rule:
    source = Managed("SOME_RULE", {}, types, periodic)
    return replace(next(iter(RULES.values())), source=source, remediation=None)


class Regions:
    def __init__(self, monkeypatch: pytest.MonkeyPatch, rules: int, further: Any = None, **regions: Config) -> None:
        self.regions = regions
        self.slept: list[float] = []
        known = {f"rule-{number}": made("AWS::S3::Bucket") for number in range(rules)}
        monkeypatch.setattr(
            app, "RULES", known | {"periodic-rule": made("AWS::S3::Bucket", periodic=True)} | (further or {})
        )
        environment = EvaluateEnvironment(
            environment="dev", environment_suffix="ew1", home_region="west", regions=tuple(regions)
        )
        for name, value in environment.to_variables().items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(clients, "config_service", regions.__getitem__)
        monkeypatch.setattr(app.time, "sleep", self.slept.append)


def test_starts_every_rule_in_every_region(monkeypatch: pytest.MonkeyPatch) -> None:
    regions: dict[str, Any] = {"west": Config(), "central": Config()}
    setting = Regions(monkeypatch, 3, **regions)
    app.handler({}, Context())
    assert all(
        config.started == [["rule-0-dev-ew1", "rule-1-dev-ew1", "rule-2-dev-ew1"]] for config in regions.values()
    )
    assert setting.slept == []


def test_global_types_are_evaluated_in_the_home_region_only(monkeypatch: pytest.MonkeyPatch) -> None:
    regions: dict[str, Any] = {"west": Config(), "central": Config()}
    further = {"users": made("AWS::IAM::User"), "both": made("AWS::IAM::Role", "AWS::S3::Bucket")}
    Regions(monkeypatch, 1, further, **regions)
    app.handler({}, Context())
    assert regions["west"].started == [["rule-0-dev-ew1", "users-dev-ew1", "both-dev-ew1"]]
    assert regions["central"].started == [["rule-0-dev-ew1", "both-dev-ew1"]]


def test_rules_beyond_one_call_are_started_a_minute_later(monkeypatch: pytest.MonkeyPatch) -> None:
    config = Config()
    setting = Regions(monkeypatch, 60, west=config)
    app.handler({}, Context())
    assert [len(names) for names in config.started] == [25, 25, 10]
    assert setting.slept == [61, 61]


def test_waits_while_config_is_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    config = Config(busy=3)
    setting = Regions(monkeypatch, 3, west=config)
    app.handler({}, Context())
    assert len(config.started) == 1
    assert setting.slept == [61, 61, 61]


def test_fails_visibly_when_config_stays_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    Regions(monkeypatch, 3, west=Config(busy=99))
    with pytest.raises(app.FailedStartError, match="west: AWS Config was busy 4 times"):
        app.handler({}, Context())


def test_a_failing_or_busy_region_does_not_delay_others(monkeypatch: pytest.MonkeyPatch) -> None:
    class Ruleless(Config):
        def start_config_rules_evaluation(self, ConfigRuleNames: list[str]) -> None:
            raise LookupError("NoSuchConfigRuleException")

    busy, free = Config(busy=3), Config()
    setting = Regions(monkeypatch, 60, north=Ruleless(), busy=busy, free=free)
    with pytest.raises(app.FailedStartError, match=r"^north: LookupError: NoSuchConfigRuleException$"):
        app.handler({}, Context())
    assert [len(names) for names in free.started] == [len(names) for names in busy.started] == [25, 25, 10]
    assert len(setting.slept) == 5


def test_the_maximum_of_rules_in_busy_regions_is_started_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    regions = {f"region-{number}": Config(busy=ATTEMPTS - 1) for number in range(8)}
    setting = Regions(monkeypatch, MOST_RULES, None, **regions)
    app.handler({}, Context())
    assert all(len(config.started) == MOST_RULES // 25 for config in regions.values())
    assert sum(setting.slept) < TIMEOUT_SECONDS - 30


def test_other_errors_are_not_retried(monkeypatch: pytest.MonkeyPatch) -> None:
    class Ruleless(Config):
        def start_config_rules_evaluation(self, ConfigRuleNames: list[str]) -> None:
            raise LookupError("NoSuchConfigRuleException")

    setting = Regions(monkeypatch, 3, west=Ruleless())
    with pytest.raises(app.FailedStartError, match="west: LookupError"):
        app.handler({}, Context())
    assert setting.slept == []


def test_rules_not_started_before_the_timeout_are_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    config = Config()
    Regions(monkeypatch, 60, west=config)
    with pytest.raises(app.FailedStartError, match="west: timeout with 35 rules not started"):
        app.handler({}, Context(remaining=80_000))
    assert len(config.started) == 1
