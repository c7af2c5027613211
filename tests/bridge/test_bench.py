"""The benchmark runs; its numbers are nobody's business here."""

from __future__ import annotations

import re

import pytest

from bridge.bench import main


def test_every_way_and_both_rates_are_measured(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--rounds", "2", "--phones", "2"]) == 0
    printed = capsys.readouterr().out
    assert len(re.findall(r"median +\d+\.\d\d ms", printed)) == 5
    assert len(re.findall(r": one \d+\.\d, 2 at once \d+\.\d", printed)) == 2


def test_every_request_with_a_fault_ends_in_nothing_false_and_leaves_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["--rounds", "12", "--faults", "4", "--seed", "7"]) == 0
    printed = capsys.readouterr().out
    assert sum(int(count) for count in re.findall(r"^ +(\d+) [A-Z]", printed, re.MULTILINE)) == 12
    assert " 0 false successes" in printed
    assert " 0 commands that ran on" in printed


def test_more_faults_than_requests_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--rounds", "2", "--faults", "3"])
    assert "--faults at most --rounds" in capsys.readouterr().err
