"""The screen as a picture: a plain drawing of the views, good enough to read what the phone shows."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

from bridge.emulator._device import HOME, SCREEN_SIZE
from bridge.emulator._fonts import font_for
from bridge.emulator._lock_screen import is_covered
from bridge.emulator._screen import screen_views
from bridge.emulator._view import STATUS_BAR, TITLE_BOTTOM

if TYPE_CHECKING:
    from bridge.emulator._device import Device
    from bridge.emulator._view import Bounds, View

__all__ = ["draw_screen"]

_LIGHT = {
    "back": "#fafafa",
    "bar": "#e8eaf6",
    "card": "#eceff4",
    "text": "#1b1b1f",
    "dim": "#5f6368",
    "line": "#c4c7cf",
}
_DARK = {
    "back": "#1b1b1f",
    "bar": "#2b2c35",
    "card": "#2b2c35",
    "text": "#f1f0f4",
    "dim": "#b0b3ba",
    "line": "#45464f",
}
_ACCENT = "#3f51b5"
_ON_ACCENT = "#ffffff"
_LAND, _ROAD, _WATER, _PIN = "#e6efe0", "#ffffff", "#b3d4f0", "#d93025"


def draw_screen(device: Device) -> bytes:
    """Return the screen as PNG bytes, 1080 × 2400; it is black while the display is off."""
    state = device.state
    if not state.awake:
        return _png(Image.new("RGB", SCREEN_SIZE, "#000000"))
    covered = is_covered(device)
    dark = state.dark_mode or state.panel is not None or covered
    image = Image.new("RGB", SCREEN_SIZE, (_DARK if dark else _LIGHT)["back"])
    painter = _Painter(image, _DARK if dark else _LIGHT)
    if state.panel is not None or not (covered or state.resumed == HOME):
        painter.bar()
    for view in screen_views(device):
        painter.draw(view)
    return _png(image)


def _png(image: Image.Image) -> bytes:
    with io.BytesIO() as buffer:
        image.save(buffer, "PNG", compress_level=1)
        return buffer.getvalue()


class _Painter:
    """Draws views, each by its look: the method of that name."""

    def __init__(self, image: Image.Image, colours: dict[str, str]) -> None:
        self._draw = ImageDraw.Draw(image)
        self._colours = colours

    def bar(self) -> None:
        """Draw the ground of the title."""
        self._draw.rectangle((0, STATUS_BAR, SCREEN_SIZE[0], TITLE_BOTTOM), fill=self._colours["bar"])

    def draw(self, view: View) -> None:
        """Draw one view."""
        paint = {
            "bubble": self._bubble,
            "card": self._card,
            "day": self._day,
            "field": self._field,
            "huge": self._huge,
            "icon": self._icon,
            "key": self._key,
            "map": self._map,
            "row": self._row,
            "status": self._status,
            "text": self._text,
            "tile": self._tile,
            "title": self._title,
        }[view.look]
        paint(view)

    def _write(
        self,
        at: tuple[int, int],
        text: str,
        size: int,
        colour: str,
        *,
        width: int = SCREEN_SIZE[0],
        lines: int = 1,
        anchor: str = "la",
    ) -> None:
        """Write a text at a point, in as many lines as there is room for; the rest is cut off."""
        font = font_for(text, size)
        left, top = at
        for line in self._wrapped(text, size, width)[:lines]:
            self._draw.text((left, top), line, self._colours.get(colour, colour), font, anchor=anchor)
            top += size * 5 // 4

    def _wrapped(self, text: str, size: int, width: int) -> list[str]:
        """Return the lines of a text; a line break stays, and a line that is too long goes on in the next."""
        font = font_for(text, size)
        lines = []
        for paragraph in text.splitlines()[:40]:
            rest = paragraph.replace("\t", "    ")[:2000]
            while rest and self._draw.textlength(rest, font) > width:
                fits = self._fitting(rest, size, width, text)
                space = rest.rfind(" ", 0, fits + 1)
                end = space if space > 0 else max(1, fits)
                lines.append(rest[:end])
                rest = rest[end:].lstrip()
            lines.append(rest)
        return lines

    def _fitting(self, text: str, size: int, width: int, whole: str) -> int:
        """Return how many letters of a text fit into a width."""
        font = font_for(whole, size)
        low, high = 0, len(text)
        while low < high:  # halves what is in question, so that long texts stay quick
            middle = (low + high + 1) // 2
            if self._draw.textlength(text[:middle], font) <= width:
                low = middle
            else:
                high = middle - 1
        return low

    def _status(self, view: View) -> None:
        left, top, right, _ = view.bounds
        if view.resource_id:
            self._write((left, top), view.text, 44, "text")
        else:
            self._write((right, top + 4), view.text, 36, "dim", anchor="ra")

    def _title(self, view: View) -> None:
        self._write(view.bounds[:2], view.text, 64, "text")

    def _text(self, view: View) -> None:
        left, top, right, _ = view.bounds
        self._write((left, top + 20), view.text, 50, "dim", width=right - left)

    def _field(self, view: View) -> None:
        left, top, right, bottom = view.bounds
        self._write((left, top), view.caption, 34, "dim")
        lines = (bottom - top - 50) // 58
        self._write((left, top + 50), view.text, 46, "text", width=right - left, lines=lines)
        self._draw.line((left, bottom, right, bottom), self._colours["line"], 2)

    def _row(self, view: View) -> None:
        left, top, right, bottom = view.bounds
        if view.checkable:
            self._switch((right - 130, top + 20, right, top + 90), on=view.checked)
        else:
            self._draw.ellipse((left, top + 10, left + 110, top + 120), fill=_ACCENT)
            self._write((left + 55, top + 65), view.text[:1].upper(), 56, _ON_ACCENT, anchor="mm")
            left += 150
        self._write((left, top + 12), view.text, 48, "text", width=right - left - 150)
        self._write((left, top + 78), view.caption, 36, "dim", width=right - left)
        self._draw.line((left, bottom + 10, right, bottom + 10), self._colours["line"], 1)

    def _card(self, view: View) -> None:
        left, top, right, _ = view.bounds
        self._draw.rounded_rectangle(view.bounds, 36, fill=self._colours["card"])
        large = view.bounds[3] - top > 160
        self._write((left + 36, top + 20), view.text, 84 if large else 48, "text", width=right - left - 240)
        caption_top = top + (126 if large else 86)
        self._write((left + 36, caption_top), view.caption, 38, "dim", width=right - left - 72)
        if view.checkable:
            self._switch((right - 180, top + 40, right - 40, top + 115), on=view.checked)

    def _switch(self, bounds: Bounds, *, on: bool) -> None:
        left, top, right, bottom = bounds
        height = bottom - top
        self._draw.rounded_rectangle(bounds, height // 2, fill=_ACCENT if on else self._colours["line"])
        knob = right - height if on else left
        self._draw.ellipse((knob + 8, top + 8, knob + height - 8, bottom - 8), fill=_ON_ACCENT)

    def _tile(self, view: View) -> None:
        left, top, *_ = view.bounds
        colour = _ACCENT if view.checked else self._colours["line"]
        self._draw.rounded_rectangle(view.bounds, 48, fill=colour)
        self._write((left + 32, top + 50), view.description, 44, _ON_ACCENT)
        self._write((left + 32, top + 110), view.caption, 36, _ON_ACCENT)

    def _icon(self, view: View) -> None:
        left, top, right, _ = view.bounds
        middle = (left + right) // 2
        self._draw.rounded_rectangle((middle - 70, top + 20, middle + 70, top + 160), 40, fill=_ACCENT)
        self._write((middle, top + 90), view.text[:1], 72, _ON_ACCENT, anchor="mm")
        self._write((middle, top + 180), view.text, 34, "text", anchor="ma")

    def _key(self, view: View) -> None:
        left, top, right, bottom = view.bounds
        self._draw.ellipse(view.bounds, fill=self._colours["card"])
        self._write(((left + right) // 2, (top + bottom) // 2), view.text, 72, "text", anchor="mm")

    def _day(self, view: View) -> None:
        left, top, right, bottom = view.bounds
        middle, centre = (left + right) // 2, (top + bottom) // 2
        if view.checked:
            self._draw.ellipse((middle - 56, centre - 56, middle + 56, centre + 56), fill=_ACCENT)
        colour = _ON_ACCENT if view.checked else "text" if view.text.isdecimal() else "dim"
        self._write((middle, centre), view.text, 44, colour, anchor="mm")

    def _bubble(self, view: View) -> None:
        left, top, right, bottom = view.bounds
        lines = self._wrapped(view.text, 46, right - left - 300)[:9]
        height = 58 * len(lines) + 60
        self._draw.rounded_rectangle((left + 200, top + 20, right, top + 20 + height), 48, fill=_ACCENT)
        self._write(
            (left + 245, top + 48), view.text, 46, _ON_ACCENT, width=right - left - 300, lines=len(lines)
        )
        self._write((right, min(top + 36 + height, bottom)), view.caption, 34, "dim", anchor="ra")

    def _map(self, view: View) -> None:
        left, top, right, bottom = view.bounds
        self._draw.rectangle(view.bounds, fill=_LAND)
        self._draw.rectangle((left, top + 950, right, top + 1080), fill=_WATER)
        for offset in range(120, right - left, 220):
            self._draw.line((left + offset, top, left + offset - 90, bottom), _ROAD, 22)
        for offset in range(150, bottom - top, 260):
            self._draw.line((left, top + offset, right, top + offset + 60), _ROAD, 22)
        if not view.text:
            return
        x, y = (left + right) // 2, (top + bottom) // 2
        self._draw.ellipse((x - 45, y - 150, x + 45, y - 60), fill=_PIN)
        self._draw.polygon(((x - 40, y - 90), (x + 40, y - 90), (x, y)), fill=_PIN)
        self._write((x, y + 30), view.text, 44, _LIGHT["text"], width=right - left - 80, anchor="ma")

    def _huge(self, view: View) -> None:
        left, top, right, _ = view.bounds
        middle = (left + right) // 2
        size = 160 if len(view.text) < 9 else 72
        if view.text:
            self._write((middle, top), view.text, size, "text", width=right - left, anchor="ma")
            top += 200
        self._write((middle, top), view.caption, 48, "dim", anchor="ma")
