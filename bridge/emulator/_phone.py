"""An emulated phone: an adb daemon on a port of this machine, with a model of Android behind it."""

from __future__ import annotations

import asyncio
import socket
import threading
from typing import TYPE_CHECKING, Self

from bridge.emulator._adbd import Adbd, Stream
from bridge.emulator._device import Device
from bridge.emulator._faults import Fault, Faults, faulty
from bridge.emulator._picture import draw_screen
from bridge.emulator._profile import Profile
from bridge.emulator._services import FEATURES, SHELL_V2, service_for

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime
    from types import TracebackType

    from bridge.emulator._state import PhoneState

__all__ = ["EmulatedPhone"]

_CLOSE_TIMEOUT = 10.0


class EmulatedPhone:
    """A phone that an adb server can connect to; a context manager.

    ``api``: 30, 34 or 36. ``port``: 0 takes a free one. ``clock`` returns the present moment as an aware
    datetime, for tests that stop the time. ``authorized=False`` shows the host's key to the user first:
    the device is "unauthorized" until ``authorize`` is called. ``shell_may_set_alarms=False`` makes the
    clock's intents fail with a SecurityException, as on versions whose shell lacks SET_ALARM;
    ``shell_may_read_contacts=False`` does the same to queries of the contacts.
    ``shell_v2=False`` leaves shell protocol v2 out, as before Android 7.

    The daemon runs in a thread of its own from construction to ``close``.

    Raises:
        ValueError: no profile for this API level.
        OSError: the port cannot be taken.
        zoneinfo.ZoneInfoNotFoundError: there is no such time zone.

    """

    def __init__(
        self,
        api: int = 34,
        port: int = 0,
        *,
        clock: Callable[[], datetime] | None = None,
        time_zone: str = "Europe/Berlin",
        authorized: bool = True,
        shell_may_set_alarms: bool = True,
        shell_may_read_contacts: bool = True,
        shell_v2: bool = True,
    ) -> None:
        profile = Profile(
            api=api,
            shell_may_set_alarms=shell_may_set_alarms,
            shell_may_read_contacts=shell_may_read_contacts,
        )
        self.api = api
        self._device = Device(profile, time_zone, clock)
        self._features = tuple(name for name in FEATURES if shell_v2 or name != SHELL_V2)
        self._faults = Faults()
        self._daemon = Adbd(_banner(profile, self._features), self._service_for, authorized=authorized)
        listener = socket.create_server(("127.0.0.1", port))
        self.address = f"127.0.0.1:{listener.getsockname()[1]}"
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(
            target=self._run, args=(listener,), name=f"emulated phone {self.address}", daemon=True
        )
        self._thread.start()

    @property
    def state(self) -> PhoneState:
        """What the phone knows and shows; settled whenever no command is running."""
        return self._device.state

    def screenshot(self) -> bytes:
        """Return the screen as PNG bytes."""
        return draw_screen(self._device)

    def authorize(self) -> None:
        """Let the user accept the host's key."""
        asyncio.run_coroutine_threadsafe(self._daemon.authorize(), self._loop).result(_CLOSE_TIMEOUT)

    def drop(self) -> None:
        """Cut every connection without a word, as a pulled cable does; the adb server comes back."""
        self._loop.call_soon_threadsafe(self._daemon.drop)

    def fail_next(self, fault: Fault, command: str = "", *, times: int = 1) -> None:
        """Let the next ``times`` commands that contain the text ``command`` suffer a fault."""
        self._faults.arm(fault, command, times)

    def heal(self) -> None:
        """Forget the faults that have not hit yet."""
        self._faults.disarm()

    def wait_until_silent(self, timeout: float) -> bool:
        """Wait until a command has met ``Fault.SILENT``; return whether it has, after ``timeout`` seconds."""
        return self._faults.silent.wait(timeout)

    def wait_until_idle(self, timeout: float) -> bool:
        """Wait until no command runs, and return whether that came about within ``timeout`` seconds."""
        waiting = asyncio.run_coroutine_threadsafe(self._daemon.wait_until_idle(), self._loop)
        try:
            waiting.result(timeout)
        except TimeoutError:
            waiting.cancel()
            return False
        return True

    def close(self) -> None:
        """End the daemon, its connections and its thread. Closing twice does nothing."""
        if not self._thread.is_alive():
            return
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(_CLOSE_TIMEOUT)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exception_type: type[BaseException] | None,
        exception: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _service_for(self, service: str) -> Callable[[Stream], Awaitable[None]] | None:
        handler = service_for(self._device, service, self._features)
        fault = self._faults.take(service) if handler else None
        if handler is None or fault is None:
            return handler
        if fault is Fault.REFUSED:
            return None
        if fault is Fault.DROPPED_BEFORE:
            raise ConnectionAbortedError
        return faulty(handler, fault)

    def _run(self, listener: socket.socket) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._daemon.serve(listener, self._stop))


def _banner(profile: Profile, features: tuple[str, ...]) -> str:
    return (
        f"device::ro.product.name={profile.product};ro.product.model={profile.model};"
        f"ro.product.device={profile.device};features={','.join(features)}"
    )
