"""A view on the phone's screen, and how views are put under one another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bridge.emulator._device import SCREEN_SIZE

__all__ = ["MARGIN", "STATUS_BAR", "TITLE_BOTTOM", "Bounds", "Column", "Look", "View"]

STATUS_BAR = 84
TITLE_BOTTOM = 260
MARGIN = 48

Bounds = tuple[int, int, int, int]
Look = Literal[
    "status", "title", "text", "field", "row", "card", "tile", "icon", "key", "day", "bubble", "map", "huge"
]
"""How a view is drawn; ``View.cls`` is the widget that it is in a dump."""

_WIDGETS = {"field": "EditText", "icon": "TextView", "key": "Button", "map": "ImageView", "tile": "Switch"}


@dataclass(frozen=True, slots=True)
class View:
    """A view; its bounds are left, top, right and bottom in pixels.

    ``tap`` names what a tap on it does: "tile:KEY", "app:PACKAGE", "key:NAME" or nothing. ``caption`` is the
    smaller text beside the text, for a field its label.
    """

    bounds: Bounds
    text: str = ""
    look: Look = "text"
    caption: str = ""
    description: str = ""
    resource_id: str = ""
    checkable: bool = False
    checked: bool = False
    tap: str = ""

    @property
    def cls(self) -> str:
        """The class name in a dump of the screen."""
        widget = "Switch" if self.checkable else _WIDGETS.get(self.look, "TextView")
        return f"android.widget.{widget}"


class Column:
    """Views from top to bottom; what does not fit on the screen is left out, as if one had to scroll."""

    def __init__(self, top: int = TITLE_BOTTOM + 30) -> None:
        self.views: list[View] = []
        self._top = top

    def add(
        self,
        look: Look,
        text: str,
        caption: str = "",
        *,
        height: int = 150,
        checked: bool | None = None,
    ) -> None:
        """Add a view as wide as the screen; with ``checked`` it has a switch."""
        bottom = self._top + height
        if bottom <= SCREEN_SIZE[1]:
            self.views.append(
                View(
                    (MARGIN, self._top, SCREEN_SIZE[0] - MARGIN, bottom),
                    text,
                    look,
                    caption,
                    checkable=checked is not None,
                    checked=bool(checked),
                )
            )
        self._top = bottom + 24
