"""The tiles of the quick settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bridge.emulator._state import PhoneState

__all__ = ["TILES", "Tile"]


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile: its label, and how it reads its state."""

    label: str
    is_on: Callable[[PhoneState], bool]


TILES: Mapping[str, Tile] = {
    "internet": Tile("Internet", lambda state: state.wifi),
    "bluetooth": Tile("Bluetooth", lambda state: state.bluetooth),
    "dnd": Tile("Do Not Disturb", lambda state: state.do_not_disturb != 0),
    "flashlight": Tile("Flashlight", lambda state: state.torch),
    "rotate": Tile("Auto-rotate", lambda state: state.auto_rotate),
    "airplane": Tile("Airplane mode", lambda state: state.airplane_mode),
    "saver": Tile("Battery Saver", lambda state: state.battery_saver),
    "dark": Tile("Dark theme", lambda state: state.dark_mode),
}
"""The tiles in their order on the screen."""
