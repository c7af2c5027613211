from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from agent.errors import InvalidPageToken
from agent.journal import CommandState, History, HistoryFilter, Journal
from bridge import Evidence, Outcome, OutcomeStatus
from tools_schema import Call

if TYPE_CHECKING:
    from pathlib import Path

    from tests.agent.journal.conftest import Begin, Clock, Planned

LIGHT = Call("turn_on_flashlight")
ALARM = Call("set_alarm", {"time": "06:30"})
VERIFIED = Outcome(OutcomeStatus.VERIFIED, "Done.")
FAILED = Outcome(OutcomeStatus.FAILED, "The phone is locked.")


@pytest.fixture
def ids(journal: Journal, planned: Planned, clock: Clock) -> dict[str, str]:
    """Four requests, a minute apart: of two clients, for two devices, with several ends."""
    made = {}

    def send(request_id: str, index: int, call: Call, serial: str, outcome: Outcome | None) -> None:
        journal.begin_dispatch(request_id, index, call, serial=serial)
        if outcome is not None:
            journal.record_outcome(request_id, index, call, outcome)

    made["light"] = planned(LIGHT, client="ann")
    send(made["light"], 0, LIGHT, "phone-1", VERIFIED)
    clock.advance(minutes=1)
    made["both"] = planned(LIGHT, ALARM, client="bob", conversation_id="talk")
    send(made["both"], 0, LIGHT, "phone-2", VERIFIED)
    send(made["both"], 1, ALARM, "phone-1", FAILED)
    clock.advance(minutes=1)
    made["maybe"] = planned(ALARM, client="ann")
    send(made["maybe"], 0, ALARM, "phone-1", None)
    clock.advance(minutes=1)
    made["waiting"] = planned(ALARM, client="ann")
    return made


def found(journal: Journal, ids: dict[str, str], chosen: HistoryFilter | None = None) -> list[str]:
    names = {request_id: name for name, request_id in ids.items()}
    return [names[record.id] for record in journal.history.page(chosen).requests]


def test_history_is_newest_first(journal: Journal, ids: dict[str, str]) -> None:
    assert found(journal, ids) == ["waiting", "maybe", "both", "light"]


@pytest.mark.parametrize(
    ("chosen", "names"),
    [
        (HistoryFilter(client="bob"), ["both"]),
        (HistoryFilter(conversation_id="talk"), ["both"]),
        (HistoryFilter(device="phone-1"), ["maybe", "both", "light"]),
        (HistoryFilter(tool="turn_on_flashlight"), ["both", "light"]),
        (HistoryFilter(status=OutcomeStatus.FAILED), ["both"]),
        (HistoryFilter(state=CommandState.MAYBE_SENT), ["maybe"]),
        (HistoryFilter(state=CommandState.NOT_SENT), ["waiting"]),
        # All that is said of a command is said of the same one.
        (HistoryFilter(device="phone-2", status=OutcomeStatus.FAILED), []),
        (HistoryFilter(client="ann", tool="set_alarm", device="phone-1"), ["maybe"]),
    ],
)
def test_filters_choose_requests(
    journal: Journal, ids: dict[str, str], chosen: HistoryFilter, names: list[str]
) -> None:
    assert found(journal, ids, chosen) == names


def test_a_span_of_time_has_its_start_and_lacks_its_end(
    journal: Journal, ids: dict[str, str], clock: Clock
) -> None:
    span = HistoryFilter(since=clock.now - timedelta(minutes=2), until=clock.now)
    assert found(journal, ids, span) == ["maybe", "both"]


def test_pages_have_each_request_once_also_while_new_ones_come(journal: Journal, begin: Begin) -> None:
    expected = [begin().record.id for _ in range(7)][::-1]
    seen: list[str] = []
    token = ""
    while True:
        page = journal.history.page(page_size=3, page_token=token)
        seen += [record.id for record in page.requests]
        token = page.next_page_token
        if not token:
            break
        begin()
    assert seen == expected


def test_a_page_that_ends_with_the_last_request_is_the_last(journal: Journal, begin: Begin) -> None:
    for _ in range(3):
        begin()
    assert not journal.history.page(page_size=3).next_page_token


@pytest.mark.parametrize("token", ["x", "-1.", "0.", f"{1 << 70:x}."])
def test_a_page_token_that_is_none_is_an_error(journal: Journal, begin: Begin, token: str) -> None:
    for _ in range(2):
        begin()
    _, _, fingerprint = journal.history.page(page_size=1).next_page_token.partition(".")
    for made_up in (token, token + fingerprint):
        with pytest.raises(InvalidPageToken):
            journal.history.page(page_token=made_up)


def test_a_page_token_of_another_filter_is_an_error(journal: Journal, begin: Begin) -> None:
    for _ in range(2):
        begin()
    token = journal.history.page(page_size=1).next_page_token
    with pytest.raises(InvalidPageToken):
        journal.history.page(HistoryFilter(client="ann"), page_token=token)


def test_export_has_every_request_as_a_line_of_json(journal: Journal, ids: dict[str, str]) -> None:
    lines = [json.loads(line) for line in journal.history.export()]
    assert [line["id"] for line in lines] == list(ids.values())[::-1]
    both = lines[2]
    assert both["received_at"] == "2026-01-16T22:11:00+00:00"
    assert both["commands"][1]["call"] == {
        "name": "set_alarm",
        "arguments": {"time": "06:30"},
        "tool_hash": "",
    }
    assert both["commands"][1]["outcome"]["status"] == "FAILED"


def test_what_a_phone_says_cannot_break_a_line_or_command_a_terminal(
    journal: Journal, planned: Planned
) -> None:
    hostile = "\x1b[2J\x9b2J\x7f\r\n\u2028\u2029\x85"
    request_id = planned(LIGHT)
    journal.begin_dispatch(request_id, 0, LIGHT, serial="phone-1")
    outcome = Outcome(OutcomeStatus.FAILED, hostile, (Evidence(("x",), hostile),))
    journal.record_outcome(request_id, 0, LIGHT, outcome)
    (line,) = journal.history.export()
    assert line.isprintable()
    assert json.loads(line)["commands"][0]["outcome"]["message"] == hostile


def test_a_history_is_read_while_a_service_writes(path: Path, journal: Journal, begin: Begin) -> None:
    first = begin().record
    with History.open(path) as history:
        assert history.request(first.id) == first
        second = begin().record
        assert [record.id for record in history.all()] == [second.id, first.id]
    assert journal.history.request(second.id) == second
