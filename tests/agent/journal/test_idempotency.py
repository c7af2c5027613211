from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from agent.errors import CommandNotOpen, IdempotencyKeyReused
from agent.journal import INTERRUPTED, CommandState, Journal
from bridge import Outcome, OutcomeStatus
from tools_schema import Call

if TYPE_CHECKING:
    from pathlib import Path

    from tests.agent.journal.conftest import Begin, Clock, Planned

LIGHT = Call("turn_on_flashlight", {}, "b" * 64)
VERIFIED = Outcome(OutcomeStatus.VERIFIED, "The light is on.", device="phone-1")


def test_the_same_key_brings_the_earlier_record(journal: Journal, begin: Begin, planned: Planned) -> None:
    request_id = planned(LIGHT, key="k")
    running = begin("k")
    assert running.repeated
    assert running.record.id == request_id
    assert running.record.finished_at is None
    journal.begin_dispatch(request_id, 0, LIGHT, serial="phone-1")
    journal.record_outcome(request_id, 0, LIGHT, VERIFIED)
    journal.finish_request(request_id)
    ended = begin("k")
    assert ended.repeated
    assert ended.record == journal.history.request(request_id)
    assert ended.record.commands[0].outcome == VERIFIED


def test_requests_without_a_key_are_never_the_same(begin: Begin) -> None:
    assert not begin().repeated
    assert not begin().repeated


def test_keys_belong_to_a_client(begin: Begin) -> None:
    assert not begin("k", client="ann").repeated
    assert not begin("k", client="bob", content=b"other").repeated


def test_the_same_key_for_another_request_is_an_error(journal: Journal, begin: Begin) -> None:
    first = begin("k")
    with pytest.raises(IdempotencyKeyReused):
        begin("k", content=b"other")
    with pytest.raises(IdempotencyKeyReused):
        journal.begin_request(client="ann", method="Clock/SetAlarm", content=b"1", idempotency_key="k")
    journal.finish_request(first.record.id)
    with pytest.raises(IdempotencyKeyReused):
        begin("k", content=b"other")


def test_the_same_key_never_sends_twice_across_restarts(
    journal: Journal, path: Path, planned: Planned, clock: Clock
) -> None:
    request_id = planned(LIGHT, key="k")
    journal.begin_dispatch(request_id, 0, LIGHT, serial="phone-1")
    journal.close()
    for _ in range(2):
        with Journal.open(path, clock=clock) as again:
            again.recover()
            repeated = again.begin_request(client="ann", method="Execute", content=b"1", idempotency_key="k")
            assert repeated.repeated
            assert repeated.record.error == INTERRUPTED
            assert repeated.record.commands[0].state is CommandState.MAYBE_SENT
            with pytest.raises(CommandNotOpen):
                again.begin_dispatch(request_id, 0, LIGHT, serial="phone-1")


def test_a_request_of_which_nothing_was_sent_may_be_tried_again_with_its_key(
    journal: Journal, begin: Begin, planned: Planned
) -> None:
    request_id = planned(LIGHT, key="k")
    journal.finish_request(request_id, error="NO_DEVICE")
    again = begin("k")
    assert not again.repeated
    assert again.record.id != request_id
    # The earlier attempt stays in the history.
    assert {record.id for record in journal.history.all()} == {request_id, again.record.id}


def test_a_request_that_ended_without_an_error_keeps_its_key(
    journal: Journal, begin: Begin, planned: Planned
) -> None:
    request_id = planned(key="k")  # a refusal: nothing to call
    journal.finish_request(request_id)
    assert begin("k").repeated


def test_an_error_after_something_was_sent_keeps_the_key(
    journal: Journal, begin: Begin, planned: Planned
) -> None:
    request_id = planned(LIGHT, key="k")
    journal.begin_dispatch(request_id, 0, LIGHT, serial="phone-1")
    journal.finish_request(request_id, error="DEVICE_LOST")
    assert begin("k").repeated


def test_of_many_at_once_with_one_key_one_begins(journal: Journal) -> None:
    def begin(_: int) -> bool:
        begun = journal.begin_request(client="ann", method="Execute", content=b"1", idempotency_key="k")
        if begun.repeated:
            return False
        journal.record_plan(begun.record.id, [LIGHT], tool_set_hash="")
        journal.begin_dispatch(begun.record.id, 0, LIGHT, serial="phone-1")
        return True

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(begin, range(40))) == 1


def test_of_many_at_once_that_want_to_send_a_command_one_may(journal: Journal, planned: Planned) -> None:
    request_id = planned(LIGHT)

    def send(_: int) -> bool:
        try:
            journal.begin_dispatch(request_id, 0, LIGHT, serial="phone-1")
        except CommandNotOpen:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(send, range(40))) == 1
