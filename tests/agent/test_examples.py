"""The programs of ``examples`` are what people copy, so they have to run."""

from __future__ import annotations

import asyncio
import runpy
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from agent.cli._request import served_in_process

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agent._agent import IntentAgent
    from bridge.emulator import EmulatedPhone

EXAMPLES = Path(__file__).parents[2] / "examples"


def example(name: str) -> dict[str, Any]:
    return runpy.run_path(str(EXAMPLES / name))


@pytest.fixture
def address(agent: IntentAgent) -> Iterator[str]:
    with served_in_process(agent) as served:
        yield served


def talk(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    waiting = iter(lines)
    monkeypatch.setattr("builtins.input", lambda _: next(waiting))


def test_the_conversation_asks_for_what_is_missing_and_goes_on(
    address: str,
    emulated_phone: EmulatedPhone,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    talk(monkeypatch, "timer", "alarm", "")
    example("clients/follow_up.py")["main"](address, emulated_phone.address)
    shown = capsys.readouterr().out.splitlines()
    assert shown[0].endswith("What is the duration? (How long the timer runs.)")
    assert shown[1] == 'set_alarm {"time": "06:30"}'
    assert "rings" in shown[2]


@pytest.mark.parametrize(("answer", "data"), [("y", False), ("n", True)])
def test_the_conversation_asks_before_a_risky_call(
    answer: str, data: bool, address: str, emulated_phone: EmulatedPhone, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk(monkeypatch, "wifi off", answer, "")
    example("clients/follow_up.py")["main"](address, emulated_phone.address)
    assert emulated_phone.state.mobile_data is data


def test_the_conversation_survives_an_error(
    address: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    talk(monkeypatch, "light", "nothing", "")
    example("clients/follow_up.py")["main"](address, "no-such-phone")
    shown = capsys.readouterr().out
    assert "error: there is no device 'no-such-phone'" in shown
    assert shown.endswith("no tool of the set `phone` serves this request\n")


def test_requests_side_by_side_are_all_planned(
    address: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    module = example("clients/many_at_once.py")
    monkeypatch.setitem(module["main"].__globals__, "TEXTS", ("light", "alarm"))
    asyncio.run(module["main"](address))
    assert (
        capsys.readouterr().out.splitlines()
        == [
            "light → ['turn_on_flashlight']",
            "alarm → ['set_alarm']",
        ]
        * 2
    )


def test_a_recorded_terminal_shows_what_was_printed_and_typed(tmp_path: Path) -> None:
    module = example("recorded_run.py")
    with module["Session"](tmp_path) as terminals:
        terminals.run(sys.executable, "-c", "print('hello', input('> '))", typed=["world"])
        assert "> world\nhello world\n" in terminals.shown


def test_a_program_that_fails_is_no_recorded_run(tmp_path: Path) -> None:
    module = example("recorded_run.py")
    with module["Session"](tmp_path) as terminals, pytest.raises(RuntimeError, match="out of paper"):
        terminals.run(sys.executable, "-c", "raise SystemExit('out of paper')")


def test_the_picture_of_a_session_loads_nothing_from_elsewhere() -> None:
    picture = example("recorded_run.py")["picture"]("\x1b[32mVERIFIED\x1b[0m The flashlight is on.")
    assert "VERIFIED" in picture
    assert "url(https" not in picture
