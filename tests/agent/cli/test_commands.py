"""The commands ``plan`` and ``do`` against a running service, as a script would use them."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

from agent.cli._request import served_in_process
from agent.cli.app import main
from bridge.emulator import Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from agent._agent import IntentAgent
    from bridge.emulator import EmulatedPhone


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Run the command line and return its exit code, standard output and standard error."""

    def run_main(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["intent-agent", *arguments])
        with pytest.raises(SystemExit) as left:
            main()
        captured = capsys.readouterr()
        return int(left.value.code or 0), captured.out, captured.err

    return run_main


@pytest.fixture
def server(agent: IntentAgent) -> Iterator[str]:
    with served_in_process(agent) as address:
        yield address


def test_plan_prints_json_and_leaves_with_0(run: Callable[..., tuple[int, str, str]], server: str) -> None:
    code, out, _ = run("plan", "alarm", "--server", server, "--json")
    assert code == 0
    assert json.loads(out)["calls"][0]["arguments"] == {"time": "06:30"}


def test_plan_leaves_with_3_where_something_is_missing(
    run: Callable[..., tuple[int, str, str]], server: str
) -> None:
    code, out, _ = run("plan", "timer", "--server", server)
    assert code == 3
    assert "duration" in out


def test_do_leaves_with_0_once_the_phone_was_read_back(
    run: Callable[..., tuple[int, str, str]], server: str, emulated_phone: EmulatedPhone
) -> None:
    code, out, _ = run("do", "light", "--server", server, "--serial", emulated_phone.address)
    assert code == 0
    assert "VERIFIED" in out
    assert emulated_phone.state.torch


def test_do_writes_a_screenshot_to_a_file(
    run: Callable[..., tuple[int, str, str]], server: str, emulated_phone: EmulatedPhone, tmp_path: Path
) -> None:
    target = tmp_path / "screen.png"
    arguments = ("do", "picture", "--server", server, "--serial", emulated_phone.address, "--picture")
    assert run(*arguments, str(target))[0] == 0
    assert target.read_bytes().startswith(b"\x89PNG\r\n")
    code, _, error = run(*arguments, str(tmp_path))
    assert code == 2
    assert "directory" in error


def test_do_leaves_with_3_where_a_yes_is_needed_and_0_with_it(
    run: Callable[..., tuple[int, str, str]], server: str, emulated_phone: EmulatedPhone
) -> None:
    arguments = ("do", "wifi off", "--server", server, "--serial", emulated_phone.address)
    code, out, _ = run(*arguments)
    assert code == 3
    assert "NEEDS_CONFIRMATION" in out
    assert run(*arguments, "--yes")[0] == 0
    assert not emulated_phone.state.mobile_data


def test_do_shows_the_choices_of_a_question_one_a_line(
    run: Callable[..., tuple[int, str, str]], server: str, emulated_phone: EmulatedPhone
) -> None:
    arguments = ("do", "message to alex", "--server", server, "--serial", emulated_phone.address)
    code, out, _ = run(*arguments)
    assert code == 3
    assert "NEEDS_CLARIFICATION" in out
    assert [line.split(maxsplit=1)[1] for line in out.splitlines() if line.startswith("  choice")] == [
        "+1 212 5550104",
        "+1 917 5550105",
    ]
    outcome = json.loads(run(*arguments, "--json")[1].splitlines()[-1])["outcome"]
    assert outcome["choices"] == ["+1 212 5550104", "+1 917 5550105"]


def test_do_says_that_a_call_which_broke_off_may_have_run(
    run: Callable[..., tuple[int, str, str]], server: str, emulated_phone: EmulatedPhone
) -> None:
    arguments = ("do", "alarm", "--server", server, "--serial", emulated_phone.address)
    emulated_phone.fail_next(Fault.DROPPED_AFTER, "am start")
    code, out, _ = run(*arguments)
    assert code == 3
    assert "may have run" in out
    emulated_phone.fail_next(Fault.DROPPED_AFTER, "am start")
    outcome = json.loads(run(*arguments, "--json")[1].splitlines()[-1])["outcome"]
    assert outcome["may_have_run"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("plan", ""), 2),
        (("plan", "x" * 100_000), 2),
        (("plan", "say <escape>"), 2),
        (("plan", "bell \x07"), 2),
        (("plan", "half \udc80"), 2),
        (("plan", "light", "--tool-set", "toaster"), 2),
        (("plan", "no such date"), 2),
        (("do", "light", "--serial", "nobody"), 4),
    ],
)
def test_bad_input_is_one_line_on_standard_error(
    run: Callable[..., tuple[int, str, str]], server: str, arguments: tuple[str, ...], code: int
) -> None:
    left, out, err = run(*arguments, "--server", server)
    assert left == code
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert "Traceback" not in out + err


def test_a_missing_model_file_leaves_with_5(run: Callable[..., tuple[int, str, str]]) -> None:
    code, _, err = run("plan", "light", "--model", "nowhere.gguf")
    assert code == 5
    assert "nowhere.gguf" in err


@pytest.mark.parametrize(
    "command", ["demo", "plan", "do", "serve", "devices", "tools", "model", "eval", "emulator", "prompt"]
)
def test_every_command_has_help(run: Callable[..., tuple[int, str, str]], command: str) -> None:
    code, out, _ = run(command, "--help")
    assert code == 0
    assert "Usage" in out


def test_a_command_leaves_with_6_and_says_where_to_look_when_no_service_answers(
    run: Callable[..., tuple[int, str, str]],
) -> None:
    code, _, error = run("plan", "alarm", "--server", "127.0.0.1:1")
    assert code == 6
    assert error.startswith("error: no service answers; is it running at that address")
