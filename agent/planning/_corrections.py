"""Addresses and numbers that a follow-up says once more, a little different.

"It's orla.nuallain@…, with two l" after a mail to orla.nualain@… is a correction, but the two are so much
alike that a small model copies the earlier one again. What is said now is what is meant.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from rapidfuzz import fuzz

from agent.planning._phone_numbers import NUMBER, digits_of
from agent.planning._verbatim import EMAIL

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from re import Pattern

    from agent.prompt import ParsedCall
    from tools_schema import Value

__all__ = ["with_corrections"]

_SAME: Final = 80.0
"""The similarity, out of 100, from which a number or address is taken for an earlier one, corrected."""


def with_corrections(calls: Sequence[ParsedCall], texts: Sequence[str]) -> Sequence[ParsedCall]:
    """Return calls with the one number, or address, of this request in place of an earlier one like it.

    ``texts`` is what the user said, this request first. Nothing is changed where a call has what was said
    now, if only within a text ("add that she can call me at …"), where it was said before as well ("no, the
    first one, not …"), or where several earlier values are like it: then it is another one, or nobody can
    tell.
    """
    for pattern, essence in ((EMAIL, str.casefold), (NUMBER, digits_of)):
        calls = _with_correction(calls, texts, pattern, essence)
    return calls


def _with_correction(
    calls: Sequence[ParsedCall], texts: Sequence[str], pattern: Pattern[str], essence: Callable[[str], str]
) -> Sequence[ParsedCall]:
    request, *earlier = texts
    now = {essence(form): form for form in pattern.findall(request)}
    if len(now) != 1:
        return calls
    ((new, form),) = now.items()

    def of(value: Value) -> str:
        """Return what a value is, where it is a number or an address and nothing else."""
        return essence(value) if isinstance(value, str) and pattern.fullmatch(value) else ""

    values = {of(value) for call in calls for value in call.arguments.values()}
    has_it = any(
        new in essence(value) for call in calls for value in call.arguments.values() if isinstance(value, str)
    )
    before = {essence(said) for text in earlier for said in pattern.findall(text)}
    like = [value for value in values & before if fuzz.ratio(value, new) >= _SAME]
    if has_it or new in before or len(like) != 1:
        return calls
    return [
        replace(
            call,
            arguments={
                name: form if of(value) == like[0] else value for name, value in call.arguments.items()
            },
        )
        for call in calls
    ]
