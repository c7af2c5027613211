"""What each tool does on one particular phone: checks that anybody can make, and a table for a bug report.

``CHECKS`` are made in their order, one after the other, by ``make_check`` on a ``Target``; ``header`` and
``row`` write the results as a Markdown table. ``intent-agent check`` and ``pytest tests/device`` both do so.
"""

from bridge.conformance._checks import CHECKS, Check, Probe
from bridge.conformance._run import Result, Target, make_check
from bridge.conformance._table import header, row, summary

__all__ = ["CHECKS", "Check", "Probe", "Result", "Target", "header", "make_check", "row", "summary"]
