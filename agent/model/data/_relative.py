"""Values that a correction says by what they were: a day more, a part of a text replaced."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent.model.data._sources import NotBoundError
from agent.planning.times import resolve_weekdays

if TYPE_CHECKING:
    import random

    from agent.model.data._syntax import Line
    from agent.model.data._tools import Argument

__all__ = ["PARTS", "is_relative", "named_part", "parts_of", "resolved"]

PARTS = ("number", "name", "word")
"""What of an earlier text a line may say, as ``{^number}``: digits, a word with a capital, a word."""

_LETTER = "(?:[^\\W\\d_]|[\u0900-\u097f])"
"""Devanagari's vowel signs are no letters to ``re``."""
_EDGE = "a-zA-Z\u00c0-\u04ff\u0900-\u097f\\d_.@/"
"""What stands before or after no part: scripts that write words together have nothing between them."""
_PATTERNS = {
    "number": re.compile(rf"(?<![{_EDGE}:+-])\d+(?![{_EDGE}:-])"),
    "name": re.compile(rf"(?<![{_EDGE}'-])[A-ZÀ-ÖØ-ÞА-ЯЁ]{_LETTER}+(?![{_EDGE}'-])"),
    "word": re.compile(rf"(?<![{_EDGE}'-]){_LETTER}{{4,}}(?![{_EDGE}'-])"),
}
_CHANGE = re.compile("([+-])([a-z]+(?:(?:-|, ?-?)[a-z]+)*)")
_CHANGES = re.compile(rf"(?:{_CHANGE.pattern})+")


def is_relative(written: str) -> bool:
    """Return whether a value is written by what it was: ``+saturday``, ``-friday+monday``, ``~Meyer``."""
    return written.startswith("~") or bool(_CHANGES.fullmatch(written))


def parts_of(text: str, rng: random.Random) -> dict[str, str]:
    """Return one part of each kind that the text has, which stands in it once."""
    found = {}
    for kind, pattern in _PATTERNS.items():
        parts = [part for part in pattern.findall(text) if text.count(part) == 1 and part != text]
        if parts:
            found[kind] = rng.choice(parts)
    return found


def named_part(line: Line) -> str | None:
    """Return the kind of part that a line says, or None."""
    kinds = (slot.source.removeprefix("^") for slot in line.slots)
    return next((kind for kind in kinds if kind in PARTS), None)


def resolved(written: str, was: Argument, part: str | None) -> Argument:
    """Return the value that a relative one stands for, where the earlier value had ``part``.

    Raises:
        NotBoundError: the earlier value has nothing of the kind: other words or another line are needed.

    """
    if isinstance(was, list):
        return _days(written, [str(day) for day in was])
    new = written.removeprefix("~")
    if not isinstance(was, str) or part is None or new.casefold() in was.casefold():
        raise NotBoundError(written)
    return was.replace(part, new)


def _days(written: str, days: list[str]) -> list[str]:
    """Return the earlier days with what joins or leaves them behind: nobody edits a list (decision 0021)."""
    changes: list[str] = []
    gone: set[str] = set()
    for sign, names in _CHANGE.findall(written):
        for item in map(str.strip, names.split(",")):
            named = {day.lower() for day in resolve_weekdays([item.removeprefix("-")])}
            fits = named.isdisjoint(days) if sign == "+" else named <= set(days) and item[0] != "-"
            if not fits:
                raise NotBoundError(written)
            gone |= named if sign == "-" else set()
            changes.append(item if sign == "+" else f"-{item}")
    if not gone.issuperset(days):
        return [*days, *changes]
    if joining := [change for change in changes if not change.startswith("-")]:
        return joining
    raise NotBoundError(written)
