"""The phone behind the daemon: its version, state, clock and storage."""

from __future__ import annotations

import errno
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bridge.emulator._intent import Component
from bridge.emulator._state import PhoneState

if TYPE_CHECKING:
    from collections.abc import Callable

    from bridge.emulator._profile import Profile

__all__ = ["HOME", "LAUNCHER", "SCREEN_SIZE", "Device"]

SCREEN_SIZE = (1080, 2400)
LAUNCHER = Component("com.android.launcher3", "com.android.launcher3.uioverrides.QuickstepLauncher")
HOME = LAUNCHER.flatten()

_WRITABLE = ("/sdcard/", "/data/local/tmp/")
_ALIASES = ("/storage/emulated/0/", "/mnt/sdcard/", "/storage/self/primary/")


class Device:
    """One phone. ``clock`` returns the present moment as an aware datetime."""

    def __init__(self, profile: Profile, time_zone: str, clock: Callable[[], datetime] | None = None) -> None:
        self.profile = profile
        self.time_zone = ZoneInfo(time_zone)
        self.state = PhoneState()
        self._clock = clock or (lambda: datetime.now(UTC))
        self.show(HOME)

    def now(self) -> datetime:
        """Return the present moment in the phone's time zone."""
        return self._clock().astimezone(self.time_zone)

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

    def read_file(self, path: str) -> bytes:
        """Return a file's content.

        Raises:
            OSError: there is no such file.

        """
        if path == "/dev/null":
            return b""
        content = self.state.files.get(self.resolve(path))
        if content is None:
            raise OSError(errno.ENOENT, os.strerror(errno.ENOENT))
        return content

    def open_file(self, path: str, *, append: bool = False) -> Callable[[bytes], None]:
        """Create or empty a file and return what writes to it.

        Raises:
            OSError: the shell user may not write there.

        """
        if path == "/dev/null":
            return lambda _data: None
        path = self.resolve(path)
        if not path.startswith(_WRITABLE):
            raise OSError(errno.EROFS, os.strerror(errno.EROFS))
        files = self.state.files
        if not append:
            files[path] = b""
        files.setdefault(path, b"")

        def write(data: bytes) -> None:
            files[path] += data

        return write

    @staticmethod
    def resolve(path: str) -> str:
        """Return the one name of a file that storage shows under several."""
        for alias in _ALIASES:
            if path.startswith(alias):
                return "/sdcard/" + path.removeprefix(alias)
        return path
