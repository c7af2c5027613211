"""What corrects the model's answers leaves right ones alone: the expected calls of the held-out rows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from agent._agent import IntentAgent
from agent.engines import ScriptedEngine
from agent.evaluation import EvaluationRow, evaluate_rows, read_rows
from agent.planning import Exchange
from agent.planning._conversation import conversation
from agent.prompt import render, to_text
from bridge import Bridge
from tools_schema import Call, load_tool_set

HELD_OUT = Path(__file__).parents[2] / "data" / "heldout"
_BEGIN, _END = "<start_function_call>", "<end_function_call>"
TOOL_SETS = {name: load_tool_set(name) for name in ("phone", "mobile_actions")}


@dataclass
class RightModel:
    """A model that knows what to answer."""

    answer: str = ""

    def __call__(self, _prompt: str) -> str:
        return self.answer


def as_written(row: EvaluationRow) -> str:
    """Return the expected calls in the model's words, as an earlier turn of a conversation has them."""
    calls = tuple(Call(call.name, call.arguments) for call in row.calls)
    text = to_text(render(conversation("", [Exchange("", calls)], TOOL_SETS[row.tool_sets[0]]), []))
    return text[text.index(_BEGIN) : text.rindex(_END) + len(_END)] + "<start_function_response>"


@pytest.mark.parametrize("pattern", ["followups*", "phone_en*", "phone_??_[2468]*", "mobile_actions*"])
def test_right_calls_are_neither_changed_nor_asked_for_again(pattern: str) -> None:
    model = RightModel()
    known = [tool.signature for tools in TOOL_SETS.values() for tool in tools.tools]
    engine = ScriptedEngine(model, known=known)
    agent = IntentAgent(engine, Bridge(adb_port=1), TOOL_SETS)
    changed = []
    for path in sorted(HELD_OUT.glob(f"{pattern}.jsonl")):
        for row in (row for row in read_rows(path) if row.calls):
            model.answer = as_written(row)
            asked = len(engine.prompts)
            (result,) = evaluate_rows(agent, [row])
            if not result.exact or len(engine.prompts) - asked > 1:
                changed.append((row.id, row.text, result.calls, result.error))
    assert changed == []
    assert len(engine.prompts) > 500
