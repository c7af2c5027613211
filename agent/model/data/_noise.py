"""How a request is finally spelt: capitals, stops, lower-case speech, small typos."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent.model.data._sources import Segment

if TYPE_CHECKING:
    import random

_TYPO_WORD = re.compile(r"[a-z]{5,}")
_NEW_SENTENCE = re.compile(r"(?<=[.!?] )[^\W\d_]")


def capitalised(segments: list[Segment]) -> list[Segment]:
    """Return the segments with a capital at the beginning, where that is a literal word."""
    if not segments or segments[0].value:
        return segments
    first = segments[0]
    return [Segment(first.text[:1].upper() + first.text[1:]), *segments[1:]]


def sentences(segments: list[Segment]) -> list[Segment]:
    """Return the segments with a capital after every literal stop."""
    return [
        segment if segment.value else Segment(_NEW_SENTENCE.sub(lambda m: m[0].upper(), segment.text))
        for segment in segments
    ]


def ends_open(text: str) -> bool:
    """Return whether a full stop may follow the text."""
    return bool(text) and (text[-1].isalnum() or text[-1] in "'\")”’")


def without_stop(segments: list[Segment]) -> list[Segment]:
    """Return the segments without a literal full stop or question mark at the end."""
    if not segments or segments[-1].value:
        return segments
    text = segments[-1].text.rstrip(" .?!")
    return [*segments[:-1], Segment(text)] if text else segments[:-1]


def spoken(segments: list[Segment], rng: random.Random) -> list[Segment]:
    """Return the segments as a speech recogniser writes them: no capitals, mostly no punctuation."""
    keep_commas = rng.random() < 0.3
    result = []
    for segment in without_stop(segments):
        text = segment.text.lower()
        if not segment.value and not keep_commas:
            text = re.sub(r"[,!?;…]| [–—-](?= )", "", text)
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
        for match in _TYPO_WORD.finditer(segment.text)
    ]
    if not places:
        return segments
    index, start, end = rng.choice(places)
    text = segments[index].text
    at = rng.randrange(start + 1, end - 1)
    kind = rng.randrange(3)
    if kind == 0:
        text = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    elif kind == 1:
        text = text[:at] + text[at + 1 :]
    else:
        text = text[:at] + text[at] + text[at:]
    return [*segments[:index], Segment(text), *segments[index + 1 :]]


def finish(segments: list[Segment], rng: random.Random, *, cased: bool) -> tuple[str, bool]:
    """Return the final text and whether it was made lower-case.

    ``cased`` is false for scripts without capitals, where nothing but the stop at the end changes.
    """
    if not cased:
        return _text(segments), False
    if rng.random() < 0.05:
        segments = with_typo(segments, rng)
    style = rng.random()
    if style < 0.2:
        return _text(spoken(segments, rng)), True
    if style < 0.75:
        segments = sentences(capitalised(segments))
        if ends_open(_text(segments)) and rng.random() < 0.5:
            segments = [*segments, Segment(".")]
    elif rng.random() < 0.6:
        segments = without_stop(segments)
    return _text(segments), False


def _text(segments: list[Segment]) -> str:
    return "".join(segment.text for segment in segments).strip()
