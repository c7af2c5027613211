from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from agent.service._errors import DeadlineTooShort, QueueFull, ServiceStopping
from agent.service._queue import FairQueue, FairQueues

if TYPE_CHECKING:
    from agent.service._queue import Slot


class Clock:
    """A clock that stands still until it is told."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


async def started(*tasks: asyncio.Task[Slot]) -> None:
    """Let the tasks run up to where they wait."""
    for _ in range(3 * len(tasks) + 3):
        await asyncio.sleep(0)


async def test_the_first_goes_in_at_once() -> None:
    queue = FairQueue("the model")
    with await queue.enter("a"):
        assert not queue.idle
    assert queue.idle


async def test_clients_take_turns_however_many_requests_one_has() -> None:
    queue, order = FairQueue("the model"), []

    async def use(client: str, number: int) -> None:
        with await queue.enter(client):
            order.append(f"{client}{number}")

    slot = await queue.enter("first")
    tasks = [asyncio.ensure_future(use("a", number)) for number in range(4)]
    await asyncio.sleep(0)
    tasks += [asyncio.ensure_future(use("b", number)) for number in range(2)]
    await asyncio.sleep(0)
    slot.leave()
    await asyncio.gather(*tasks)
    assert order == ["a0", "b0", "a1", "b1", "a2", "a3"]


async def test_several_slots_let_several_in() -> None:
    queue = FairQueue("the model", slots=2)
    slots = [await queue.enter("a"), await queue.enter("a")]
    third = asyncio.ensure_future(queue.enter("a"))
    await started(third)
    assert not third.done()
    slots[0].leave()
    (await third).leave()


async def test_too_many_of_one_client_are_refused_and_others_are_not() -> None:
    queue = FairQueue("the model", per_client=1, total=3)
    slot = await queue.enter("a")
    waiting = [asyncio.ensure_future(queue.enter("a"))]
    await started(*waiting)
    with pytest.raises(QueueFull) as caught:
        await queue.enter("a")
    assert caught.value.retry_after > 0
    assert caught.value.metadata == {"limit": "client"}
    waiting += [asyncio.ensure_future(queue.enter(client)) for client in "bc"]
    await started(*waiting)
    with pytest.raises(QueueFull) as caught:
        await queue.enter("d")
    assert caught.value.metadata == {"limit": "total"}
    slot.leave()
    for task in waiting:
        (await task).leave()
    assert queue.idle


async def test_a_queue_takes_other_bounds_while_somebody_waits() -> None:
    queue = FairQueue("the model", total=0)
    slot = await queue.enter("a")
    queue.resize(per_client=1, total=1)
    waiting = asyncio.ensure_future(queue.enter("b"))
    await started(waiting)
    with pytest.raises(QueueFull):
        await queue.enter("c")
    slot.leave()
    (await waiting).leave()


async def test_a_queue_without_places_lets_in_whoever_need_not_wait() -> None:
    queue = FairQueue("the model", total=0)
    with await queue.enter("a"), pytest.raises(QueueFull):
        await queue.enter("b")
    with await queue.enter("b"):
        pass


async def test_a_deadline_that_cannot_be_met_is_refused_at_once() -> None:
    clock = Clock()
    queue = FairQueue("the model", clock=clock)
    slot = await queue.enter("a")
    clock.now += 2.0
    slot.leave()
    with pytest.raises(DeadlineTooShort):
        await queue.enter("a", remaining=1.9)
    slot = await queue.enter("a", remaining=2.1)
    with pytest.raises(DeadlineTooShort) as caught:
        await queue.enter("b", remaining=3.1)
    assert caught.value.metadata == {"expected_seconds": "3.200"}
    slot.leave()


async def test_slow_uses_do_not_lock_short_deadlines_out_for_ever() -> None:
    clock = Clock()
    queue = FairQueue("the model", clock=clock)
    slot = await queue.enter("a")
    clock.now += 60.0
    slot.leave()
    refused = 0
    while True:
        try:
            slot = await queue.enter("a", remaining=5.0)
        except DeadlineTooShort:
            refused += 1
        else:
            break
    assert 0 < refused < 20
    slot.leave()


async def test_who_gives_up_waiting_leaves_no_trace() -> None:
    queue = FairQueue("the model")
    slot = await queue.enter("a")
    waiting = [asyncio.ensure_future(queue.enter(client)) for client in "ab"]
    await started(*waiting)
    waiting[0].cancel()
    await started()
    assert queue.waiting == 1
    slot.leave()
    (await waiting[1]).leave()
    assert queue.idle


async def test_a_turn_that_comes_together_with_giving_up_goes_to_the_next() -> None:
    queue = FairQueue("the model")
    slot = await queue.enter("a")
    waiting = [asyncio.ensure_future(queue.enter(client)) for client in "ab"]
    await started(*waiting)
    slot.leave()
    waiting[0].cancel()
    (await waiting[1]).leave()
    assert queue.idle


async def test_a_closed_queue_refuses_those_who_wait_and_those_who_come() -> None:
    queue = FairQueue("the model")
    slot = await queue.enter("a")
    waiting = asyncio.ensure_future(queue.enter("b"))
    await started(waiting)
    queue.close()
    with pytest.raises(ServiceStopping):
        await waiting
    with pytest.raises(ServiceStopping):
        await queue.enter("c")
    slot.leave()


async def test_each_device_has_a_queue_of_its_own_and_unused_ones_are_forgotten() -> None:
    queues = FairQueues("the device")
    slots = [await queues.enter(f"phone-{number}", "a") for number in range(10)]
    for slot in slots:
        slot.leave()
    (await queues.enter("another", "a")).leave()
    assert list(queues._queues) == ["another"]
