"""The soaks, short: the long ones are commands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent.soak import main

if TYPE_CHECKING:
    import pytest


def test_after_kills_at_every_point_nothing_is_lost_and_nothing_done_twice(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code = main(["kills", "--kills", "15", "--seed", "7"])
    printed = capsys.readouterr().out
    assert code == 0, printed
    assert "15 services killed" in printed
    (on_its_way,) = re.findall(r"(\d+)% while a call was on its way", printed)
    assert int(on_its_way) >= 20


def test_two_hundred_clients_at_once_are_all_answered_and_memory_stays_flat(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code = main(["load", "--requests", "800"])
    printed = capsys.readouterr().out
    assert code == 0, printed
    assert "800 requests, 800 ended" in printed
    assert " 320 timers on the phones, 0 lost, 0 unanswered" in printed


def test_a_service_that_does_not_start_is_told_with_its_options(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["start", "--runs", "1", "--", "--host", "192.0.2.1"]) == 1
    assert "--host 192.0.2.1" in capsys.readouterr().out
