"""Records of what has already happened, kept in memory while the disk does not take them."""

from __future__ import annotations

import threading
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING

from agent.errors import CommandNotOpen, JournalUnavailable, UnknownRecord

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["LateWrites"]


class LateWrites:
    """Writes that failed and are tried again, in their order, before anything else is written.

    There are never many: while one waits nothing new can be begun, so they are of what was under way.
    """

    def __init__(self) -> None:
        self._waiting: deque[Callable[[], None]] = deque()
        self._lock = threading.Lock()

    def now_or_late(self, write: Callable[[], None]) -> None:
        """Write, or raise JournalUnavailable and keep the write for later."""
        with self._lock:
            try:
                self._catch_up()
                write()
            except JournalUnavailable:
                self._waiting.append(write)
                raise

    def catch_up(self) -> None:
        """Write what waits. Raises JournalUnavailable; then it goes on waiting."""
        with self._lock:
            self._catch_up()

    def _catch_up(self) -> None:
        while self._waiting:
            # What was pruned or has ended since needs no record any more.
            with suppress(CommandNotOpen, UnknownRecord):
                self._waiting[0]()
            self._waiting.popleft()
