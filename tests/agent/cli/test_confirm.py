from __future__ import annotations

import io
import sys

import pytest
from rich.console import Console

from agent.cli._confirm import answer_to
from intentagent.v1 import intent_agent_service_pb2 as api

WAITING = api.WaitingForConfirmation(serial="phone")


class Terminal(io.StringIO):
    """What a person types at a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("typed", "agreed"), [("y\n", True), ("n\n", False), ("\n", False)])
def test_the_person_at_the_terminal_decides(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], typed: str, agreed: bool
) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal(typed))
    answer = answer_to(Console(), yes=False, ask=True)
    assert answer is not None
    assert answer(WAITING) is agreed
    assert "Do it?" in capsys.readouterr().out


def test_nobody_is_asked_without_a_terminal_or_for_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    assert answer_to(Console(), yes=False, ask=True) is None
    monkeypatch.setattr(sys, "stdin", Terminal("y\n"))
    assert answer_to(Console(), yes=False, ask=False) is None


def test_a_yes_in_advance_needs_no_question() -> None:
    answer = answer_to(Console(), yes=True, ask=True)
    assert answer is not None
    assert answer(WAITING)
