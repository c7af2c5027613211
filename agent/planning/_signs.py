"""The sign of a number that was said with one: "coefficients 5, 20 and -25", "minus three degrees".

A small model leaves it out when it copies a number into a call of a declared tool. Where a number was said
below zero and never above, the sign is written again.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from agent.planning._numbers import in_digits, readings
from agent.planning._rewritten import rewritten

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from agent.prompt import ParsedCall
    from tools_schema import Parameter, Value

__all__ = ["with_signs"]

_NUMBER: Final = re.compile(r"\d+(?:[.,]\d+)*")
_DASH: Final = re.compile(r"(?:^|(?<=[\s(\[{=:,;'\"]))[-–−]$")
_WORD: Final = re.compile(
    # "huit heures moins vingt" is a time.
    r"(?:\b(?<!heures\s)(?<!heure\s)(?:minus|negative|moins|menos|meno|минус|माइनस)\s+|(?:マイナス|氷点下|负|負)\s*)$",
    re.IGNORECASE,
)


def with_signs(
    calls: Sequence[ParsedCall], texts: Sequence[str], tools: Mapping[str, Mapping[str, Parameter]]
) -> Sequence[ParsedCall]:
    """Return calls with a minus before each number that was said with one everywhere.

    ``tools`` are the parameters with numbers, by name, of the tools that are looked at. A number stays where
    its parameter cannot be below zero.
    """
    if not any(call.name in tools for call in calls):
        return calls  # most requests call no such tool: what they say need not be read
    below = _below_zero(texts)

    def signed(value: Value, parameter: Parameter) -> Value:
        if isinstance(value, bool) or not isinstance(value, int | float) or value not in below:
            return value
        return value if parameter.minimum is not None and -value < parameter.minimum else -value

    return rewritten(calls, tools, signed) if below else calls


def _below_zero(texts: Iterable[str]) -> frozenset[float]:
    """Return the sizes of the numbers that were said with a sign, and never without."""
    said = [number for text in texts for read in in_digits(text) for number in _numbers(read)]
    return frozenset(-number for number in said if number < 0) - {number for number in said if number > 0}


def _numbers(text: str) -> Iterator[float]:
    for found in _NUMBER.finditer(text):
        if not _has_sign(text[: found.start()]):
            yield from readings(found[0])
            continue
        yield from (-number for number in readings(found[0]))
        # "(-7,2)" may be two numbers, of which one has the sign.
        for rest in found[0].split(",")[1:]:
            yield from readings(rest)


def _has_sign(before: str) -> bool:
    """Whether what stands before a number is its sign; after another number it is a range or a subtraction.

    A dash with a space after it ("a timer – 5 minutes"), or with a word before it ("room B-4"), is none.
    """
    sign = _DASH.search(before) or _WORD.search(before)
    return sign is not None and not before[: sign.start()].rstrip()[-1:].isdigit()
