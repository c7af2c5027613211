"""Evaluation files: reading them, planning every row as the service does, and counting what is right."""

from agent.evaluation._rows import EvaluationRow, ExpectedCall, read_rows
from agent.evaluation._run import RowResult, evaluate_rows
from agent.evaluation._summary import Summary, group_summaries, summarise

__all__ = [
    "EvaluationRow",
    "ExpectedCall",
    "RowResult",
    "Summary",
    "evaluate_rows",
    "group_summaries",
    "read_rows",
    "summarise",
]
