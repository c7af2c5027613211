"""What a conversation and its tools look like from outside, checked with pydantic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, TypeAdapter, ValidationError

from agent.errors import InvalidConversation


class _Part(BaseModel):
    """A part of a message, or of a declaration; fields that the format has no place for are ignored."""

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore")


class CalledFunction(_Part):
    """The tool of a call and its arguments."""

    name: str
    arguments: Mapping[str, Any] = Field(default_factory=dict)


class ToolCall(_Part):
    """A call, in an assistant's message."""

    function: CalledFunction


class ToolResponse(_Part):
    """What a tool answered."""

    name: str
    response: Any


class TextPart(_Part):
    """A text, in a message whose content is a list."""

    type: Literal["text"]
    text: str


class Message(_Part):
    """A message. ``content`` of a tool's message is a response or a list of them; of all others, text.

    A tool's message may also hold its answer as a plain string; then it has a ``name``.
    """

    role: Literal["developer", "system", "user", "assistant", "tool"]
    content: str | ToolResponse | Sequence[ToolResponse] | Sequence[TextPart] | None = None
    tool_calls: Sequence[ToolCall] = ()
    name: str | None = None


class Schema(_Part):
    """A parameter's type; what the format has no place for (``default``, ``minimum``) is ignored."""

    type: str = "OBJECT"
    description: str = ""
    enum: Sequence[JsonValue] = ()
    items: dict[str, JsonValue] | None = None
    properties: dict[str, Schema] = Field(default_factory=dict)
    required: Sequence[str] = ()


class DeclaredFunction(_Part):
    """A tool's name, what it does, and its parameters."""

    name: str
    description: str = ""
    parameters: Schema | None = None


class Declaration(_Part):
    """A tool, as ``{"function": {…}}``."""

    function: DeclaredFunction


_MESSAGES = TypeAdapter(list[Message])
_DECLARATIONS = TypeAdapter(list[Declaration])
_SCHEMA = TypeAdapter(Schema)


def _explain(error: ValidationError, what: str) -> InvalidConversation:
    first = error.errors(include_url=False, include_input=False)[0]
    place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in first["loc"])
    return InvalidConversation(f"{what}{place}: {first['msg']}", field=f"{what}{place}")


def read_messages(messages: object) -> list[Message]:
    """Check messages. Raises ``InvalidConversation``, which names the first wrong field."""
    try:
        return _MESSAGES.validate_python(messages)
    except ValidationError as error:
        raise _explain(error, "messages") from error


def read_declarations(tools: object) -> list[Declaration]:
    """Check declarations. Raises ``InvalidConversation``, which names the first wrong field."""
    try:
        return _DECLARATIONS.validate_python(tools)
    except ValidationError as error:
        raise _explain(error, "tools") from error


def read_schema(schema: Any) -> Schema:
    """Check one schema. Raises ``InvalidConversation``, which names the first wrong field."""
    try:
        return _SCHEMA.validate_python(schema)
    except ValidationError as error:
        raise _explain(error, "schema") from error
