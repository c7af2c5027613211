"""The audio streams of a phone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["STREAMS", "Stream"]


@dataclass(frozen=True, slots=True)
class Stream:
    """An audio stream: AudioManager's number and the range of its index."""

    number: int
    minimum: int
    maximum: int
    default: int


STREAMS: Mapping[str, Stream] = {
    "call": Stream(0, 1, 7, 4),
    "system": Stream(1, 0, 7, 5),
    "ring": Stream(2, 0, 7, 5),
    "music": Stream(3, 0, 15, 5),
    "alarm": Stream(4, 1, 7, 6),
    "notification": Stream(5, 0, 7, 5),
}
"""The streams by the names that people use; numbers and ranges are those of a stock phone."""
