"""What the model wrote, read back as calls: the inverse of ``render``'s calls."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from agent.errors import MalformedCall
from agent.prompt._pieces import END_CALL, END_OF_TURN, ESCAPE, START_CALL, START_RESPONSE, Piece, canonical
from agent.prompt._values import MAX_DEPTH, MAX_DIGITS, NAME_STOPS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tools_schema._types import Value

_INTEGER: Final = re.compile(rf"-?[0-9]{{1,{MAX_DIGITS}}}")
_NUMBER: Final = re.compile(r"-?[0-9]{1,400}(\.[0-9]{1,400})?([eE][+-]?[0-9]{1,5})?")
_WORDS: Final[dict[str, Value]] = {"true": True, "false": False, "None": None}
_NAME: Final = re.compile(f"[^{re.escape(NAME_STOPS)}]+")
_BARE: Final = re.compile(r"[^,{}\[\]]+")
_OPENING: Final = re.compile(r"[{\[]")
_SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class ParsedCall:
    """A call as the model wrote it: nothing is resolved or validated."""

    name: str
    arguments: dict[str, Value] = field(default_factory=dict)


def parse_calls(pieces: Iterable[Piece]) -> tuple[ParsedCall, ...]:
    """Read the calls of a model's turn.

    Args:
        pieces: what the model wrote, as tokens and text. The token that ends the turn, ``<end_of_turn>`` or
            ``<start_function_response>``, may be there or not. Nothing else may stand around the calls.

    Returns:
        The calls in order; none when the turn is empty, which is how the model declines.

    Raises:
        MalformedCall: the turn is anything else. It names the position and what was expected there.

    """
    reader = _Reader(canonical(pieces))
    calls: list[ParsedCall] = []
    while reader.skip(START_CALL):
        calls.append(_call(reader))
    if not reader.at_end() and not reader.skip(END_OF_TURN) and not (calls and reader.skip(START_RESPONSE)):
        raise reader.error("a call or the end of the turn")
    if not reader.at_end():
        raise reader.error("nothing after the end of the turn")
    return tuple(calls)


class _Reader:
    """A place in the pieces: which piece, and how far into its text."""

    def __init__(self, pieces: tuple[Piece, ...]) -> None:
        self._pieces = pieces
        self._index = 0
        self._offset = 0
        self._before = 0

    @property
    def _rest(self) -> str:
        """Return the text from here to the next token: none at a token and at the end."""
        if self.at_end() or self._pieces[self._index].control:
            return ""
        return self._pieces[self._index].text[self._offset :]

    def at_end(self) -> bool:
        return self._index == len(self._pieces)

    def error(self, expected: str) -> MalformedCall:
        if self.at_end():
            found = "the end"
        elif text := self._rest:
            found = repr(text[:_SHOWN])
        else:
            found = self._pieces[self._index].text
        return MalformedCall(self._before + self._offset, expected, found)

    def _advance(self, characters: int) -> None:
        self._offset += characters
        text = self._pieces[self._index].text
        if self._offset == len(text):
            self._before += len(text)
            self._index += 1
            self._offset = 0

    def skip(self, token: Piece) -> bool:
        """Go over a token, when it is the next thing."""
        if self.at_end() or self._pieces[self._index] != token:
            return False
        self._advance(len(token.text))
        return True

    def skip_text(self, text: str) -> bool:
        """Go over a text, when it is the next thing."""
        if not self._rest.startswith(text):
            return False
        self._advance(len(text))
        return True

    def expect(self, token: Piece) -> None:
        if not self.skip(token):
            raise self.error(token.text)

    def expect_text(self, text: str) -> None:
        if not self.skip_text(text):
            raise self.error(repr(text))

    def peek(self, pattern: re.Pattern[str]) -> str:
        """Return the longest text here that the pattern matches, or an empty one."""
        match = pattern.match(self._rest)
        return match.group() if match else ""

    def take(self, pattern: re.Pattern[str], expected: str) -> str:
        text = self.peek(pattern)
        if not text:
            raise self.error(expected)
        self._advance(len(text))
        return text

    def take_text(self) -> str:
        """Return all text up to the next token, which may be none, and go over it."""
        if text := self._rest:
            self._advance(len(text))
        return text


def _call(reader: _Reader) -> ParsedCall:
    reader.expect_text("call:")
    name = reader.take(_NAME, "a tool name")
    arguments = _object(reader, 0)
    reader.expect(END_CALL)
    return ParsedCall(name, arguments)


def _object(reader: _Reader, depth: int) -> dict[str, Value]:
    reader.expect_text("{")
    entries: dict[str, Value] = {}
    if reader.skip_text("}"):
        return entries
    while True:
        if (key := reader.peek(_NAME)) in entries:
            raise reader.error(f"a key other than {key!r}, which is already there")
        reader.take(_NAME, "a key")
        reader.expect_text(":")
        entries[key] = _value(reader, depth + 1)
        if reader.skip_text("}"):
            return entries
        if not reader.skip_text(","):
            raise reader.error("',' or '}'")


def _array(reader: _Reader, depth: int) -> list[Value]:
    reader.expect_text("[")
    items: list[Value] = []
    if reader.skip_text("]"):
        return items
    while True:
        items.append(_value(reader, depth + 1))
        if reader.skip_text("]"):
            return items
        if not reader.skip_text(","):
            raise reader.error("',' or ']'")


def _value(reader: _Reader, depth: int) -> Value:
    if depth > MAX_DEPTH:
        raise reader.error(f"no more than {MAX_DEPTH} levels of nesting")
    if reader.skip(ESCAPE):
        text = reader.take_text()
        reader.expect(ESCAPE)
        return text
    bare = reader.peek(_BARE)
    if not bare:
        match reader.peek(_OPENING):
            case "{":
                return _object(reader, depth)
            case "[":
                return _array(reader, depth)
            case _:
                raise reader.error("a value")
    value: Value
    if bare in _WORDS:
        value = _WORDS[bare]
    elif _INTEGER.fullmatch(bare):
        value = int(bare)
    elif _NUMBER.fullmatch(bare) and math.isfinite(float(bare)):
        value = float(bare)
    else:
        raise reader.error("a value: <escape>text<escape>, a number, true, false, None, '[' or '{'")
    reader.take(_BARE, "a value")
    return value
