"""Grammars in GBNF, read into rules over bytes and control tokens.

The notation is llama.cpp's (``grammars/README.md`` there). Texts and character classes become UTF-8 bytes,
so that a token which holds half a character can be matched. ``<[48]>`` and ``<name>`` are FunctionGemma's
control tokens, whatever their numbers in the model's vocabulary. Refused as llama.cpp refuses them: left
recursion, and the tokens that end a turn, which may follow where the grammar has ended.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, Final, TypeAlias

from agent.errors import GrammarRejected
from agent.prompt import CONTROL_TOKENS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_NAMES: Final = {identity: name for name, identity in CONTROL_TOKENS.items()}
_ENDS: Final = ("<eos>", "<end_of_turn>")
_LAST_CHARACTER: Final = 0x10FFFF
_MOST_REPEATS: Final = 2000
"""As llama.cpp: a repetition is written out."""

_TOKEN: Final = re.compile(
    r"""\s*(?:\#[^\n]*\s*)*(?:
        (?P<rule>[A-Za-z0-9-]+)\s*::=
      | (?P<name>[A-Za-z0-9-]+)
      | "(?P<text>(?:[^"\\]|\\.)*)"
      | \[(?P<set>\^?(?:[^\]\\]|\\.)*)\]
      | <(?P<token>\[[0-9]{1,9}\]|[A-Za-z_]+)>
      | (?P<repeat>[*+?]|\{\s*[0-9]{1,9}\s*(?:,\s*[0-9]{0,9}\s*)?\})
      | (?P<sign>[()|.])
      | (?P<end>\Z)
    )""",
    re.VERBOSE | re.DOTALL,
)
_CHARACTER: Final = re.compile(
    r"\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|([nrt\\\"\[\]\-^]))|([^\\])", re.DOTALL
)
_ESCAPES: Final = {"n": "\n", "r": "\r", "t": "\t"}


@dataclass(frozen=True, slots=True)
class Bytes:
    """One byte from ``first`` to ``last``."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Control:
    """One control token, by its name in ``CONTROL_TOKENS``."""

    name: str


@dataclass(frozen=True, slots=True)
class Ref:
    """What another rule gives."""

    rule: int


Symbol: TypeAlias = Bytes | Control | Ref
Symbols: TypeAlias = tuple[Symbol, ...]
Rules: TypeAlias = tuple[tuple[Symbols, ...], ...]
"""The alternatives of each rule; rule 0 is ``root``."""


def parse_gbnf(text: str) -> Rules:
    """Read a grammar.

    Raises:
        GrammarRejected: it is no GBNF, a rule is missing, or one begins with itself.

    """
    rules = _Parser(text).parse()
    _refuse_left_recursion(rules)
    return rules


class _Parser:
    def __init__(self, text: str) -> None:
        self._tokens = _tokens(text)
        self._kind, self._value = next(self._tokens)
        self._ids: dict[str, int] = {"root": 0}
        self._rules: list[tuple[Symbols, ...] | None] = [None]

    def parse(self) -> Rules:
        while self._kind == "rule":
            identity = self._id(self._value)
            self._next()
            self._rules[identity] = self._alternatives()
        if self._kind != "end":
            raise GrammarRejected(f"the grammar has {self._value or self._kind!r} where a rule should begin")
        for name, identity in self._ids.items():
            if self._rules[identity] is None:
                raise GrammarRejected(f"the grammar has no rule '{name}'")
        return tuple(rule for rule in self._rules if rule is not None)

    def _next(self) -> None:
        self._kind, self._value = next(self._tokens)

    def _id(self, name: str) -> int:
        if name not in self._ids:
            self._ids[name] = self._add(None)
        return self._ids[name]

    def _add(self, rule: tuple[Symbols, ...] | None) -> int:
        self._rules.append(rule)
        return len(self._rules) - 1

    def _alternatives(self) -> tuple[Symbols, ...]:
        found = [self._sequence()]
        while (self._kind, self._value) == ("sign", "|"):
            self._next()
            found.append(self._sequence())
        return tuple(found)

    def _sequence(self) -> Symbols:
        symbols: list[Symbol] = []
        while (item := self._item()) is not None:
            while self._kind == "repeat":
                item = self._repeated(item, self._value)
                self._next()
            symbols += item
        return tuple(symbols)

    def _item(self) -> Symbols | None:
        """Return the next item of a sequence, or None where the sequence ends."""
        kind, value = self._kind, self._value
        item: Symbols
        match kind, value:
            case "text", _:
                item = tuple(Bytes(byte, byte) for byte in "".join(_characters(value)).encode())
            case "name", _:
                item = (Ref(self._id(value)),)
            case "set", _:
                item = (Ref(self._add(tuple(_byte_sequences(_ranges(value))))),)
            case "sign", ".":
                item = (Ref(self._add(tuple(_byte_sequences([(0, _LAST_CHARACTER)])))),)
            case "token", _:
                item = (Control(_control_name(value)),)
            case "sign", "(":
                self._next()
                item = (Ref(self._add(self._alternatives())),)
                if (self._kind, self._value) != ("sign", ")"):
                    raise GrammarRejected("the grammar has a '(' without its ')'")
            case _:
                return None
        self._next()
        return item

    def _repeated(self, item: Symbols, how: str) -> Symbols:
        if how in "*+":
            rest = self._add(None)
            self._rules[rest] = ((*item, Ref(rest)), ())
            return (*item, Ref(rest)) if how == "+" else (Ref(rest),)
        least, most = (0, 1) if how == "?" else _bounds(how)
        if most is None:
            return item * least + self._repeated(item, "*")
        result: Symbols = ()
        for _ in range(most - least):
            result = (Ref(self._add(((*item, *result), ()))),)
        return item * least + result


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    while True:
        found = _TOKEN.match(text, at)
        if found is None:
            line = text.count("\n", 0, at) + 1
            raise GrammarRejected(f"the grammar cannot be read from line {line} on: {text[at : at + 20]!r}")
        kind = str(found.lastgroup)
        yield kind, found[kind]
        at = found.end()


def _characters(written: str) -> Iterator[str]:
    at = 0
    while at < len(written):
        found = _CHARACTER.match(written, at)
        if found is None:
            raise GrammarRejected(f"the grammar has the unknown escape {written[at : at + 2]!r}")
        two, four, eight, escape, plain = found.groups()
        if code := two or four or eight:
            number = int(code, 16)
            if number > _LAST_CHARACTER or 0xD800 <= number < 0xE000:
                raise GrammarRejected(f"the grammar has {found[0]!r}, which is no character")
            yield chr(number)
        else:
            yield plain or _ESCAPES.get(escape, escape)
        at = found.end()


def _ranges(written: str) -> list[tuple[int, int]]:
    """Return the ranges of characters of a class."""
    negated = written.startswith("^")
    ranges = []
    # An escaped "-" is a character, so the ends of ranges are found before escapes are read.
    for first, last in re.findall(
        r"((?:\\(?:x..|u.{4}|U.{8}|.)|[^\\]))(?:-((?:\\(?:x..|u.{4}|U.{8}|.)|[^\\])))?",
        written.removeprefix("^"),
        re.DOTALL,
    ):
        start = ord(next(_characters(first)))
        end = ord(next(_characters(last))) if last else start
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
    return [*others, (at, _LAST_CHARACTER)] if at <= _LAST_CHARACTER else others


def _byte_sequences(ranges: list[tuple[int, int]]) -> Iterator[Symbols]:
    """Yield the UTF-8 of ranges of characters as sequences of ranges of bytes."""
    for first, last in ranges:
        # Characters of one length in UTF-8 at a time, without the surrogates, which have none.
        for low, high in (
            (0, 0x7F),
            (0x80, 0x7FF),
            (0x800, 0xD7FF),
            (0xE000, 0xFFFF),
            (0x10000, _LAST_CHARACTER),
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


def _bounds(written: str) -> tuple[int, int | None]:
    least, comma, most = written.strip("{} ").partition(",")
    low = int(least)
    high = low if not comma else int(most) if most.strip() else None
    if low > _MOST_REPEATS or (high is not None and not low <= high <= _MOST_REPEATS):
        raise GrammarRejected(f"the grammar repeats {written} times; the most is {_MOST_REPEATS}")
    return low, high


def _control_name(written: str) -> str:
    name = _NAMES.get(int(written[1:-1]), "") if written.startswith("[") else f"<{written}>"
    if name not in CONTROL_TOKENS:
        raise GrammarRejected(f"the grammar has <{written}>, which is no control token of the format")
    if name in _ENDS:
        raise GrammarRejected(f"the grammar names {name}, which may follow wherever the grammar has ended")
    return name


def _refuse_left_recursion(rules: Rules) -> None:
    nullable: set[int] = set()
    while True:
        more = {
            number
            for number, alternatives in enumerate(rules)
            if number not in nullable and any(_is_nullable(symbols, nullable) for symbols in alternatives)
        }
        if not more:
            break
        nullable |= more
    first: Mapping[int, set[int]] = {
        number: set().union(*(_leading(symbols, nullable) for symbols in alternatives))
        for number, alternatives in enumerate(rules)
    }
    try:
        TopologicalSorter(first).prepare()
    except CycleError as error:
        raise GrammarRejected(
            "the grammar has a rule that begins with itself; write it with * or +"
        ) from error


def _is_nullable(symbols: Symbols, nullable: set[int]) -> bool:
    return all(isinstance(symbol, Ref) and symbol.rule in nullable for symbol in symbols)


def _leading(symbols: Symbols, nullable: set[int]) -> set[int]:
    """Return the rules that a sequence may begin with."""
    found: set[int] = set()
    for symbol in symbols:
        if not isinstance(symbol, Ref):
            break
        found.add(symbol.rule)
        if symbol.rule not in nullable:
            break
    return found
