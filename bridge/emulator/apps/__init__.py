"""The apps of the emulated phone and the intents that their activities take.

The stock apps carry AOSP's package and class names where AOSP has such an app. ``effect`` names what the
activity does with the intent, in ``_effects``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.emulator.apps._communication import DIALER, MAIL, MESSAGES, TELECOM
from bridge.emulator.apps._everyday import BROWSER, CALCULATOR, CAMERA, FILES, GALLERY, MAPS, MUSIC
from bridge.emulator.apps._manifest import SET_ALARM_PERMISSION, Activity, App, Filter
from bridge.emulator.apps._organiser import CALENDAR, CLOCK, CONTACTS
from bridge.emulator.apps._system import ANDROID, HOME_SCREEN, RESOLVER, SETTINGS
from bridge.emulator.apps._third_party import NOTES, SPOTIFY, WHATSAPP, YOUTUBE

if TYPE_CHECKING:
    from bridge.emulator._intent import Component

__all__ = [
    "APPS",
    "RESOLVER",
    "SET_ALARM_PERMISSION",
    "Activity",
    "App",
    "Filter",
    "find_activity",
    "find_app",
]

APPS: tuple[App, ...] = (
    CLOCK,
    CALENDAR,
    CONTACTS,
    DIALER,
    TELECOM,
    MESSAGES,
    MAIL,
    MAPS,
    BROWSER,
    CAMERA,
    MUSIC,
    NOTES,
    SETTINGS,
    HOME_SCREEN,
    ANDROID,
    CALCULATOR,
    GALLERY,
    FILES,
    SPOTIFY,
    WHATSAPP,
    YOUTUBE,
)
"""Every installed app."""


def find_app(package: str) -> App | None:
    """Return an app by its package."""
    return next((app for app in APPS if app.package == package), None)


def find_activity(component: Component) -> Activity | None:
    """Return an activity by its full name."""
    app = find_app(component.package)
    if app is None:
        return None
    return next((activity for activity in app.activities if app.component(activity) == component), None)
