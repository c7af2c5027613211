"""The soaks, short: the long ones are commands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent.soak import main

if TYPE_CHECKING:
    import pytest


def test_after_kills_at_random_points_nothing_is_lost_and_nothing_done_twice(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code = main(["kills", "--kills", "15", "--seed", "7"])
    printed = capsys.readouterr().out
    assert code == 0, printed
    assert "15 services killed" in printed
    assert sum(int(count) for count in re.findall(r"^ +(\d+) (?!timers)", printed, re.MULTILINE)) == 15
