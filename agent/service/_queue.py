"""A bounded queue for something scarce, fair between clients."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict, deque
from typing import TYPE_CHECKING, NoReturn, Self

from agent.service._errors import DeadlineTooShort, QueueFull, ServiceStopping

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

__all__ = ["FairQueue", "FairQueues", "Slot"]

_NEWEST = 0.2
"""The weight of the newest use in the mean time of one."""

_SHORTEST_RETRY, _LONGEST_RETRY = 0.1, 30.0


class FairQueue:
    """Lets ``slots`` users in at once; the others wait, and the clients take turns.

    So however many requests a client sends, another one's waits for one of them only. At most ``per_client``
    requests of one client wait, ``total`` of all. ``what`` stands in the messages of errors: "the model". For
    one event loop.
    """

    def __init__(
        self,
        what: str,
        *,
        slots: int = 1,
        per_client: int = 32,
        total: int = 256,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._what = what
        self._slots = slots
        self._per_client = per_client
        self._total = total
        self._clock = clock
        self._busy = 0
        self._mean = 0.0
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()
        self._closed = False

    @property
    def waiting(self) -> int:
        """How many wait. May be asked from any thread."""
        return sum(map(len, tuple(self._waiting.values())))

    @property
    def idle(self) -> bool:
        """Whether nobody is in and nobody waits."""
        return not self._busy and not self._waiting

    async def enter(self, client: str, remaining: float | None = None) -> Slot:
        """Wait for one's turn; ``remaining`` are the seconds until the answer has to be there.

        Raises:
            QueueFull: too many wait already.
            DeadlineTooShort: as long as uses took lately, the answer would be too late. Known at once.
            ServiceStopping: the queue is closed.

        """
        self._refuse(client, remaining)
        if self._busy < self._slots and not self._waiting:
            self._busy += 1
            return Slot(self, self._clock())
        turn = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(client, deque()).append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled() and turn.exception() is None:
                self._hand_on()
            else:
                self._forget(client, turn)
            raise
        return Slot(self, self._clock())

    def resize(self, *, per_client: int, total: int) -> None:
        """Let more or fewer wait from now on. Who waits already keeps the place."""
        self._per_client, self._total = per_client, total

    def close(self) -> None:
        """Refuse those who wait and those who come. Those who are in may finish."""
        self._closed = True
        waiting = [turn for lane in self._waiting.values() for turn in lane]
        self._waiting.clear()
        for turn in waiting:
            if not turn.done():
                turn.set_exception(self._stopping())

    def left(self, seconds: float) -> None:
        """Take note that a user who was in for some seconds is out, and let the next one in."""
        self._mean += _NEWEST * (seconds - self._mean) if self._mean else seconds
        self._hand_on()

    def _refuse(self, client: str, remaining: float | None) -> None:
        if self._closed:
            raise self._stopping()
        free = self._busy < self._slots and not self._waiting
        mine = len(self._waiting.get(client, ()))
        ahead = sum(min(len(lane), mine + 1) for name, lane in self._waiting.items() if name != client) + mine
        wait = 0.0 if free else (ahead + self._busy) / self._slots * self._mean
        expected = wait + self._mean
        if remaining is not None and remaining < expected:
            if free:
                # So that some slow uses do not lock everybody out for ever.
                self._mean *= 1 - _NEWEST
            raise DeadlineTooShort(
                f"{self._what} could answer in about {expected:.1f} s and the deadline is in "
                f"{max(remaining, 0):.1f} s: allow more time",
                expected_seconds=f"{expected:.3f}",
            )
        if not free and mine >= self._per_client:
            self._full(f"{mine} requests of yours wait", "client", wait)
        if not free and self.waiting >= self._total:
            self._full(f"{self.waiting} requests wait", "total", wait)

    def _full(self, what: str, limit: str, wait: float) -> NoReturn:
        raise QueueFull(
            f"{what} for {self._what} already: try again later",
            retry_after=min(max(wait, _SHORTEST_RETRY), _LONGEST_RETRY),
            limit=limit,
        )

    def _stopping(self) -> ServiceStopping:
        return ServiceStopping("the service stops: ask again when it is back")

    def _hand_on(self) -> None:
        while self._waiting:
            client, lane = self._waiting.popitem(last=False)
            turn = lane.popleft()
            if lane:
                self._waiting[client] = lane
            if not turn.done():
                turn.set_result(None)
                return
        self._busy -= 1

    def _forget(self, client: str, turn: asyncio.Future[None]) -> None:
        lane = self._waiting.get(client)
        if lane is not None and turn in lane:
            lane.remove(turn)
            if not lane:
                del self._waiting[client]


class Slot:
    """One's turn. Left once, by ``leave`` or at the end of the block."""

    def __init__(self, queue: FairQueue, since: float) -> None:
        self._queue: FairQueue | None = queue
        self._since = since

    def leave(self) -> None:
        """Let the next one in. Leaving twice does nothing."""
        if self._queue is not None:
            queue, self._queue = self._queue, None
            queue.left(queue._clock() - self._since)  # noqa: SLF001 - the two are one thing

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.leave()


class FairQueues:
    """A fair queue of one slot for each of several scarce things, which have names.

    ``what`` and the name stand in the messages of errors: "the device emulator-5554".
    """

    def __init__(self, what: str, *, per_client: int = 16, total: int = 64) -> None:
        self._what = what
        self._per_client = per_client
        self._total = total
        self._queues: dict[str, FairQueue] = {}
        self._closed = False

    async def enter(self, name: str, client: str, remaining: float | None = None) -> Slot:
        """Wait for one's turn at the thing of that name; see ``FairQueue.enter``."""
        if name not in self._queues:
            self._queues = {other: queue for other, queue in self._queues.items() if not queue.idle}
            what = f"{self._what} {name}".rstrip()
            queue = FairQueue(what, per_client=self._per_client, total=self._total)
            if self._closed:
                queue.close()
            self._queues[name] = queue
        return await self._queues[name].enter(client, remaining)

    @property
    def waiting(self) -> int:
        """How many wait, for all things together. May be asked from any thread."""
        return sum(queue.waiting for queue in tuple(self._queues.values()))

    def resize(self, *, per_client: int, total: int) -> None:
        """Let more or fewer wait for each thing from now on."""
        self._per_client, self._total = per_client, total
        for queue in self._queues.values():
            queue.resize(per_client=per_client, total=total)

    def close(self) -> None:
        """Refuse those who wait and those who come."""
        self._closed = True
        for queue in self._queues.values():
            queue.close()
