import pytest

from handlers.common.stores import kill_switch as switch
from tests.support.remediation import OperatorTerminal
from tests.support.remediation_account import APPROVER, SWITCH
from tests.support.trails import records


def test_stops_and_lets_run_and_says_who_and_why(desk: OperatorTerminal) -> None:
    assert "changed from running to stopped" in desk.run("kill-switch", "dev", "stop", "--reason", "an incident")
    assert desk.bank.ssm.get_parameter(Name=SWITCH)["Parameter"]["Value"] == "stopped"
    [record] = records()
    assert (record["kind"], record["who"], record["why"]) == (
        "SWITCH_CHANGED",
        {"caller": APPROVER},
        {"reason": "an incident"},
    )
    assert (record["before"], record["after"]) == ({"value": "running"}, {"value": "stopped"})
    desk.run("kill-switch", "dev", "run", "--reason", "over")
    assert len(records()) == 2
    assert desk.run("kill-switch", "dev", "show").startswith("running, since ")


def test_what_it_says_already_is_not_recorded(desk: OperatorTerminal) -> None:
    assert "already running" in desk.run("kill-switch", "dev", "run", "--reason", "sure")
    assert records() == []


def test_a_turn_in_the_console_is_recorded_first(desk: OperatorTerminal) -> None:
    desk.bank.turn("stopped")
    assert desk.run("kill-switch", "dev", "show").startswith("stopped, since ")
    assert records() == [], "who looks changes nothing"
    desk.run("kill-switch", "dev", "run", "--reason", "over")
    assert [record["why"].get("reason", "noticed") for record in records()] == ["noticed", "over"]


def test_a_function_does_not_record_the_turn_again(desk: OperatorTerminal) -> None:
    desk.run("kill-switch", "dev", "stop", "--reason", "an incident")
    desk.bank.bucket()
    desk.bank.change()
    assert [record["kind"] for record in records()] == ["SWITCH_CHANGED", "PLAN", "REFUSAL"]


def test_a_function_that_notices_the_turn_at_once_does_not_hide_who_and_why(
    desk: OperatorTerminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = switch.read
    desk.bank.bucket()

    def meanwhile(parameter: str) -> switch.State:
        state = read(parameter)
        if not state.running:
            monkeypatch.setattr(switch, "read", read)
            desk.bank.change()
        return state

    monkeypatch.setattr(switch, "read", meanwhile)
    desk.run("kill-switch", "dev", "stop", "--reason", "an incident")
    changes = [record["why"].get("reason", "noticed") for record in records() if record["kind"] == "SWITCH_CHANGED"]
    assert changes == ["noticed", "an incident"]


@pytest.mark.parametrize("reason", [(), ("--reason", " ")])
def test_a_turn_needs_a_reason(desk: OperatorTerminal, reason: tuple[str, ...]) -> None:
    assert "--reason: required to stop" in desk.run("kill-switch", "dev", "stop", *reason, code=2)
