"""The benchmark runs; its numbers are nobody's business here."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bridge.bench import main

if TYPE_CHECKING:
    import pytest


def test_every_way_and_both_rates_are_measured(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--rounds", "2", "--phones", "2"]) == 0
    printed = capsys.readouterr().out
    assert len(re.findall(r"median +\d+\.\d\d ms", printed)) == 3
    assert re.search(r"one phone \d+\.\d, 2 phones \d+\.\d", printed)


def test_every_request_with_a_fault_ends_and_none_in_a_false_success(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["--rounds", "6", "--faults", "3"]) == 0
    printed = capsys.readouterr().out
    assert sum(int(count) for count in re.findall(r"^ +(\d+) [A-Z]", printed, re.MULTILINE)) == 6
    assert " 0 false successes" in printed
