"""The order of requests on one device, and their independence on several."""

from __future__ import annotations

import threading

import pytest

from bridge._deadline import Deadline
from bridge._queue import DeviceQueues
from bridge.errors import DeviceBusyError


def test_requests_get_their_turn_in_the_order_in_which_they_came() -> None:
    queues, order, threads = DeviceQueues(), list[int](), list[threading.Thread]()

    def request(number: int) -> None:
        with queues.turn("a", Deadline(20)):
            order.append(number)

    with queues.turn("a", Deadline(20)):
        for number in range(8):
            thread = threading.Thread(target=request, args=(number,))
            thread.start()
            threads.append(thread)
            while queues.waiting("a") <= number:
                thread.join(0.001)
    for thread in threads:
        thread.join()
    assert order == list(range(8))


def test_two_devices_do_not_wait_for_each_other() -> None:
    queues = DeviceQueues()
    with queues.turn("a", Deadline(20)), queues.turn("b", Deadline(0.1)):
        pass


def test_one_that_gives_up_does_not_hold_up_the_next() -> None:
    queues, done = DeviceQueues(), threading.Event()

    def request() -> None:
        with queues.turn("a", Deadline(20)):
            done.set()

    with queues.turn("a", Deadline(20)):
        with pytest.raises(DeviceBusyError), queues.turn("a", Deadline(0.01)):
            pass
        thread = threading.Thread(target=request)
        thread.start()
    thread.join()
    assert done.is_set()
    assert queues.waiting("a") == 0


def test_a_request_that_fails_gives_the_device_free() -> None:
    queues = DeviceQueues()
    with pytest.raises(ValueError, match="oops"), queues.turn("a", Deadline(20)):
        raise ValueError("oops")
    with queues.turn("a", Deadline(0.1)):
        pass
