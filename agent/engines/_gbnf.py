"""Grammars in GBNF, read into rules over bytes and control tokens.

The notation is llama.cpp's (``grammars/README.md`` there). ``<[48]>`` and ``<name>`` are FunctionGemma's
control tokens, whatever their numbers in the model's vocabulary. Refused as llama.cpp refuses them: left
recursion, and the tokens that end a turn, which may follow where the grammar has ended.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from agent.engines._gbnf_characters import LAST_CHARACTER, byte_sequences, characters, ranges_of
from agent.engines._gbnf_recursion import refuse_left_recursion
from agent.engines._gbnf_rules import Bytes, Control, Ref, Rules, Symbol, Symbols
from agent.errors import GrammarRejected
from agent.prompt import CONTROL_TOKENS

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["parse_gbnf"]

_NAMES: Final = {identity: name for name, identity in CONTROL_TOKENS.items()}
_ENDS: Final = ("<eos>", "<end_of_turn>")
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


def parse_gbnf(text: str) -> Rules:
    """Read a grammar.

    Raises:
        GrammarRejected: it is no GBNF, a rule is missing, or one begins with itself.

    """
    rules = _Parser(text).parse()
    refuse_left_recursion(rules)
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
                item = tuple(Bytes(byte, byte) for byte in "".join(characters(value)).encode())
            case "name", _:
                item = (Ref(self._id(value)),)
            case "set", _:
                item = (Ref(self._add(tuple(byte_sequences(ranges_of(value))))),)
            case "sign", ".":
                item = (Ref(self._add(tuple(byte_sequences([(0, LAST_CHARACTER)])))),)
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
