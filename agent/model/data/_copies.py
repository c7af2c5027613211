"""Literal words of a phrase that an argument copies: they are spelt as the argument has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.model.data._sources import Segment

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from agent.model.data._tools import Argument

__all__ = ["keep_copies"]


def keep_copies(segments: Sequence[Segment], arguments: Iterable[Argument]) -> list[Segment]:
    """Return the segments with each copied text in one segment that counts as a value.

    "take me to the nearest {kind} => destination=nearest {kind}" copies a word of the phrase, which must get
    no typo and no capital then. Texts that were not said in one piece are no copies.
    """
    kept = list(segments)
    for argument in arguments:
        for text in argument if isinstance(argument, list) else [argument]:
            if isinstance(text, str) and text:
                kept = _kept(kept, text)
    return kept


def _kept(segments: list[Segment], copied: str) -> list[Segment]:
    if any(copied in segment.text for segment in segments if segment.value):
        return segments
    start = "".join(segment.text for segment in segments).find(copied)
    if start < 0:
        return segments
    end = start + len(copied)
    before, after = [], []
    at = 0
    for segment in segments:
        before.append(Segment(segment.text[: max(0, start - at)], segment.value))
        after.append(Segment(segment.text[max(0, end - at) :], segment.value))
        at += len(segment.text)
    whole = [*before, Segment(copied, value=True), *after]
    return [segment for segment in whole if segment.text]
