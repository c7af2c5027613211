"""The screen as a picture: a plain drawing of the views, good enough to read what the phone shows."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFont

from bridge.emulator._device import HOME, SCREEN_SIZE
from bridge.emulator._screen import STATUS_BAR, View, screen_title, screen_views

if TYPE_CHECKING:
    from bridge.emulator._device import Device

__all__ = ["draw_screen"]

_LIGHT = {"back": "#fafafa", "bar": "#e8eaf6", "text": "#1b1b1f", "dim": "#5f6368", "line": "#c4c7cf"}
_DARK = {"back": "#1b1b1f", "bar": "#2b2c35", "text": "#f1f0f4", "dim": "#b0b3ba", "line": "#45464f"}
_ACCENT = "#3f51b5"
_PADDING = 32


def draw_screen(device: Device) -> bytes:
    """Return the screen as PNG bytes, 1080 × 2400."""
    colours = _DARK if device.state.dark_mode or device.state.panel else _LIGHT
    image = Image.new("RGB", SCREEN_SIZE, colours["back"])
    draw = ImageDraw.Draw(image)
    clock, *views = screen_views(device)
    _draw_status_bar(device, draw, clock.text, colours)
    if not (device.state.resumed == HOME and not device.state.panel):
        draw.rectangle((0, STATUS_BAR, SCREEN_SIZE[0], 260), fill=colours["bar"])
        draw.text((_PADDING + 16, STATUS_BAR + 50), screen_title(device), colours["text"], _font(64))
    for view in views:
        _draw_view(draw, view, colours)
    with io.BytesIO() as buffer:
        image.save(buffer, "PNG", compress_level=1)
        return buffer.getvalue()


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def _draw_status_bar(device: Device, draw: ImageDraw.ImageDraw, clock: str, colours: dict[str, str]) -> None:
    state = device.state
    shown = {
        "airplane": state.airplane_mode,
        "wifi": state.wifi,
        "bt": state.bluetooth,
        "5G": state.mobile_data and not state.airplane_mode,
        "dnd": state.do_not_disturb != 0,
        "torch": state.torch,
        "call": state.call_number is not None,
    }
    draw.text((_PADDING + 16, 18), clock, colours["text"], _font(44))
    right = "  ".join(name for name, visible in shown.items() if visible) + "  84%"
    draw.text((SCREEN_SIZE[0] - _PADDING, 22), right, colours["dim"], _font(36), anchor="ra")


def _draw_view(draw: ImageDraw.ImageDraw, view: View, colours: dict[str, str]) -> None:
    left, top, right, bottom = view.bounds
    if view.checkable:
        draw.rounded_rectangle(view.bounds, 48, fill=_ACCENT if view.checked else colours["line"])
        draw.text((left + _PADDING, top + 50), view.description, "#ffffff", _font(44))
        draw.text((left + _PADDING, top + 110), view.caption, "#ffffff", _font(36))
    elif view.tap:
        middle = (left + right) // 2
        draw.rounded_rectangle((middle - 70, top + 20, middle + 70, top + 160), 40, fill=_ACCENT)
        draw.text((middle, top + 90), view.text[:1], "#ffffff", _font(72), anchor="mm")
        draw.text((middle, top + 180), view.text, colours["text"], _font(34), anchor="ma")
    elif view.cls == "android.widget.EditText":
        draw.text((left, top), view.caption, colours["dim"], _font(34))
        draw.multiline_text(
            (left, top + 50), _fitted(draw, view.text, right - left), colours["text"], _font(46)
        )
        draw.line((left, bottom, right, bottom), colours["line"], 2)
    elif top > STATUS_BAR + 100:
        draw.text((left, top + 30), _fitted(draw, view.text, right - left), colours["dim"], _font(46))


def _fitted(draw: ImageDraw.ImageDraw, text: str, width: int) -> str:
    """Return the text's first line, cut to the width of its field."""
    font = _font(46)
    line = " ".join(text.split())
    if draw.textlength(line, font) <= width:
        return line
    # Each step halves the piece in question: long texts stay quick.
    low, high = 0, len(line)
    while low < high:
        middle = (low + high + 1) // 2
        if draw.textlength(line[:middle] + "…", font) <= width:
            low = middle
        else:
            high = middle - 1
    return line[:low] + "…"
