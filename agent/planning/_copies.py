"""Texts that a call copies from the request: whether they were said, and a grammar that only copies.

The model is trained to copy texts, names and addresses to the letter. Where it wrote one that nobody said
("Lamplight workshop" for "Lantern workshop"), it writes its answer once more, and then can only copy.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cached_property
from typing import TYPE_CHECKING, Final

from agent.planning._numbers import in_digits
from agent.planning._phone_numbers import NUMBER, digits_of
from agent.planning._verbatim import is_said_in_words
from tools_schema import Copied, Kind, ValueType, gbnf_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tools_schema import Call, Parameter, Tool, Value

__all__ = ["Copies", "is_copied"]

_MOST_PARTS: Final = 400
"""Longer texts make too long a grammar: their answers stay as they are."""

_DIGITS: Final = re.compile(r"[\d\s()+*#./-]+")
_COPIED: Final = frozenset({Kind.TEXT, Kind.APP, Kind.CONTACT, Kind.EMAIL, Kind.PHONE_NUMBER})


class Copies:
    """Knows what was said, in this request and before it, and what of it a call may copy.

    ``texts`` is what the user said, this request first. A value of a first request is a stretch of it; one of
    a follow-up may be put together from the words of several ("no, 614" after "navigate to 641 Tamarack
    Road").
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts
        self._plain = [_plain(text) for text in texts]
        self._has_address = any("@" in text for text in texts)

    @cached_property
    def _parts(self) -> list[list[tuple[str, str]]]:
        # Most answers are as they were said, and need none.
        return [list(_parts(text)) for text in self._texts]

    def all_said(self, tool: Tool, call: Call) -> bool:
        """Whether every text, name and mail address of a call was said, as far as that can be seen.

        Numbers and addresses may be said in words; they are not looked for where none is written.
        """
        return all(
            self._said(value, parameter.kind)
            for parameter in tool.parameters
            if is_copied(parameter) and isinstance(value := call.arguments.get(parameter.name), str)
        )

    def grammar(self, tools: Iterable[str]) -> Copied | None:
        """Return what these tools may copy; None where too much was said, or nothing that can be copied."""
        usable = any("<" not in part for parts in self._parts for _, part in parts)
        if not usable or sum(map(len, self._parts)) > _MOST_PARTS:
            return None
        rules = self._stretches() if len(self._texts) == 1 else self._any_words()
        name = ["copied-text"]
        address = [] if self._has_address else ["copied-address"]
        number = ["copied-number"] if self._has_numbers_in_words() else []
        kinds = {
            Kind.TEXT: name,
            Kind.APP: name,
            Kind.CONTACT: name + address + number,
            Kind.EMAIL: name + address,
            Kind.PHONE_NUMBER: name + number,
        }
        return Copied(
            frozenset(tools),
            {kind: f"({' | '.join(names)})" for kind, names in kinds.items()},
            "\n".join(
                (
                    *rules,
                    'copied-address ::= [^<@ \\n\\t]+ "@" [^<@ \\n\\t]+',
                    "copied-number ::= [+*#(]? [0-9] [0-9 ().*#/+-]*",
                )
            ),
        )

    def _has_numbers_in_words(self) -> bool:
        """Whether a number may have been said in words: some are there, or none is written."""
        written = any(NUMBER.search(text) for text in self._texts)
        return not written or any(
            digits_of(reading) != digits_of(text) for text in self._texts for reading in in_digits(text)
        )

    def _said(self, value: Value, kind: Kind) -> bool:
        text = _plain(str(value))
        if any(text in said for said in self._plain):
            return True
        if kind in {Kind.CONTACT, Kind.PHONE_NUMBER} and _DIGITS.fullmatch(text):
            return True  # numbers are seen to where they are put right
        if "@" in text and kind in {Kind.CONTACT, Kind.EMAIL} and self._may_be_in_words(text):
            return True
        if len(self._texts) == 1:
            return False
        words = {part.casefold() for parts in self._parts for _, part in parts}
        return all(part.casefold() in words for _, part in _parts(text))

    def _may_be_in_words(self, address: str) -> bool:
        return not self._has_address or is_said_in_words(address, "\n".join(self._plain))

    def _stretches(self) -> Iterator[str]:
        """Return the rules for any stretch of the request."""
        [parts] = self._parts
        usable = dict.fromkeys(at for at, (_, part) in enumerate(parts) if "<" not in part)
        yield f"copied-text ::= {' | '.join(f'copied-{at}' for at in usable)}"
        for at in usable:
            rest = f" ({gbnf_text(parts[at + 1][0])} copied-{at + 1})?" if at + 1 in usable else ""
            yield f"copied-{at} ::= {gbnf_text(parts[at][1])}{rest}"

    def _any_words(self) -> Iterator[str]:
        """Return the rules for any words of what was said."""
        words = dict.fromkeys(part for parts in self._parts for _, part in parts if "<" not in part)
        yield 'copied-text ::= copied-word (" "? copied-word)*'
        yield f"copied-word ::= {' | '.join(map(gbnf_text, words))}"


def is_copied(parameter: Parameter) -> bool:
    """Whether values of a parameter are the user's own words."""
    return parameter.type is ValueType.STRING and parameter.kind in _COPIED and not parameter.one_of


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split()).casefold()


def _parts(text: str) -> Iterator[tuple[str, str]]:
    """Return words and marks (of scripts without spaces: characters), each after its white space."""
    gap = word = ""
    for character in unicodedata.normalize("NFC", text):
        if _joins(character):
            word += character
            continue
        if word:
            yield gap, word
            gap = word = ""
        if character.isspace():
            gap += character
        else:
            yield gap, character
            gap = ""
    if word:
        yield gap, word


def _joins(character: str) -> bool:
    """Whether a character makes a word with those beside it; none of Chinese or Japanese does."""
    category = unicodedata.category(character)
    if category == "Lo":
        return not unicodedata.name(character, "").startswith(("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO"))
    return category[0] in "LMN" or character == "_"
