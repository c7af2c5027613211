"""Quick-settings tiles: found on the screen, tapped, and read back.

Android has no command for the flashlight: the tile is the only way over adb without an app on the phone.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from bridge._classify import Problem, ProblemKind, failure_status, problem
from bridge._read_only import SCREEN_DUMP
from bridge.errors import AdbServerError, DeviceChoiceError, TransportError
from bridge.outcome import Outcome, OutcomeStatus
from tools_schema import Tile, TileRule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bridge._phone import Phone

__all__ = ["set_tile"]

_NAMES = {
    # The label of SystemUI's tile (quick_settings_flashlight_label) in the languages that are common.
    Tile.FLASHLIGHT: (
        "flashlight", "torch", "taschenlampe", "lampe de poche", "lampe torche", "linterna", "torcia",
        "lanterna", "zaklamp", "latarka", "фонарик", "ліхтарик", "el feneri", "ficklampa", "lommelykt",
        "lommelygte", "手电筒", "手電筒", "懐中電灯", "ライト", "손전등", "फ़्लैशलाइट", "المصباح", "đèn pin",
        "ไฟฉาย", "senter",
    ),
}  # fmt: skip
_BOUNDS = re.compile(r"\[(-?\d+),(-?\d+)\]\[(-?\d+),(-?\d+)\]")


@dataclass(frozen=True, slots=True)
class _TileOnScreen:
    """``on`` is None where the screen does not tell the state."""

    label: str
    on: bool | None
    x: int
    y: int


def set_tile(phone: Phone, rule: TileRule) -> Outcome:
    """Open the quick settings, tap the tile where it is not as wanted, read its state, close them again."""
    name = rule.tile.value.lower()
    opened = problem(phone.run("cmd", "statusbar", "expand-settings"))
    if opened and not opened.unclear:
        return Outcome(failure_status(opened), f"The quick settings cannot be opened: {opened.text}.")
    outcome = _set_tile(phone, rule, name)
    with suppress(TransportError, DeviceChoiceError, AdbServerError):  # what was read is true all the same
        phone.run("cmd", "statusbar", "collapse")
    return outcome


def _set_tile(phone: Phone, rule: TileRule, name: str) -> Outcome:
    seen = phone.settle(
        lambda: _look(phone, rule.tile), lambda seen: isinstance(seen, _TileOnScreen), patience=3.0
    )
    if isinstance(seen, Problem):
        return Outcome(failure_status(seen), f"The quick settings cannot be read: {seen.text}.")
    if seen is None:
        return Outcome(
            OutcomeStatus.UNSUPPORTED,
            f"There is no {name} tile on the first page of this phone's quick settings: put it there. "
            f"Android has no command for the {name}.",
        )
    if seen.on is None:
        return Outcome(
            OutcomeStatus.UNSUPPORTED,
            f"The {name} tile does not tell whether it is on, so that a tap could do the opposite.",
        )
    wanted = "on" if rule.on else "off"
    if seen.on is rule.on:
        return _verified(name, wanted, seen)
    tapped = problem(phone.run("input", "tap", str(seen.x), str(seen.y)))
    if tapped and not tapped.unclear:
        return Outcome(failure_status(tapped), f"The {name} tile cannot be tapped: {tapped.text}.")
    after = phone.settle(
        lambda: _look(phone, rule.tile),
        lambda seen: isinstance(seen, _TileOnScreen) and seen.on is rule.on,
        patience=3.0,
    )
    if not isinstance(after, _TileOnScreen) or after.on is None:
        return Outcome(
            OutcomeStatus.FAILED,
            f"The {name} tile was tapped, but its state cannot be read any more.",
            may_have_run=True,
        )
    if after.on is rule.on:
        return _verified(name, wanted, after)
    return Outcome(
        OutcomeStatus.FAILED,
        f"The {name} tile was tapped, but did not turn {wanted}.",
        read_back={"label": after.label, "state": "on" if after.on else "off"},
    )


def _verified(name: str, state: str, seen: _TileOnScreen) -> Outcome:
    read_back = {"label": seen.label, "state": state}
    return Outcome(OutcomeStatus.VERIFIED, f"The {name} is {state}.", read_back=read_back)


def _look(phone: Phone, tile: Tile) -> _TileOnScreen | Problem | None:
    dumped = phone.run("uiautomator", "dump", SCREEN_DUMP)
    # The file is removed again: a dump that fails leaves no file, so that an old one is never read.
    xml = phone.run("cat", SCREEN_DUMP, keep=r"^$").stdout
    phone.run("rm", "-f", SCREEN_DUMP)
    try:
        root = ET.fromstring(xml)  # noqa: S314 # from the user's own phone, and expat expands no bombs since 2.4.1
    except ET.ParseError:
        return problem(dumped) or Problem(ProblemKind.OTHER, "the phone tells nothing of its screen")
    return next(_tiles(root, _NAMES[tile]), None)


def _tiles(root: ET.Element, names: tuple[str, ...]) -> Iterator[_TileOnScreen]:
    parents = {child: parent for parent in root.iter() for child in parent}
    for node in root.iter("node"):
        label = (node.get("content-desc") or node.get("text") or "").strip()
        if not label.casefold().startswith(names):
            continue
        # The label is the tile itself, or within it: the nearest ancestor that takes taps is the tile.
        tile: ET.Element | None = node
        while tile is not None and tile.get("clickable") != "true":
            tile = parents.get(tile)
        bounds = _BOUNDS.fullmatch(tile.get("bounds", "")) if tile is not None else None
        if tile is None or bounds is None:
            continue
        left, top, right, bottom = map(int, bounds.groups())
        yield _TileOnScreen(label, _state(tile), (left + right) // 2, (top + bottom) // 2)


def _state(tile: ET.Element) -> bool | None:
    for node in tile.iter("node"):
        if node.get("checkable") == "true":
            return node.get("checked") == "true"
    return None
