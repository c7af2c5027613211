"""Values and names as FunctionGemma writes them in calls and responses."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from agent.errors import InvalidConversation
from agent.prompt._pieces import ESCAPE, Piece

if TYPE_CHECKING:
    from tools_schema._types import Value

NAME_STOPS: Final = "{}[]:,"
"""Characters that end a bare name, so that no name can hold them."""

MAX_DEPTH: Final = 32
"""How deep arrays and objects may be nested: deeper ones are no call that a person means."""

MAX_DIGITS: Final = 300
"""The longest integer that is written: the largest that a double can also hold has 309 digits."""


def checked_name(name: str, what: str) -> str:
    """Return a name of a tool or a key that can be read back.

    Raises:
        InvalidConversation: it is empty or holds one of ``{}[]:,``, which end a name in the format.

    """
    if not name or any(stop in name for stop in NAME_STOPS):
        msg = f"{what} {name!r} cannot be written: use a name without any of {' '.join(NAME_STOPS)}"
        raise InvalidConversation(msg, name=name)
    return name


def by_name(mapping: Mapping[str, Value]) -> list[tuple[str, Value]]:
    """Return the entries in the order of the official template, whose ``dictsort`` ignores case.

    Raises:
        InvalidConversation: a key is no string.

    """
    for key in mapping:
        if not isinstance(key, str):
            msg = f"the key {key!r} is no string"
            raise InvalidConversation(msg)
    return sorted(mapping.items(), key=lambda entry: entry[0].lower())


def write_string(text: str) -> tuple[Piece, Piece, Piece]:
    """Write a string between two ``<escape>`` tokens; inside, every character means itself."""
    return (ESCAPE, Piece(text), ESCAPE)


def write_object(mapping: Mapping[str, Value], depth: int = 0) -> Iterator[Piece]:
    """Write an object ``{key:value,…}`` with bare, sorted keys."""
    yield Piece("{")
    for index, (key, value) in enumerate(by_name(mapping)):
        yield Piece(f"{',' if index else ''}{checked_name(key, 'the key')}:")
        yield from write_value(value, depth + 1)
    yield Piece("}")


def write_value(value: Value, depth: int = 0) -> Iterator[Piece]:
    """Write a value of any type.

    A missing value is Python's ``None``, because the official template prints it through Jinja.

    Raises:
        InvalidConversation: the value is not finite, too large an integer, of a type that JSON lacks, or
            nested deeper than 32 levels.

    """
    if depth > MAX_DEPTH:
        msg = f"a value is nested more than {MAX_DEPTH} levels deep: flatten it"
        raise InvalidConversation(msg)
    match value:
        case str():
            yield from write_string(value)
        case bool():
            yield Piece("true" if value else "false")
        case None:
            yield Piece("None")
        case int() if abs(value) >= 10**MAX_DIGITS:
            msg = f"an integer has more than {MAX_DIGITS} digits: give it as a string"
            raise InvalidConversation(msg)
        case float() if not math.isfinite(value):
            msg = f"{value} is no number that a call can hold"
            raise InvalidConversation(msg)
        case int() | float():
            yield Piece(str(value))
        case Mapping():
            yield from write_object(value, depth)
        case list() | tuple():
            yield Piece("[")
            for index, item in enumerate(value):
                if index:
                    yield Piece(",")
                yield from write_value(item, depth + 1)
            yield Piece("]")
        case _:
            msg = f"{value!r} is no value that a call can hold: use JSON's types"
            raise InvalidConversation(msg)
