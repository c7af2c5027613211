"""Results as a Markdown table, which a bug report shows as one, and which a terminal can show as it is."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bridge.conformance._run import Result, Target
    from bridge.outcome import Evidence

__all__ = ["header", "row", "summary"]

_CELL = 300
_MARKS = {True: "yes", False: "**NO**", None: "–"}


def header(target: Target) -> str:
    """Return what was checked, and the table's head. The serial is left out: it names one single phone."""
    level = target.device.api_level or "unknown"
    return (
        f"Intent Agent {_version()}, model {target.device.model or 'unknown'}, API level {level}\n\n"
        "| check | outcome | as expected | ms | evidence |\n"
        "|---|---|---|---:|---|"
    )


def row(result: Result, target: Target) -> str:
    """Return one line of the table; commands and answers only where something is not as expected."""
    parts = [] if result.private else [result.message]
    if result.as_expected is not None and (result.private or not result.as_expected):
        parts += [_command(evidence, private=result.private) for evidence in result.evidence]
    cells = (
        result.name,
        result.outcome,
        _MARKS[result.as_expected],
        "" if result.as_expected is None else f"{result.elapsed_ms:.0f}",
        _cell(" · ".join(filter(None, parts)).replace(target.serial, "SERIAL")),
    )
    return f"| {' | '.join(cells)} |"


def summary(results: Iterable[Result]) -> str:
    """Return how many checks were as expected, were not, and were skipped."""
    ends = [result.as_expected for result in results]
    return f"{ends.count(True)} as expected, {ends.count(False)} not, {ends.count(None)} skipped"


def _command(evidence: Evidence, *, private: bool) -> str:
    words = " ".join(evidence.argv[:3] if private else evidence.argv)
    end = "no exit code" if evidence.exit_code is None else f"exit {evidence.exit_code}"
    said = "" if private else f": {evidence.stderr.strip() or evidence.stdout.strip()}"
    return f"`{words[:100].replace('`', '´')}` {end}{said[:200]}"


def _cell(text: str) -> str:
    line = " ".join(text.split()).replace("|", "\\|")
    return line if len(line) <= _CELL else f"{line[:_CELL]}…"


def _version() -> str:
    try:
        return version("intent-agent")
    except PackageNotFoundError:
        return "from its sources"
