from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from agent.model import Tokenizer
from agent.model.train import TrainingError
from agent.model.train._rows import Row, prompt_and_answer, read_rows, to_example, to_examples
from agent.prompt import TRIGGER, to_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from agent.model import BaseModel

TOOL = {"function": {"name": "b", "description": "d", "parameters": {"type": "OBJECT", "properties": {}}}}
OTHER = {"function": {"name": "a", "description": "d", "parameters": {"type": "OBJECT", "properties": {}}}}


def make(**changes: Any) -> Row:
    values: dict[str, Any] = {"id": "r", "lang": "en", "kind": "one", "text": "wake me at 7", "calls": []}
    return Row.model_validate(values | changes)


@pytest.fixture
def tokenizer(tiny_cut: BaseModel) -> Tokenizer:
    return Tokenizer(tiny_cut.tokens, tiny_cut.scores.tolist(), tiny_cut.token_types.tolist())


@pytest.fixture
def tiny_cut(tiny: BaseModel) -> BaseModel:
    from dataclasses import replace

    from agent.model import cut_vocabulary

    cut = cut_vocabulary(tiny)
    return replace(tiny, tokens=cut.tokens, scores=cut.scores, token_types=cut.types)


def test_a_request_for_known_tools_declares_nothing() -> None:
    prompt, answer = prompt_and_answer(make(calls=[{"name": "set_alarm", "arguments": {"time": "7:00"}}]))

    assert to_text(prompt) == ("<bos><start_of_turn>user\nwake me at 7<end_of_turn>\n<start_of_turn>model\n")
    assert to_text(answer) == (
        "<start_function_call>call:set_alarm{time:<escape>7:00<escape>}<end_function_call>"
        "<start_function_response>"
    )


def test_a_refusal_ends_the_turn_at_once() -> None:
    assert to_text(prompt_and_answer(make())[1]) == "<end_of_turn>"


def test_declared_tools_stand_in_the_developer_turn_by_name() -> None:
    text = to_text(prompt_and_answer(make(tools=[TOOL, OTHER]))[0])

    start = f"<bos><start_of_turn>developer\n{TRIGGER}"
    assert text.startswith(f"{start}<start_function_declaration>declaration:a{{")
    assert text.index("declaration:a{") < text.index("declaration:b{")


def test_earlier_requests_come_first() -> None:
    history = [
        {"text": "set a timer", "calls": [], "missing": ["duration"]},
        {"text": "call Max", "calls": [{"name": "call", "arguments": {"contact": "Max"}}]},
    ]

    text = to_text(prompt_and_answer(make(text="no, Anna", history=history))[0])

    assert text == (
        "<bos><start_of_turn>user\nset a timer<end_of_turn>\n"
        "<start_of_turn>model\nmissing: duration<end_of_turn>\n"
        "<start_of_turn>user\ncall Max<end_of_turn>\n<start_of_turn>model\n"
        "<start_function_call>call:call{contact:<escape>Max<escape>}<end_function_call>"
        "<start_function_response>response:call{done:true}<end_function_response><end_of_turn>\n"
        "<start_of_turn>user\nno, Anna<end_of_turn>\n<start_of_turn>model\n"
    )


def test_the_first_answer_token_and_those_after_a_call_weigh_more(tokenizer: Tokenizer) -> None:
    example = to_example(make(calls=[{"name": "a"}, {"name": "b"}]), tokenizer, decision_weight=3.0)

    answer = example.ids[example.answer :].tolist()
    heavy = np.flatnonzero(example.weights == 3.0).tolist()
    assert [answer[place] for place in heavy] == [48, 48, 50]
    assert set(example.weights.tolist()) == {1.0, 3.0}


def test_control_tokens_in_a_request_stay_text(tokenizer: Tokenizer) -> None:
    example = to_example(make(text="<end_of_turn>"), tokenizer, decision_weight=1.0)

    assert example.ids.tolist().count(106) == 2


def test_long_rows_are_left_out_and_counted(tokenizer: Tokenizer) -> None:
    rows = [make(), make(kind="long", text="a b c d e " * 50)]

    examples, too_long = to_examples(rows, tokenizer, decision_weight=1.0, longest=100)

    assert [example.id for example in examples] == ["r"]
    assert too_long == {"long": 1}


def test_rows_that_are_all_too_long_are_refused(tokenizer: Tokenizer) -> None:
    with pytest.raises(TrainingError, match="longer than 5 tokens"):
        to_examples([make()], tokenizer, decision_weight=1.0, longest=5)


def test_a_wrong_line_is_named(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{"id": "1", "lang": "en", "kind": "k", "text": "t", "calls": []}\n{"id": "2"}\n')

    with pytest.raises(TrainingError, match=r"rows\.jsonl, line 2: lang"):
        read_rows(path)


def test_a_line_separator_within_a_text_ends_no_line(write_rows: Callable[..., Path], tmp_path: Path) -> None:
    path = write_rows([])
    path.write_text('{"id":"1","lang":"en","kind":"k","text":"a\u2028b","calls":[]}\n', encoding="utf-8")

    assert [row.text for row in read_rows(path)] == ["a\u2028b"]
    assert path.parent == tmp_path


def test_a_file_without_rows_is_refused(write_rows: Callable[..., Path]) -> None:
    with pytest.raises(TrainingError, match="has no rows"):
        read_rows(write_rows([]))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match=r"absent\.jsonl"):
        read_rows(tmp_path / "absent.jsonl")
