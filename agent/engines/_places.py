"""The places of an engine that answers several requests at once."""

from __future__ import annotations

import threading
from collections import deque
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agent.engines._watch import Watch

_LOOK_AGAIN: Final = 0.02
"""Seconds between two looks at whether a request that waits has to end."""


class Places:
    """``slots`` requests are answered at once, and together they take at most ``tokens`` of the context.

    Who comes first gets a place first, so that a long request is not passed by short ones for ever.
    """

    def __init__(self, slots: int, tokens: int) -> None:
        self._slots = slots
        self._tokens = tokens
        self._changed = threading.Condition()
        self._waiting: deque[object] = deque()
        self._taken = 0
        self._tokens_taken = 0

    @contextmanager
    def taken(self, tokens: int, watch: Watch) -> Iterator[None]:
        """Have a place, and room for as many tokens, while the block runs; waits for it.

        Raises what the watch does when the request has to end before it is its turn.
        """
        self._take(tokens, watch)
        try:
            yield
        finally:
            with self._changed:
                self._taken -= 1
                self._tokens_taken -= tokens
                self._changed.notify_all()

    def wait_until_empty(self) -> None:
        """Wait until nobody has a place."""
        with self._changed:
            self._changed.wait_for(lambda: not self._taken)

    def _take(self, tokens: int, watch: Watch) -> None:
        ticket = object()
        with self._changed:
            self._waiting.append(ticket)
            try:
                watch.check()
                while self._waiting[0] is not ticket or not self._fits(tokens):
                    self._changed.wait(_LOOK_AGAIN)
                    watch.check()
                self._taken += 1
                self._tokens_taken += tokens
            finally:
                self._waiting.remove(ticket)
                self._changed.notify_all()

    def _fits(self, tokens: int) -> bool:
        return self._taken < self._slots and self._tokens_taken + tokens <= self._tokens
