"""The phone behind the daemon: its version, state, clock and storage."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bridge.emulator._app_data import Media
from bridge.emulator._intent import Component
from bridge.emulator._state import PhoneState
from bridge.emulator._storage import Storage

if TYPE_CHECKING:
    from collections.abc import Callable

    from bridge.emulator._profile import Profile

__all__ = ["HOME", "LAUNCHER", "SCREEN_SIZE", "Device"]

SCREEN_SIZE = (1080, 2400)
LAUNCHER = Component("com.android.launcher3", "com.android.launcher3.uioverrides.QuickstepLauncher")
HOME = LAUNCHER.flatten()


class Device:
    """One phone. ``clock`` returns the computer's present moment as an aware datetime.

    Raises:
        zoneinfo.ZoneInfoNotFoundError: there is no such time zone as the state says.

    """

    def __init__(
        self,
        profile: Profile,
        state: PhoneState | None = None,
        clock: Callable[[], datetime] | None = None,
    ) -> None:
        self.profile = profile
        self.state = state if state is not None else PhoneState()
        self._clock = clock or (lambda: datetime.now(UTC))
        self.storage = Storage(self.state, lambda: self.now().timestamp())
        if not self.state.tasks:
            self.show(HOME)
        self.now()

    @property
    def time_zone(self) -> ZoneInfo:
        """The phone's time zone."""
        return ZoneInfo(self.state.time_zone)

    def now(self) -> datetime:
        """Return the present moment by the phone's clock, in its time zone."""
        return (self._clock() + timedelta(seconds=self.state.clock_offset)).astimezone(self.time_zone)

    def set_time(self, moment: datetime) -> None:
        """Set the phone's clock, which goes on from there; a naive moment is in the phone's time zone."""
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=self.time_zone)
        self.state.clock_offset = (moment - self._clock()).total_seconds()

    def restart(self) -> None:
        """Start the phone anew: no app is open, and a PIN is asked for before most of them can run."""
        state = self.state
        state.tasks.clear()
        state.call_number, state.panel, state.typed_pin, state.torch = None, None, "", False
        state.media = Media()
        state.awake = True
        state.locked = state.lock != "none"
        state.before_first_unlock = state.lock == "pin"
        self.show(HOME)

    def show(self, component: str) -> None:
        """Bring an activity to the front, in its app's task; a panel over the screen goes away."""
        package = component.partition("/")[0]
        task = self.state.tasks.pop(package, [])
        if not task or task[-1] != component:
            task.append(component)
        self.state.tasks[package] = task
        self.state.panel = None

    def bring_to_front(self, package: str) -> None:
        """Bring an app's task to the front as it is."""
        self.state.tasks[package] = self.state.tasks.pop(package)
        self.state.panel = None

    def back(self) -> None:
        """Leave the activity in front, as the Back key does; the home screen stays."""
        if self.state.panel is not None:
            self.state.panel = None
            return
        package = next(reversed(self.state.tasks))
        if package == LAUNCHER.package:
            return
        self.state.tasks[package].pop()
        if not self.state.tasks[package]:
            del self.state.tasks[package]
            self.bring_to_front(LAUNCHER.package)
