"""What an app says of itself in its manifest: its activities and their intent filters."""

from __future__ import annotations

from dataclasses import dataclass

from bridge.emulator._intent import CATEGORY_DEFAULT, CATEGORY_LAUNCHER, MAIN, Component

__all__ = ["ACTION", "CATEGORY", "SET_ALARM_PERMISSION", "VIEW", "Activity", "App", "Filter", "launch"]

SET_ALARM_PERMISSION = "com.android.alarm.permission.SET_ALARM"

ACTION = "android.intent.action."
VIEW = ACTION + "VIEW"
CATEGORY = "android.intent.category."


@dataclass(frozen=True, slots=True)
class Filter:
    """An intent filter. Empty ``schemes`` and ``types`` mean: only intents without data."""

    actions: tuple[str, ...]
    categories: tuple[str, ...] = (CATEGORY_DEFAULT,)
    schemes: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    path_prefix: str = ""
    types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Activity:
    """An activity.

    ``single_task``: one instance, to which later intents are delivered. ``shows_when_locked``: it is seen
    over the lock screen.
    """

    cls: str
    filters: tuple[Filter, ...] = ()
    effect: str = ""
    exported: bool = True
    permission: str | None = None
    single_task: bool = False
    shows_when_locked: bool = False


@dataclass(frozen=True, slots=True)
class App:
    """An installed app with the name under its icon.

    ``plain_label``: the name is written in the manifest itself, so that the package manager prints it; the
    name of most apps is a resource, of which it prints the number alone. ``direct_boot``: it can run before
    the phone was unlocked for the first time.
    """

    package: str
    label: str
    activities: tuple[Activity, ...]
    system: bool = True
    plain_label: bool = False
    direct_boot: bool = False

    def component(self, activity: Activity) -> Component:
        """Return the full name of one of its activities."""
        cls = self.package + activity.cls if activity.cls.startswith(".") else activity.cls
        return Component(self.package, cls)


def launch(*categories: str, default: bool = True) -> Filter:
    """Return the filter of an activity that has an icon among the apps."""
    extra = (CATEGORY_DEFAULT,) if default else ()
    return Filter((MAIN,), (CATEGORY_LAUNCHER, *extra, *(CATEGORY + name for name in categories)))
