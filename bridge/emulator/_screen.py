"""What is on the phone's screen: the views that ``uiautomator dump`` lists, a tap hits and a picture shows.

The screen is a function of the state. Positions are pixels of a 1080 × 2400 display.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.emulator._app_screens import app_views
from bridge.emulator._device import HOME, SCREEN_SIZE
from bridge.emulator._intent import CATEGORY_LAUNCHER, MAIN, Intent
from bridge.emulator._lock_screen import is_covered
from bridge.emulator._resolver import query_activities
from bridge.emulator._tiles import TILES
from bridge.emulator._view import MARGIN, STATUS_BAR, TITLE_BOTTOM, Column, View
from bridge.emulator.apps import APPS, find_app

if TYPE_CHECKING:
    from bridge.emulator._device import Device

__all__ = ["current_package", "screen_views"]

_PIN_KEYS = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "BACK", "0", "ENTER")
_PANELS = {"quick_settings": "Quick settings", "notifications": "Notifications"}


def current_package(device: Device) -> str:
    """Return the package that the screen belongs to."""
    if device.state.panel or is_covered(device):
        return "com.android.systemui"
    return device.state.resumed.partition("/")[0]


def screen_views(device: Device) -> tuple[View, ...]:
    """Return the views from top to bottom, the status bar first; none while the display is off."""
    state = device.state
    if not state.awake:
        return ()
    bar = _status_bar(device)
    if state.panel == "quick_settings":
        return (*bar, _title(_PANELS[state.panel]), *_quick_settings(device))
    if state.panel == "notifications":
        return (*bar, _title(_PANELS[state.panel]), *_notifications(device))
    if is_covered(device):
        return (*bar, *_lock_screen(device))
    if state.resumed == HOME:
        return (*bar, *_home(device))
    return (*bar, _title(_app_label(device)), *app_views(device))


def _app_label(device: Device) -> str:
    package = current_package(device)
    app = find_app(package)
    return app.label if app is not None else package


def _status_bar(device: Device) -> list[View]:
    state = device.state
    shown = {
        "airplane": state.airplane_mode,
        "wifi": state.wifi,
        "bt": state.bluetooth,
        "5G": state.mobile_data and not state.airplane_mode,
        "dnd": state.do_not_disturb != 0,
        "alarm": any(alarm.enabled for alarm in state.alarms),
        "torch": state.torch,
        "call": state.call_number is not None,
        "charging": state.charging,
    }
    signs = "  ".join([*(name for name, visible in shown.items() if visible), "84%"])
    clock = f"{device.now():%H:%M}"
    return [
        View((MARGIN, 16, 220, 72), clock, "status", resource_id="com.android.systemui:id/clock"),
        View((240, 16, SCREEN_SIZE[0] - MARGIN, 72), signs, "status"),
    ]


def _title(text: str) -> View:
    return View((MARGIN, STATUS_BAR + 40, SCREEN_SIZE[0] - MARGIN, TITLE_BOTTOM), text, "title")


def _quick_settings(device: Device) -> list[View]:
    views = []
    width, height, gap = 480, 200, 24
    for number, (key, tile) in enumerate(TILES.items()):
        left = MARGIN + (number % 2) * (width + gap)
        top = 300 + (number // 2) * (height + gap)
        on = tile.is_on(device.state)
        views.append(
            View(
                (left, top, left + width, top + height),
                look="tile",
                caption="On" if on else "Off",
                description=tile.label,
                checkable=True,
                checked=on,
                tap=f"tile:{key}",
            )
        )
    return views


def _notifications(device: Device) -> list[View]:
    column = Column()
    for timer in device.state.timers:
        column.add("card", timer.label or "Timer", f"{timer.length} s")
    for posted in device.state.notifications:
        column.add("card", posted.title or posted.text, posted.text if posted.title else "")
    if not column.views:
        column.add("text", "No notifications")
    return column.views


def _lock_screen(device: Device) -> list[View]:
    now = device.now()
    column = Column(top=360)
    column.add("huge", f"{now:%H:%M}", f"{now:%A, %-d %B}", height=330)
    if device.state.lock != "pin":
        column.add("huge", "Swipe up to open", height=120)
        return column.views
    column.add("huge", "*" * len(device.state.typed_pin) or "Enter PIN", height=120)
    return [*column.views, *_pin_pad()]


def _pin_pad() -> list[View]:
    views = []
    for number, key in enumerate(_PIN_KEYS):
        left, top = 180 + (number % 3) * 250, 1100 + (number // 3) * 250
        text = {"BACK": "Del", "ENTER": "OK"}.get(key, key)
        views.append(View((left, top, left + 220, top + 220), text, "key", tap=f"key:{key}"))
    return views


def _home(device: Device) -> list[View]:
    launch = Intent(action=MAIN, categories=[CATEGORY_LAUNCHER])
    labels = {app.package: app.label for app in APPS}
    now = device.now()
    views = [View((MARGIN, 120, SCREEN_SIZE[0] - MARGIN, 380), f"{now:%H:%M}", "huge", f"{now:%A, %-d %B}")]
    for number, match in enumerate(query_activities(launch)):
        left, top = 30 + (number % 4) * 255, 480 + (number // 4) * 300
        label = labels[match.component.package]
        views.append(
            View(
                (left, top, left + 255, top + 280),
                label,
                "icon",
                description=label,
                tap=f"app:{match.component.package}",
            )
        )
    return views
