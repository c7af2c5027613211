"""Results of rows without an engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import pytest

from agent.evaluation import EvaluationRow, ExpectedCall, RowResult
from tools_schema import Call, load_tool_set

if TYPE_CHECKING:
    from tools_schema import ToolSet

Calls = list[tuple[str, dict[str, Any]]]


class MakeResult(Protocol):
    def __call__(
        self, expected: Calls, got: Calls, *, missing: str = "", asked: str = "", error: str = ""
    ) -> RowResult: ...


@pytest.fixture
def result() -> MakeResult:
    """Make a result from expected calls and those that came; ``asked`` is the parameter asked for."""

    def make(
        expected: Calls, got: Calls, *, missing: str = "", asked: str = "", error: str = ""
    ) -> RowResult:
        row = EvaluationRow(
            id="1",
            text="said | so",
            calls=tuple(ExpectedCall(name=name, arguments=arguments) for name, arguments in expected),
            missing=(missing,) if missing else (),
        )
        calls = tuple(Call(name, arguments) for name, arguments in got)
        return RowResult(row, calls, (asked,) if asked else (), (), 1.0, error=error)

    return make


@pytest.fixture(scope="session")
def phone() -> ToolSet:
    return load_tool_set("phone")
