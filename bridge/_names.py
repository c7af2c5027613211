"""Names as people say them: one form for comparing, and the nearest ones of a list."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from rapidfuzz import fuzz, process

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["nearest_names", "plain_name"]

_ACCENTS = re.compile("[\u0300-\u036f]")  # other marks, such as Devanagari's vowels, are letters of their own
_BETWEEN_WORDS = re.compile(r"[\s_.,;:!?'\"“”‘’„«»()\[\]/\\|&+*~^`´·・-]+")
_NEAR = 60
"""The least score, of 100, at which a name is worth a question."""


def plain_name(name: str) -> str:
    """Return the name without case, accents and punctuation, its words separated by one space."""
    decomposed = unicodedata.normalize("NFKD", name).casefold()
    plain = unicodedata.normalize("NFKC", _ACCENTS.sub("", decomposed))
    return " ".join(word for word in _BETWEEN_WORDS.split(plain) if word)


def nearest_names(said: str, names: Iterable[str], *, limit: int = 3) -> tuple[str, ...]:
    """Return the names that are most like what was said, the nearest first; empty where none is like it."""
    unique = list(dict.fromkeys(names))
    found = process.extract(
        said, unique, scorer=fuzz.WRatio, processor=plain_name, limit=limit, score_cutoff=_NEAR
    )
    return tuple(name for name, _score, _index in found)
