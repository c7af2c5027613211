"""Every tool on a phone of one's own: ``pytest tests/device --serial SERIAL [--destructive]``."""

from __future__ import annotations

import pytest

from bridge.conformance import CHECKS, Check, Probe, Result, Target, make_check


@pytest.mark.parametrize("check", CHECKS, ids=[check.name for check in CHECKS])
def test_the_outcome_is_as_expected(
    check: Check | Probe, target: Target, results: list[Result], pytestconfig: pytest.Config
) -> None:
    result = make_check(
        check,
        target,
        destructive=pytestconfig.getoption("--destructive"),
        call_number=pytestconfig.getoption("--call"),
    )
    results.append(result)
    if result.as_expected is None:
        pytest.skip(result.message)
    assert result.as_expected, result.message
