"""What was said before, by conversation: bounded, and forgotten after a while."""

from __future__ import annotations

import secrets
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.service._errors import ConversationNotFound

if TYPE_CHECKING:
    from collections.abc import Callable

    from agent.planning import Exchange

__all__ = ["EXCHANGES", "Conversations"]

EXCHANGES = 8
"""The last exchanges that are kept of a conversation: more than the model was trained on helps nobody."""


@dataclass(frozen=True, slots=True)
class _Conversation:
    exchanges: tuple[Exchange, ...]
    last: float


class Conversations:
    """The conversations of all clients; each client sees its own.

    Of each client the ``per_client`` newest are kept, each for ``seconds`` after its last exchange, and of
    all clients together ``total``. For one thread.
    """

    def __init__(
        self,
        *,
        seconds: float = 1_800.0,
        per_client: int = 64,
        total: int = 4_096,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._seconds = seconds
        self._per_client = per_client
        self._total = total
        self._clock = clock
        self._kept: OrderedDict[tuple[str, str], _Conversation] = OrderedDict()
        self._counts: dict[str, int] = {}

    def history(self, client: str, conversation_id: str) -> tuple[Exchange, ...]:
        """Return the exchanges of a conversation, oldest first. Raises ConversationNotFound."""
        self._expire()
        kept = self._kept.get((client, conversation_id))
        if kept is None:
            raise ConversationNotFound(
                f"there is no conversation '{conversation_id[:64]}', or it was {self._seconds / 60:.0f} "
                "minutes ago: begin a new one"
            )
        return kept.exchanges

    def add(self, client: str, conversation_id: str, exchange: Exchange) -> str:
        """Continue a conversation, or begin one where the identifier is empty; return its identifier."""
        key = (client, conversation_id or secrets.token_hex(16))
        before = self._forget(key)
        exchanges = (*(before.exchanges if before else ()), exchange)[-EXCHANGES:]
        self._make_room(client)
        self._kept[key] = _Conversation(exchanges, self._clock())
        self._counts[client] = self._counts.get(client, 0) + 1
        return key[1]

    def _make_room(self, client: str) -> None:
        self._expire()
        if self._counts.get(client, 0) >= self._per_client:
            self._forget(next(key for key in self._kept if key[0] == client))
        elif len(self._kept) >= self._total:
            self._forget(next(iter(self._kept)))

    def _expire(self) -> None:
        # They stand in the order of their last exchange.
        oldest = self._clock() - self._seconds
        while self._kept:
            key = next(iter(self._kept))
            if self._kept[key].last > oldest:
                return
            self._forget(key)

    def _forget(self, key: tuple[str, str]) -> _Conversation | None:
        kept = self._kept.pop(key, None)
        if kept is not None:
            self._counts[key[0]] -= 1
            if not self._counts[key[0]]:
                del self._counts[key[0]]
        return kept
