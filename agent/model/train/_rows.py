"""Training rows: read from JSON lines, written as a prompt and its answer, turned into token ids."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from agent.model.train._options import TrainingError
from agent.prompt import TRIGGER, Piece, Prompt, render
from agent.prompt._history import exchange_messages

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray


class PromptTokenizer(Protocol):
    """What is used of a tokenizer: `Tokenizer` or `LlamaTokenizer`."""

    def encode(self, prompt: Iterable[Piece]) -> list[int]: ...
    def control_id(self, name: str) -> int: ...


class RowCall(BaseModel):
    """A call as the model writes it."""

    model_config = ConfigDict(frozen=True)

    name: str
    arguments: dict[str, JsonValue] = Field(default_factory=dict)


class RowExchange(BaseModel):
    """An earlier request, and what was called or missing."""

    model_config = ConfigDict(frozen=True)

    text: str
    calls: tuple[RowCall, ...] = ()
    missing: tuple[str, ...] = ()


class Row(BaseModel):
    """A request and the calls that answer it; fields that training does not need are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    lang: str
    kind: str
    text: str
    tools: tuple[dict[str, Any], ...] = ()
    """Declarations of the tools that the model does not know."""
    history: tuple[RowExchange, ...] = ()
    calls: tuple[RowCall, ...]
    """None when the request is to be refused."""


@dataclass(frozen=True, slots=True)
class Example:
    """A row as token ids [prompt, answer]; ``weights`` [answer] weigh each answer token's loss.

    ``lead`` tokens at the beginning are the developer's turn with the declarations: rows that declare the
    same tools in the same words begin alike.
    """

    id: str
    lang: str
    kind: str
    ids: NDArray[np.int64]
    answer: int
    """Where the answer begins in ``ids``; at least 1."""
    weights: NDArray[np.float32]
    lead: int = 0

    @property
    def length(self) -> int:
        """Return how many tokens the network reads: all but the last."""
        return len(self.ids) - 1


def read_rows(path: Path) -> list[Row]:
    """Read a file of JSON lines.

    Raises:
        TrainingError: the file cannot be read, has no rows, or a line is no row.

    """
    rows = []
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise TrainingError(f"{path} cannot be read: {error}", path=str(path)) from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            rows.append(Row.model_validate_json(line))
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            where = ".".join(map(str, first["loc"]))
            raise TrainingError(f"{path}, line {number}: {where}: {first['msg']}", path=str(path)) from error
    if not rows:
        raise TrainingError(f"{path} has no rows", path=str(path))
    return rows


def prompt_and_answer(row: Row) -> tuple[Prompt, Prompt]:
    """Return a row's prompt in compact order and what the model is to write after it.

    The answer is the calls and ``<start_function_response>``, or ``<end_of_turn>`` where nothing is called.
    """
    tools = sorted(row.tools, key=lambda tool: str(tool["function"]["name"]))
    messages: list[dict[str, Any]] = [{"role": "developer", "content": TRIGGER}] if tools else []
    for past in row.history:
        calls = [(call.name, call.arguments) for call in past.calls]
        messages += exchange_messages(past.text, calls, past.missing)
    messages.append({"role": "user", "content": row.text})
    prompt = render(messages, tools)
    if not row.calls:
        return prompt, (Piece("<end_of_turn>", control=True),)
    tool_calls = [{"function": {"name": call.name, "arguments": call.arguments}} for call in row.calls]
    whole = render([*messages, {"role": "assistant", "tool_calls": tool_calls}], tools, False)
    # The prompt ends with "model\n" and the answer begins with a control token, so no text crosses the
    # border.
    return prompt, whole[len(prompt) :]


def texts_of(row: Row) -> list[str]:
    """Return the texts between a row's control tokens."""
    prompt, answer = prompt_and_answer(row)
    return [piece.text for piece in (*prompt, *answer) if not piece.control]


def to_example(row: Row, tokenizer: PromptTokenizer, decision_weight: float) -> Example:
    """Tokenise a row; the first answer token and those after a call get ``decision_weight``, others 1."""
    prompt, answer = prompt_and_answer(row)
    start = tokenizer.encode(prompt)
    end = tokenizer.encode(answer)
    weights = np.ones(len(end), dtype=np.float32)
    weights[0] = decision_weight
    weights[1:][np.array(end[:-1]) == tokenizer.control_id("<end_function_call>")] = decision_weight
    turns = [place for place, token in enumerate(start) if token == tokenizer.control_id("<start_of_turn>")]
    lead = turns[1] if row.tools else 0  # the developer's turn is the first, the user's the second
    return Example(row.id, row.lang, row.kind, np.array([*start, *end]), len(start), weights, lead)


def to_examples(
    rows: Iterable[Row], tokenizer: PromptTokenizer, *, decision_weight: float, longest: int
) -> tuple[list[Example], Counter[str]]:
    """Return the rows as examples, and how many of each kind are longer than ``longest`` tokens."""
    examples: list[Example] = []
    too_long: Counter[str] = Counter()
    for row in rows:
        example = to_example(row, tokenizer, decision_weight)
        if example.length > longest:
            too_long[row.kind] += 1
        else:
            examples.append(example)
    if not examples:
        raise TrainingError(f"all rows are longer than {longest} tokens")
    return examples, too_long


def languages(examples: Sequence[Example]) -> tuple[str, ...]:
    """Return the languages of the examples, in alphabetical order."""
    return tuple(sorted({example.lang for example in examples}))
