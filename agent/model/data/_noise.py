"""How a request is finally spelt: capitals, stops, lower-case speech, small typos."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from agent.model.data._sources import Segment

if TYPE_CHECKING:
    import random

SPOKEN = 0.2
"""How often a row of a language with capitals is spelt as a speech recogniser writes it."""

CAREFUL = 0.7
"""How often another row has the capitals of its sentences, and half the time a stop."""

STOPS = ".?!。！？．।"
"""What ends a sentence in the scripts of the data, the Devanagari danda included."""

_TYPO_WORD = re.compile(r"[^\W\d_A-ZÀ-ÞА-ЯЁ\u0900-\U0010ffff]{5,}")
"""A lower-case word of an alphabet; Devanagari and the scripts of East Asia are left out."""

_VOWEL_SIGN = re.compile("[ि-ू]")
_OTHER_LENGTH = {"ि": "ी", "ी": "ि", "ु": "ू", "ू": "ु"}
"""Hindi's commonest misspelling: a short vowel sign for a long one."""

_KEYBOARDS = (
    ("qwertyuiop", "asdfghjkl", "zxcvbnm"),
    ("йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю"),
)
_OPEN_END = re.compile(r"(?:\w |[\u3040-\u30ff\u4e00-\u9fff])$")
"""The end of words after which a filler may stand."""

_NEW_SENTENCE = re.compile(r"(?<=[.!?] )([¿¡]?)([^\W\d_])")
_FIRST_LETTER = re.compile(r"^([¿¡«\"“(]*)(\w)")


def capitalised(segments: list[Segment]) -> list[Segment]:
    """Return the segments with a capital at the beginning, where that is a literal word."""
    if not segments or segments[0].value:
        return segments
    text = _FIRST_LETTER.sub(lambda m: m[1] + m[2].upper(), segments[0].text)
    return [Segment(text), *segments[1:]]


def sentences(segments: list[Segment]) -> list[Segment]:
    """Return the segments with a capital after every literal stop."""
    return [
        segment if segment.value else Segment(_NEW_SENTENCE.sub(lambda m: m[1] + m[2].upper(), segment.text))
        for segment in segments
    ]


def ends_open(text: str) -> bool:
    """Return whether a full stop may follow the text."""
    return bool(text) and (
        text[-1].isalnum() or "\u0900" <= text[-1] <= "\u0963" or text[-1] in "'\")”’」』》"
    )


def stop_of(text: str) -> str:
    """Return the full stop of the script in which the text ends."""
    if "\u0900" <= text[-1] <= "\u097f":
        return "।"
    return "。" if text[-1] >= "\u3000" else "."


def without_stop(segments: list[Segment]) -> list[Segment]:
    """Return the segments without a literal full stop or question mark at the end.

    The inverted mark that opens a Spanish question goes with it.
    """
    if not segments or segments[-1].value:
        return segments
    text = segments[-1].text.rstrip(" " + STOPS)
    kept = [*segments[:-1], Segment(text)] if text else segments[:-1]
    if kept and not kept[0].value and kept[0].text[:1] in "¿¡" and len(text) < len(segments[-1].text):
        kept = [Segment(kept[0].text[1:]), *kept[1:]]
    return kept


def spoken(segments: list[Segment], rng: random.Random) -> list[Segment]:
    """Return the segments as a speech recogniser writes them: no capitals, mostly no punctuation."""
    keep_commas = rng.random() < 0.3
    result = []
    for segment in without_stop(segments):
        text = segment.text.lower()
        if not segment.value and not keep_commas:
            text = re.sub(r"[,!?;…¿¡]| [–—-](?= )", "", text)
            text = re.sub(r"\.(?= |$)", "", text)
        if not segment.value and rng.random() < 0.15:
            text = text.replace("'", "")
        result.append(Segment(text, segment.value))
    return result


def with_typo(segments: list[Segment], rng: random.Random) -> list[Segment]:
    """Return the segments with one typo in a literal word, never in a value."""
    places = [
        (index, match.start(), match.end())
        for index, segment in enumerate(segments)
        if not segment.value
        for pattern in (_TYPO_WORD, _VOWEL_SIGN)
        for match in pattern.finditer(segment.text)
    ]
    if not places:
        return segments
    index, start, end = rng.choice(places)
    text = segments[index].text
    if text[start] in _OTHER_LENGTH:
        text = text[:start] + _OTHER_LENGTH[text[start]] + text[end:]
        return [*segments[:index], Segment(text), *segments[index + 1 :]]
    at = rng.randrange(start + 1, end - 1)
    kind = rng.randrange(4)
    if kind == 0:
        text = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    elif kind == 1:
        text = text[:at] + text[at + 1 :]
    elif kind == 2:
        text = text[:at] + text[at] + text[at:]
    else:
        text = text[:at] + _neighbour(text[at], rng) + text[at + 1 :]
    return [*segments[:index], Segment(text), *segments[index + 1 :]]


def hesitant(segments: list[Segment], filler: str, rng: random.Random) -> list[Segment]:
    """Return the segments with a filler ("um"), or a word said twice, before a value; never inside one.

    Where words stand apart, the filler does too; one that begins with a comma follows the word directly.
    """
    places = [
        at
        for at, (before, value) in enumerate(pairwise(segments), 1)
        if value.value and not before.value and _OPEN_END.search(before.text)
    ]
    if not places:
        return segments
    at = rng.choice(places)
    text = segments[at - 1].text
    if not text.endswith(" "):
        added = filler if filler[-1] > "\u3000" else ""
    elif rng.random() < 0.25:
        added = text.split()[-1] + " "
    elif filler.startswith(","):
        text, added = text.rstrip(), filler + " "
    else:
        added = filler + " "
    return [*segments[: at - 1], Segment(text + added), *segments[at:]]


def _neighbour(letter: str, rng: random.Random) -> str:
    """Return a letter beside it on the keyboard of its script, or the letter where it has no key."""
    for row in (row for keyboard in _KEYBOARDS for row in keyboard):
        at = row.find(letter)
        if at >= 0:
            return row[at - 1] if at and (at + 1 == len(row) or rng.random() < 0.5) else row[at + 1]
    return letter


def finish(
    segments: list[Segment], rng: random.Random, *, cased: bool, chance: float = SPOKEN
) -> tuple[str, bool]:
    """Return the final text and whether it was made lower-case, as speech is written, by this ``chance``.

    ``cased`` is false for scripts without capitals, where only stops and typos change.
    """
    if rng.random() < 0.05:
        segments = with_typo(segments, rng)
    if cased and rng.random() < chance:
        return _text(spoken(segments, rng)), True
    if rng.random() < CAREFUL:
        segments = sentences(capitalised(segments)) if cased else segments
        text = _text(segments)
        if ends_open(text) and rng.random() < 0.5:
            text += stop_of(text)
        return text, False
    if rng.random() < 0.6:
        segments = without_stop(segments)
    return _text(segments), False


def _text(segments: list[Segment]) -> str:
    return "".join(segment.text for segment in segments).strip()
