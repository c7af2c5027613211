"""Numbers that a request says, in digits or in words: whether a call's number is one of them.

The model fills a number that nobody spoke of with one that is at hand: ``passes`` 100, ``hand_size`` 52. It
has no such habit with the tools that it was trained on, so only the numbers of declared ones are looked at
(docs/decisions/0017-numbers-that-nobody-said.md).
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

from text_to_num import alpha2digit

from tools_schema import Kind, ValueType

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tools_schema import Parameter, Value

__all__ = ["LANGUAGES", "all_numbers_said", "has_numbers", "in_digits", "numbers_said", "readings"]

LANGUAGES: Final = ("en", "de", "es", "fr", "it", "pt")
"""Those that both the number words' library and the model know."""

_NUMBER: Final = re.compile(r"\d+(?:[.,'’ \u00a0\u202f]\d+)*")
_SEPARATOR: Final = re.compile(r"[.,'’ \u00a0\u202f]")
_SCALED: Final = re.compile(r"(\d+(?:\.\d+)?) (1000|1000000|1000000000)(?!\d)")
_PERCENT: Final = re.compile(r"(\d+(?:[.,]\d+)?) ?(?:%|percent|per cent)", re.IGNORECASE)
_WORDS: Final = {
    "half": 0.5, "once": 1, "single": 1, "twice": 2, "double": 2, "couple": 2, "pair": 2, "both": 2,
    "thrice": 3, "triple": 3, "dozen": 12,
}  # fmt: skip
"""English words for numbers that are no numerals."""

_OH: Final = re.compile(r"\boh\b", re.IGNORECASE)
_CHINESE_DIGITS: Final = {character: str(digit) for digit, character in enumerate("〇一二三四五六七八九")} | {
    "零": "0"
}

_LARGEST: Final = 1e15
"""The grammar of numbers has fifteen digits, and nine behind the point."""

_MOST: Final = 200
"""More numbers make too long a grammar, and are no request for one of them."""


def numbers_said(texts: Iterable[str]) -> frozenset[float] | None:
    """Return the numbers in what was said, without signs; 0 is always among them ("off", "close it").

    A number is read in every way that it may be meant: "1,500" is 1500 and 1.5. None where there is writing
    in another script than Latin, whose number words are not known here, and where there are very many.
    """
    found = {0.0}
    for text in texts:
        if any(character.isalpha() and not _is_latin(character) for character in text):
            return None
        found.update(_WORDS[word] for word in re.findall(r"[a-z]+", text.casefold()) if word in _WORDS)
        for read in in_digits(text):
            found.update(round(number, 9) for number in readings(read) if number < _LARGEST)
    return frozenset(found) if len(found) <= _MOST else None


def in_digits(text: str) -> set[str]:
    """Return the text as it is, and with its number words as digits, in each language in which it has some.

    "oh" is a zero, and a Chinese or Japanese digit is one. Words of other languages stay.
    """
    plain = _OH.sub("zero", "".join(_CHINESE_DIGITS.get(character, character) for character in text))
    return {text, *(alpha2digit(plain, language, threshold=0) for language in LANGUAGES)}


def all_numbers_said(
    parameters: Iterable[Parameter], values: Mapping[str, Value], said: frozenset[float]
) -> bool:
    """Whether every plain number in the arguments of a call was said; percentages may be said otherwise."""
    return all(
        abs(number) in said
        for parameter in parameters
        for number in _numbers(parameter, values.get(parameter.name))
    )


def has_numbers(parameter: Parameter) -> bool:
    """Whether a parameter is a plain number, or a list or an object with some."""
    if parameter.items:
        return has_numbers(parameter.items)
    if parameter.properties:
        return any(map(has_numbers, parameter.properties))
    return parameter.type in {ValueType.INTEGER, ValueType.NUMBER} and parameter.kind is Kind.TEXT


def _numbers(parameter: Parameter, value: Value | None) -> Iterator[float]:
    if isinstance(value, dict):
        for each in parameter.properties:
            yield from _numbers(each, value.get(each.name))
    elif isinstance(value, list | tuple) and parameter.items:
        for item in value:
            yield from _numbers(parameter.items, item)
    elif isinstance(value, int | float) and has_numbers(parameter):
        yield float(value)


def readings(text: str) -> Iterator[float]:
    """Yield the numbers in digits, each in every way it may be meant: "1,500" is 1500, 1.5, 1 and 500."""
    for found in _NUMBER.findall(text):
        parts = _SEPARATOR.split(found)
        yield from map(float, parts)
        yield float("".join(parts))
        if len(parts) > 1:
            yield float(f"{''.join(parts[:-1])}.{parts[-1]}")
    for count, scale in _SCALED.findall(text):
        yield float(count) * float(scale)
    for percent in _PERCENT.findall(text):
        yield float(percent.replace(",", ".")) / 100


def _is_latin(character: str) -> bool:
    return unicodedata.name(character, "").startswith(("LATIN", "FEMININE", "MASCULINE", "MICRO", "MODIFIER"))
