"""What training rows must not have in common with evaluation rows."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.model.data._errors import DataOptionsError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

WORDS = 8
"""A training row that shares a run of this many words with an evaluation row is dropped."""

CHARACTERS = 12
"""The same in scripts that write words together: this many characters say about as much."""

_TOGETHER = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer
    "\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
_UNIT = re.compile(rf"[{_TOGETHER}]|[^{_TOGETHER}\s]+")
_CHARACTER = re.compile(f"[{_TOGETHER}]")


@dataclass(frozen=True, slots=True)
class Avoided:
    """The requests of evaluation files: their letters and digits, and their runs of words."""

    texts: frozenset[str]
    runs: frozenset[tuple[str, ...]]

    def shares(self, text: str) -> bool:
        """Return whether a text says the same as an evaluation row, or the same for a whole run."""
        return letters(text) in self.texts or not self.runs.isdisjoint(runs(text))


def units(text: str) -> list[str]:
    """Return the words of a text without case, and the characters of scripts that write words together.

    Vowel signs and accents belong to their word, and what is not seen (a joiner) parts none.
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    return _UNIT.findall("".join(map(_plain, folded)))


def _plain(char: str) -> str:
    kind = unicodedata.category(char)
    if kind[0] in "LMN":
        return char
    return "" if kind == "Cf" else " "


def letters(text: str) -> str:
    """Return the letters and digits of a text alone: "What's up?" is "whatsup"."""
    return "".join(units(text))


def runs(text: str) -> set[tuple[str, ...]]:
    """Return all runs of eight words or twelve characters; where both are mixed, each counts its part."""
    found = units(text)
    sizes = [WORDS if _CHARACTER.match(unit) else CHARACTERS for unit in found]
    whole: set[tuple[str, ...]] = set()
    size = start = 0
    for end, more in enumerate(sizes, 1):
        size += more
        while size - sizes[start] >= WORDS * CHARACTERS:
            size -= sizes[start]
            start += 1
        if size >= WORDS * CHARACTERS:
            whole.add(tuple(found[start:end]))
    return whole


def read_avoided(files: Iterable[Path]) -> Avoided:
    """Return what rows must not share with the requests of evaluation files (JSON lines with ``text``).

    Raises:
        DataOptionsError: a file cannot be read, or a line of it has no text.

    """
    texts = [text for path in files for text in _texts(path)]
    return Avoided(
        frozenset(filter(None, map(letters, texts))), frozenset[tuple[str, ...]]().union(*map(runs, texts))
    )


def _texts(path: Path) -> list[str]:
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise DataOptionsError(f"cannot read the evaluation file {path}: {error}") from error
    return [_text(line, f"{path}:{number}") for number, line in enumerate(lines, 1) if line.strip()]


def _text(line: str, where: str) -> str:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise DataOptionsError(f"{where}: not a JSON object: {error}") from error
    text = row.get("text") if isinstance(row, dict) else None
    if not isinstance(text, str) or not text.strip():
        raise DataOptionsError(f'{where}: an evaluation row has a text, as in {{"text": "torch on"}}')
    return text
