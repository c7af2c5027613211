"""The requests that run now, so that they can be given up by their identifier."""

from __future__ import annotations

import asyncio
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from agent.service._errors import RequestCancelled, RequestNotFound

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator

    from agent.security import Identity

__all__ = ["RunningRequest", "RunningRequests"]

_Result = TypeVar("_Result")


@dataclass(slots=True, eq=False)
class RunningRequest:
    """A request that runs.

    ``lane`` is the client in queues: a connection, where clients have no names. ``error`` is how the history
    calls the end, where the request ends without an error and still has not done what was asked.
    """

    id: str
    identity: Identity
    lane: str
    error: str = ""
    engine_cancel: threading.Event = field(default_factory=threading.Event)
    given_up: asyncio.Event = field(default_factory=asyncio.Event)

    def give_up(self) -> None:
        """Stop the model, and whatever the request waits for."""
        self.engine_cancel.set()
        self.given_up.set()

    def check(self) -> None:
        """Raise RequestCancelled where the request was given up."""
        if self.given_up.is_set():
            raise RequestCancelled("the request was cancelled; calls that had not been sent were not made")

    async def unless_given_up(self, work: Coroutine[None, None, _Result]) -> _Result:
        """Return what the work comes to; it is cancelled where the request is given up first.

        Raises RequestCancelled, and what the work raises.
        """
        task = asyncio.ensure_future(work)
        watch = asyncio.ensure_future(self.given_up.wait())
        try:
            await asyncio.wait({task, watch}, return_when=asyncio.FIRST_COMPLETED)
            if not task.done():
                self.check()
            return await task
        finally:
            for each in (task, watch):
                each.cancel()
            await asyncio.wait({task, watch})


class RunningRequests:
    """All requests that run. For one event loop."""

    def __init__(self) -> None:
        self._running: dict[str, RunningRequest] = {}
        self._none = asyncio.Event()
        self._none.set()

    @contextmanager
    def running(self, request: RunningRequest) -> Iterator[RunningRequest]:
        """Know a request while the block runs. When it is left early, the model stops."""
        self._running[request.id] = request
        self._none.clear()
        try:
            yield request
        finally:
            request.engine_cancel.set()
            del self._running[request.id]
            if not self._running:
                self._none.set()

    def give_up_all(self) -> None:
        """Give up whatever still runs."""
        for request in self._running.values():
            request.give_up()

    async def ended(self) -> None:
        """Wait until none runs."""
        await self._none.wait()

    def find(self, client: str | None, request_id: str) -> RunningRequest:
        """Return a request of the client, of any client for None. Raises RequestNotFound."""
        request = self._running.get(request_id)
        if request is None or client not in {None, request.identity.client}:
            raise RequestNotFound("no request of that identifier runs: it has ended, or never was")
        return request
