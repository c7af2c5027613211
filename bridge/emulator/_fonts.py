"""Fonts for the pictures: Pillow's own, and one of the computer's for the letters that it lacks."""

from __future__ import annotations

from functools import cache

from PIL import ImageFont

__all__ = ["Font", "font_for"]

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

_WITH_MORE_LETTERS = (
    "NotoSansCJK-Regular.ttc",
    "Arial Unicode.ttf",
    "msgothic.ttc",
    "DejaVuSans.ttf",
)
"""Common fonts by file name, those with the most scripts first; Pillow looks in the usual folders."""


def font_for(text: str, size: int) -> Font:
    """Return a font for a text; letters that no font here has are drawn as boxes."""
    return _built_in(size) if text.isascii() else _wide(size)


@cache
def _built_in(size: int) -> Font:
    return ImageFont.load_default(size)


@cache
def _wide(size: int) -> Font:
    for name in _WITH_MORE_LETTERS:
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    return _built_in(size)
