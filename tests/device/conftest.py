"""Options that name a phone, and the table of results at the end."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from bridge import open_bridge
from bridge.conformance import Result, Target, header, row, summary

if TYPE_CHECKING:
    from collections.abc import Iterator

    from _pytest.terminal import TerminalReporter

_TARGET = pytest.StashKey[Target]()
_RESULTS = pytest.StashKey[list[Result]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("phones")
    group.addoption("--serial", help="the phone or emulator to check, by its serial; without it, none is")
    group.addoption("--adb", default="127.0.0.1:5037", help="the adb server, host:port")
    group.addoption(
        "--destructive", action="store_true", help="make the checks that change the phone as well"
    )
    group.addoption(
        "--call", default="", metavar="NUMBER", help="with --destructive: really call this number"
    )


@pytest.fixture(scope="session")
def target(pytestconfig: pytest.Config) -> Iterator[Target]:
    """The phone that --serial names."""
    # The options are unknown where these tests are collected with all others.
    serial = pytestconfig.getoption("--serial", None)
    if not serial:
        pytest.skip("no phone is named: pytest tests/device --serial SERIAL")
    host, _, port = pytestconfig.getoption("--adb").rpartition(":")
    with closing(open_bridge(host, int(port))) as bridge:
        target = Target(bridge, serial)
        pytestconfig.stash[_TARGET] = target
        yield target


@pytest.fixture(scope="session")
def results(pytestconfig: pytest.Config) -> list[Result]:
    """The results so far."""
    return pytestconfig.stash.setdefault(_RESULTS, [])


def pytest_terminal_summary(terminalreporter: TerminalReporter, config: pytest.Config) -> None:
    if target := config.stash.get(_TARGET, None):
        results = config.stash.get(_RESULTS, [])
        lines = [header(target), *(row(result, target) for result in results), "", summary(results)]
        terminalreporter.write_line("\n" + "\n".join(lines))
