"""``intent-agent prompt``: the exact text that FunctionGemma's template makes of a conversation."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from agent.cli._output import fail, print_json
from agent.errors import AgentError, InvalidConversation
from agent.prompt import render, to_text

__all__ = ["prompt"]


def prompt(
    file: Annotated[
        typer.FileBinaryRead,
        typer.Argument(
            help="One JSON object a line: messages, tools, add_generation_prompt. - is standard input."
        ),
    ],
) -> None:
    """Render conversations as prompts, one JSON string a line.

    tools may be left out; add_generation_prompt is true where unsaid; other keys are ignored. Stops at the
    first line that cannot be rendered, with exit code 2.
    """
    for number, line in enumerate(file, start=1):
        if not line.strip():
            continue
        try:
            text = _rendered(line)
        except AgentError as error:
            fail(InvalidConversation(f"line {number}: {error.message}", line=str(number)))
        print_json(text)


def _rendered(line: bytes) -> str:
    conversation = _object(line)
    if "messages" not in conversation:
        raise InvalidConversation("the key messages is missing")
    generate = conversation.get("add_generation_prompt", True)
    if not isinstance(generate, bool):
        raise InvalidConversation("add_generation_prompt must be true or false")
    return to_text(render(conversation["messages"], conversation.get("tools") or [], generate))


def _object(line: bytes) -> dict[str, Any]:
    try:
        value = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise InvalidConversation(f"not UTF-8 at byte {error.start}; save the file as UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise InvalidConversation(f"not JSON: {error}") from error
    if not isinstance(value, dict):
        raise InvalidConversation("give a JSON object with messages, tools and add_generation_prompt")
    return value
