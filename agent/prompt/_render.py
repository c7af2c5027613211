"""A conversation and its tools as a prompt, to the byte as FunctionGemma's chat template gives it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

from agent.errors import InvalidConversation, InvalidUnicode
from agent.prompt._declarations import write_declaration
from agent.prompt._messages import (
    Declaration,
    Message,
    TextPart,
    ToolResponse,
    read_declarations,
    read_messages,
)
from agent.prompt._pieces import (
    BOS,
    END_CALL,
    END_OF_TURN,
    END_RESPONSE,
    START_CALL,
    START_OF_TURN,
    START_RESPONSE,
    Piece,
    Prompt,
    canonical,
)
from agent.prompt._values import checked_name, write_object

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

    from tools_schema._types import Value


class _Turn(Enum):
    """Where the last message left the conversation."""

    CLOSED = auto()
    CALLED = auto()
    ANSWERED = auto()


def render(
    messages: Sequence[Mapping[str, Any]],
    tools: Sequence[Mapping[str, Any]] = (),
    add_generation_prompt: bool = True,
) -> Prompt:
    """Render a conversation in FunctionGemma's format.

    Args:
        messages: ``{"role", "content", "tool_calls"}`` in order. Roles are developer or system (first message
            only), user, assistant and tool. A tool's content is ``{"name", "response"}`` or a list of these.
        tools: declarations ``{"function": {"name", "description", "parameters"}}``, written in their order.
        add_generation_prompt: end with the start of the model's turn.

    Returns:
        The pieces, ``<bos>`` first. Only what the template itself writes as a token is a control piece.

    Raises:
        InvalidConversation: a message or declaration has a wrong shape, or the order of the messages has no
            form: a response without a call, or a call or response left open before a user's turn.
        InvalidUnicode: a text holds a lone surrogate.

    """
    prompt = canonical(
        _conversation(read_messages(messages), read_declarations(tools), add_generation_prompt),
    )
    for piece in prompt:
        _check_unicode(piece.text)
    return prompt


def _check_unicode(text: str) -> None:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        msg = f"the text holds the lone surrogate U+{ord(text[error.start]):04X}: give whole characters"
        raise InvalidUnicode(msg) from error


def _conversation(messages: list[Message], tools: list[Declaration], generate: bool) -> Iterator[Piece]:
    yield BOS
    first = messages[:1]
    has_system = bool(first) and first[0].role in {"developer", "system"}
    if has_system or tools:
        yield from _open("developer")
        if has_system:
            yield Piece(_text(first[0], "messages[0]"))
        for tool in tools:
            yield from write_declaration(tool.function)
        yield from _close()
    turn = _Turn.CLOSED
    for index, message in enumerate(messages):
        if index == 0 and has_system:
            continue
        turn = yield from _message(message, turn, f"messages[{index}]")
    if turn is _Turn.CALLED:
        if generate:
            msg = "the last message is a call without a response: add a tool message, or no generation prompt"
            raise InvalidConversation(msg)
        yield START_RESPONSE
    elif turn is _Turn.CLOSED and generate:
        yield from _open("model")


def _message(message: Message, turn: _Turn, where: str) -> Generator[Piece, None, _Turn]:
    match message.role:
        case "user":
            if turn is not _Turn.CLOSED:
                missing = "its response" if turn is _Turn.CALLED else "an assistant message"
                msg = f"{where}: a user message cannot follow a call or response; put {missing} between"
                raise InvalidConversation(msg, field=where)
            yield from _open("user")
            yield Piece(_text(message, where))
            yield from _close()
            return _Turn.CLOSED
        case "assistant":
            if turn is _Turn.CALLED:
                msg = f"{where}: the call before it has no response; add a tool message"
                raise InvalidConversation(msg, field=where)
            if turn is _Turn.CLOSED:
                yield from _open("model")
            if message.content is not None or not message.tool_calls:
                yield Piece(_text(message, where))
            for call in message.tool_calls:
                yield from write_call(call.function.name, call.function.arguments)
            if message.tool_calls:
                return _Turn.CALLED
            yield from _close()
            return _Turn.CLOSED
        case "tool":
            if turn is _Turn.CLOSED:
                msg = f"{where}: a response needs a call before it"
                raise InvalidConversation(msg, field=where)
            for response in _responses(message, where):
                yield START_RESPONSE
                yield Piece(f"response:{checked_name(response.name, 'the tool name')}")
                answer = response.response
                yield from write_object(answer if isinstance(answer, Mapping) else {"value": answer})
                yield END_RESPONSE
            return _Turn.ANSWERED
        case "developer" | "system":
            msg = f"{where}: a {message.role} message must be the first"
            raise InvalidConversation(msg, field=where)


def write_call(name: str, arguments: Mapping[str, Value]) -> Iterator[Piece]:
    """Write ``call:NAME{key:value,…}`` between its two tokens, keys in alphabetical order."""
    yield START_CALL
    yield Piece(f"call:{checked_name(name, 'the tool name')}")
    yield from write_object(arguments)
    yield END_CALL


def _open(role: str) -> Iterator[Piece]:
    yield START_OF_TURN
    yield Piece(f"{role}\n")


def _close() -> Iterator[Piece]:
    yield END_OF_TURN
    yield Piece("\n")


def _text(message: Message, where: str) -> str:
    """Return the message's text without white space around it, as the official template has it."""
    match message.content:
        case str(text):
            return text.strip()
        case [*parts] if all(isinstance(part, TextPart) for part in parts):
            return "".join(part.text.strip() for part in parts if isinstance(part, TextPart))
        case _:
            msg = f"{where}.content: a {message.role} message needs text"
            raise InvalidConversation(msg, field=f"{where}.content")


def _responses(message: Message, where: str) -> list[ToolResponse]:
    match message.content:
        case ToolResponse() as response:
            return [response]
        case str(text) if message.name is not None:
            return [ToolResponse(name=message.name, response=text)]
        case [*responses] if responses and all(isinstance(part, ToolResponse) for part in responses):
            return [part for part in responses if isinstance(part, ToolResponse)]
        case _:
            msg = f"{where}.content: give what the tool answered as {{name, response}}"
            raise InvalidConversation(msg, field=f"{where}.content")
