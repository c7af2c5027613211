"""An emulated phone: an adb daemon on a port of this machine, with a model of Android behind it."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING

from bridge._closing import ClosedAtTheEnd
from bridge.emulator import _lock_screen
from bridge.emulator._adbd import Adbd, Stream
from bridge.emulator._device import Device
from bridge.emulator._faults import Fault, Faults, faulty
from bridge.emulator._loop import PhoneLoop
from bridge.emulator._picture import draw_screen
from bridge.emulator._profile import Profile
from bridge.emulator._services import FEATURES, SHELL_V2, service_for
from bridge.emulator._state import PhoneState
from bridge.emulator.commands._radios import set_wifi

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

__all__ = ["EmulatedPhone"]

_TIMEOUT = 10.0


class EmulatedPhone(ClosedAtTheEnd):
    """A phone that an adb server can connect to; a context manager.

    ``api``: 30, 34 or 36. ``port``: 0 takes a free one. ``state``: what it knows and shows from the start, a
    new phone's state where it is left out; ``time_zone`` and ``now`` are written into it. ``now``: the moment
    that its clock goes on from, naive in its own time zone. ``clock`` returns the computer's present moment
    as an aware datetime, for tests that stop the time.

    ``authorized=False`` shows the host's key to the user first: the device is "unauthorized" until
    ``authorize`` is called. ``over_wifi=True``: adb reaches the phone over its Wi-Fi, and is cut off while
    that is off. ``shell_may_set_alarms=False`` makes the clock's intents fail with a SecurityException, as on
    versions whose shell lacks SET_ALARM; ``shell_may_read_contacts=False`` does the same to queries of the
    contacts.
    ``shell_v2=False`` leaves shell protocol v2 out, as before Android 7.

    The daemon runs from construction to ``close``, in ``loop`` or in a thread of its own.

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
        state: PhoneState | None = None,
        time_zone: str | None = None,
        now: datetime | None = None,
        clock: Callable[[], datetime] | None = None,
        authorized: bool = True,
        over_wifi: bool = False,
        shell_may_set_alarms: bool = True,
        shell_may_read_contacts: bool = True,
        shell_v2: bool = True,
        loop: PhoneLoop | None = None,
    ) -> None:
        profile = Profile(
            api=api,
            shell_may_set_alarms=shell_may_set_alarms,
            shell_may_read_contacts=shell_may_read_contacts,
        )
        self.api = api
        state = state if state is not None else PhoneState()
        state.time_zone = time_zone if time_zone is not None else state.time_zone
        self._device = Device(profile, state, clock)
        if now is not None:
            self._device.set_time(now)
        self._features = tuple(name for name in FEATURES if shell_v2 or name != SHELL_V2)
        self._faults = Faults()
        self._daemon = Adbd(
            _banner(profile, self._features),
            self._service_for,
            authorized=authorized,
            is_reachable=lambda: state.wifi or not over_wifi,
        )
        listener = socket.create_server(("127.0.0.1", port))
        self.address = f"127.0.0.1:{listener.getsockname()[1]}"
        self._loop = loop if loop is not None else PhoneLoop(f"emulated phone {self.address}")
        self._owns_loop = loop is None
        self._stop = asyncio.Event()
        self._serving = self._loop.submit(self._daemon.serve(listener, self._stop))

    @property
    def state(self) -> PhoneState:
        """What the phone knows and shows; settled whenever no command is running."""
        return self._device.state

    @property
    def now(self) -> datetime:
        """The present moment by the phone's clock, in its time zone."""
        return self._device.now()

    def set_time(self, moment: datetime) -> None:
        """Set the phone's clock, which goes on from there; a naive moment is in the phone's time zone."""
        self._device.set_time(moment)

    def screenshot(self) -> bytes:
        """Return the screen as PNG bytes."""
        return draw_screen(self._device)

    def lock(self) -> None:
        """Show the lock screen; ``state.lock`` says what it asks for."""
        _lock_screen.lock(self._device)

    def unlock(self) -> None:
        """Unlock the phone and turn its display on, as its owner does."""
        _lock_screen.unlock(self._device)

    def restart(self) -> None:
        """Turn the phone off and on: adb breaks, no app is open, and a PIN is asked for."""
        self._device.restart()
        self.drop()

    def set_wifi(self, *, on: bool) -> None:
        """Turn the Wi-Fi on or off at the phone; adb over it breaks or comes back."""
        set_wifi(self.state, on=on)
        if not self._daemon.is_reachable():
            self.drop()

    def authorize(self) -> None:
        """Let the user accept the host's key."""
        self._loop.submit(self._daemon.authorize()).result(_TIMEOUT)

    def drop(self) -> None:
        """Cut every connection without a word, as a pulled cable does; the adb server comes back."""
        self._loop.call(self._daemon.drop)

    def freeze(self) -> None:
        """Answer nothing from now on, while every connection stays and new ones are accepted."""
        self._daemon.frozen = True

    def thaw(self) -> None:
        """Come back from ``freeze``; the connections from before are cut."""
        self._daemon.frozen = False
        self.drop()

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
        waiting = self._loop.submit(self._daemon.wait_until_idle())
        try:
            waiting.result(timeout)
        except TimeoutError:
            waiting.cancel()
            return False
        return True

    def close(self) -> None:
        """End the daemon and its connections, and its thread where it has one. Closing twice does nothing."""
        if self._serving.done():
            return
        self._loop.call(self._stop.set)
        self._serving.result(_TIMEOUT)
        if self._owns_loop:
            self._loop.close()

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


def _banner(profile: Profile, features: tuple[str, ...]) -> str:
    return (
        f"device::ro.product.name={profile.product};ro.product.model={profile.model};"
        f"ro.product.device={profile.device};features={','.join(features)}"
    )
