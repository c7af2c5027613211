"""The devices' states for any number of streams, from one watch of the adb server."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

from agent.service._errors import ServiceStopping, TooManyWatchers
from bridge import DeviceChange

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bridge import Bridge, DeviceWatch

__all__ = ["DeviceStates"]


class DeviceStates:
    """Tells streams of changes. A slow one gets the newest state of each device, so nothing piles up.

    The adb server is watched, by a thread, as long as there is a stream. For one event loop.
    """

    def __init__(self, bridge: Bridge, *, watchers: int = 64) -> None:
        self._bridge = bridge
        self._limit = watchers
        self._watchers: set[asyncio.Event] = set()
        self._states: dict[str, str] = {}
        self._watch: DeviceWatch | None = None
        self._closed = False

    async def changes(self) -> AsyncIterator[DeviceChange]:
        """Yield the devices that are there, then what changes, until the caller stops.

        Raises TooManyWatchers, and ServiceStopping when the service ends.
        """
        if len(self._watchers) >= self._limit:
            raise TooManyWatchers(
                f"{self._limit} streams watch the devices: close one first, or ask for the list",
                retry_after=5.0,
            )
        news = asyncio.Event()
        news.set()
        known: dict[str, str] = {}
        self._watchers.add(news)
        try:
            self._begin()
            while True:
                await news.wait()
                news.clear()
                if self._closed:
                    raise ServiceStopping("the service stops: watch again when it is back")
                now = dict(self._states)
                for serial in dict.fromkeys((*known, *now)):
                    before, after = known.get(serial, ""), now.get(serial, "")
                    if before != after:
                        yield DeviceChange(serial, before, after)
                known = now
        finally:
            self._watchers.discard(news)
            if not self._watchers:
                self._end()

    def close(self) -> None:
        """End all streams."""
        self._closed = True
        self._wake()

    def _begin(self) -> None:
        if self._watch is None:
            self._watch = self._bridge.watch()
            loop = asyncio.get_running_loop()
            threading.Thread(
                target=self._follow, args=(self._watch, loop), name="device-watch", daemon=True
            ).start()

    def _end(self) -> None:
        watch, self._watch = self._watch, None
        self._states = {}
        if watch is not None:
            # It waits for its thread's connection, which takes a moment that the event loop does not have.
            threading.Thread(target=watch.close, name="device-watch-end", daemon=True).start()

    def _follow(self, watch: DeviceWatch, loop: asyncio.AbstractEventLoop) -> None:
        for change in watch:
            try:
                loop.call_soon_threadsafe(self._take, watch, change)
            except RuntimeError:  # the loop is closed, and with it every stream
                return

    def _take(self, watch: DeviceWatch, change: DeviceChange) -> None:
        if watch is not self._watch:
            return
        if change.after:
            self._states[change.serial] = change.after
        else:
            self._states.pop(change.serial, None)
        self._wake()

    def _wake(self) -> None:
        for news in self._watchers:
            news.set()
