"""Phone numbers in what a user said: where they stand, and whether one was said, in digits or in words."""

from __future__ import annotations

import itertools
import re
import unicodedata
from typing import TYPE_CHECKING

from agent.planning._numbers import in_digits

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["NUMBER", "corrects_number", "digits_of", "is_number", "number_occurs"]

NUMBER = re.compile(r"(?<!\d)[+(]?\d(?:[ ()./-]{0,2}\d){4,30}(?![\d:])")
"""A number as it is written, of five digits or more."""


def is_number(value: str) -> bool:
    """Whether a value is digits, three or more, with what groups them."""
    return len(digits_of(value)) >= 3 and not any(character.isalpha() for character in value)


def digits_of(text: str) -> str:
    """Return the digits of a number, in whatever script and grouping it is written."""
    digits = (unicodedata.digit(character, None) for character in text)
    return "".join(str(digit) for digit in digits if digit is not None)


def number_occurs(value: str, said: str) -> bool:
    """Whether whole groups of digits, some in words, make the number up, or there are too few digits."""
    digits = digits_of(value)
    return len(digits_of(said)) < len(digits) or any(_has_groups(digits, text) for text in in_digits(said))


def _has_groups(digits: str, text: str) -> bool:
    groups = _groups(text)
    there = "".join(groups)
    edges = {0, *itertools.accumulate(len(group) for group in groups)}
    return any(there.startswith(digits, edge) and edge + len(digits) in edges for edge in edges)


def _groups(text: str) -> list[str]:
    return [digits_of(group) for group in re.findall(r"\d+", text)]


def corrects_number(value: str, texts: Sequence[str]) -> bool:
    """Whether the request has no number of its own, but digits of the value that no earlier number has.

    Digits may be said in words ("no, it ends in four").
    """
    request, *earlier = texts
    if NUMBER.search(request):
        return False
    numbers = [digits_of(number) for text in earlier for number in NUMBER.findall(text)]
    groups = {group for text in in_digits(request) for group in _groups(text)}
    return any(
        group in digits_of(value) and not any(group in number for number in numbers) for group in groups
    )
