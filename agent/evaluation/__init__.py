"""Evaluation: planning the rows of files as the service does, and counting what is right and what is not.

Two public collections are measured beside our own files: what people said to assistants (tool choice), and
BFCL (tools that the model has never seen).
"""

from agent.evaluation._bfcl import BfclResult, BfclSummary, evaluate_bfcl, sample_bfcl, summarise_bfcl
from agent.evaluation._bfcl_package import CATEGORIES as BFCL_CATEGORIES
from agent.evaluation._bfcl_package import BfclPackage, BfclRow, open_bfcl
from agent.evaluation._causes import Cause, cause_of
from agent.evaluation._confusion import require_drawing
from agent.evaluation._files import EvaluationFile, read_files
from agent.evaluation._human import (
    HumanResult,
    HumanSummary,
    MeasuredRow,
    evaluate_human,
    human_groups,
    read_human,
    sample_human,
    summarise_human,
)
from agent.evaluation._packages import PackageMissing
from agent.evaluation._report import EvaluatedFile, failures_by_cause, result_line, write_report
from agent.evaluation._rows import EvaluationRow, ExpectedCall, read_rows
from agent.evaluation._run import RowResult, evaluate_rows
from agent.evaluation._summary import Summary, group_summaries, summarise

__all__ = [
    "BFCL_CATEGORIES",
    "BfclPackage",
    "BfclResult",
    "BfclRow",
    "BfclSummary",
    "Cause",
    "EvaluatedFile",
    "EvaluationFile",
    "EvaluationRow",
    "ExpectedCall",
    "HumanResult",
    "HumanSummary",
    "MeasuredRow",
    "PackageMissing",
    "RowResult",
    "Summary",
    "cause_of",
    "evaluate_bfcl",
    "evaluate_human",
    "evaluate_rows",
    "failures_by_cause",
    "group_summaries",
    "human_groups",
    "open_bfcl",
    "read_files",
    "read_human",
    "read_rows",
    "require_drawing",
    "result_line",
    "sample_bfcl",
    "sample_human",
    "summarise",
    "summarise_bfcl",
    "summarise_human",
    "write_report",
]
