"""The characters of a grammar's texts and classes, and their UTF-8.

A class becomes ranges of bytes, so that a token which holds half a character can be matched.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from agent.engines._gbnf_rules import Bytes, Symbols
from agent.errors import GrammarRejected

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["LAST_CHARACTER", "byte_sequences", "characters", "ranges_of"]

LAST_CHARACTER: Final = 0x10FFFF

_CHARACTER: Final = re.compile(
    r"\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|([nrt\\\"\[\]\-^]))|([^\\])", re.DOTALL
)
_ESCAPES: Final = {"n": "\n", "r": "\r", "t": "\t"}


def characters(written: str) -> Iterator[str]:
    """Yield the characters of a text or a class as the grammar writes it, with its escapes.

    Raises:
        GrammarRejected: an escape is unknown, or stands for no character.

    """
    at = 0
    while at < len(written):
        found = _CHARACTER.match(written, at)
        if found is None:
            raise GrammarRejected(f"the grammar has the unknown escape {written[at : at + 2]!r}")
        two, four, eight, escape, plain = found.groups()
        if code := two or four or eight:
            number = int(code, 16)
            if number > LAST_CHARACTER or 0xD800 <= number < 0xE000:
                raise GrammarRejected(f"the grammar has {found[0]!r}, which is no character")
            yield chr(number)
        else:
            yield plain or _ESCAPES.get(escape, escape)
        at = found.end()


def ranges_of(written: str) -> list[tuple[int, int]]:
    """Return the ranges of characters of a class.

    Raises:
        GrammarRejected: an escape is unknown, or a range goes backwards.

    """
    negated = written.startswith("^")
    ranges = []
    # An escaped "-" is a character, so the ends of ranges are found before escapes are read.
    for first, last in re.findall(
        r"((?:\\(?:x..|u.{4}|U.{8}|.)|[^\\]))(?:-((?:\\(?:x..|u.{4}|U.{8}|.)|[^\\])))?",
        written.removeprefix("^"),
        re.DOTALL,
    ):
        start = ord(next(characters(first)))
        end = ord(next(characters(last))) if last else start
        if end < start:
            raise GrammarRejected(f"the grammar has the range {first}-{last}, which goes backwards")
        ranges.append((start, end))
    if not negated:
        return ranges
    others, at = [], 0
    for start, end in sorted(ranges):
        if start > at:
            others.append((at, start - 1))
        at = max(at, end + 1)
    return [*others, (at, LAST_CHARACTER)] if at <= LAST_CHARACTER else others


def byte_sequences(ranges: list[tuple[int, int]]) -> Iterator[Symbols]:
    """Yield the UTF-8 of ranges of characters as sequences of ranges of bytes."""
    for first, last in ranges:
        # Characters of one length in UTF-8 at a time, without the surrogates, which have none.
        for low, high in (
            (0, 0x7F),
            (0x80, 0x7FF),
            (0x800, 0xD7FF),
            (0xE000, 0xFFFF),
            (0x10000, LAST_CHARACTER),
        ):
            start, end = max(first, low), min(last, high)
            if start <= end:
                yield from _split(chr(start).encode(), chr(end).encode())


def _split(first: bytes, last: bytes) -> Iterator[Symbols]:
    """Yield sequences for all UTF-8 from `first` to `last`, which are of one length."""
    if len(first) == 1:
        yield (Bytes(first[0], last[0]),)
        return
    if first[0] == last[0]:
        for rest in _split(first[1:], last[1:]):
            yield (Bytes(first[0], first[0]), *rest)
        return
    rest_count = len(first) - 1
    lowest, highest = b"\x80" * rest_count, b"\xbf" * rest_count
    start, end = first[0], last[0]
    if first[1:] != lowest:
        for rest in _split(first[1:], highest):
            yield (Bytes(start, start), *rest)
        start += 1
    if last[1:] != highest:
        for rest in _split(lowest, last[1:]):
            yield (Bytes(end, end), *rest)
        end -= 1
    if start <= end:
        yield (Bytes(start, end), *(Bytes(0x80, 0xBF),) * rest_count)
