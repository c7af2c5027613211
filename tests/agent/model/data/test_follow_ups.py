"""Follow-ups that exchange, drop, add, repeat or carry on, and the histories that they end."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import TYPE_CHECKING

import pytest

from agent.model.data._generator import FOLDER
from agent.model.data._language import Language
from agent.model.data._tools import Argument, Call

if TYPE_CHECKING:
    from tests.agent.model.data.conftest import Follow, NowCalled, Said

TEXT = Call("send_sms", {"to": "Anna", "body": "I'm late"})
ALARM = Call("set_alarm", {"time": "7:15"})


def english() -> Language:
    return Language(FOLDER, "en", random.Random(3), held_out=False)  # noqa: S311 - data, not secrets


@pytest.mark.parametrize(
    ("call", "after"),
    [
        (
            Call("create_contact", {"first_name": "Weber", "last_name": "Eva"}),
            {"first_name": "Eva", "last_name": "Weber"},
        ),
        (Call("send_email", {"subject": "a", "body": "b"}), {"subject": "b", "body": "a"}),
        (Call("set_wifi", {"on": True}), {"on": False}),
        (
            Call("set_volume", {"change": "up", "stream": "alarm"}),
            {"change": "down", "stream": "alarm"},
        ),
        (Call("media_control", {"action": "next"}), {"action": "previous"}),
    ],
)
def test_the_other_way_round_exchanges_two_values_or_turns_one_into_its_opposite(
    follow: Follow, now_called: NowCalled, call: Call, after: Mapping[str, Argument]
) -> None:
    assert now_called(follow("swap", [call], "@swap\nthe other way round")) == [after]


def test_nothing_is_the_other_way_round_of_a_request_with_nothing_to_exchange(follow: Follow) -> None:
    assert follow("swap", [ALARM], "@swap\nthe other way round") is None
    assert follow("swap", [TEXT, ALARM], "@swap\nthe other way round") is None


def test_a_tool_of_its_own_may_name_the_values_that_are_exchanged(follow: Follow, said: Said) -> None:
    contact = Call("create_contact", {"first_name": "Weber", "last_name": "Eva"})
    lines = (
        "@swap\n{^was.last_name} is the first name\n@swap create_contact\n{^was.last_name} is the first name"
    )
    assert said(follow("swap", [contact], lines)) == "Eva is the first name"


BINS = Call("set_alarm", {"time": "7:00", "days": ["monday", "wednesday"], "label": "bins"})


def test_an_argument_is_taken_away_or_added(follow: Follow, now_called: NowCalled) -> None:
    assert now_called(follow("drop", [BINS], "@drop set_alarm.label\nno label")) == [
        {"time": "7:00", "days": ["monday", "wednesday"]}
    ]
    assert follow("drop", [ALARM], "@drop set_alarm.label\nno label") is None
    assert now_called(follow("more", [ALARM], "@more set_alarm.label\ncall it {label:bins|work}")) in (
        [{"time": "7:15", "label": "bins"}],
        [{"time": "7:15", "label": "work"}],
    )
    assert follow("more", [BINS], "@more set_alarm.label\ncall it {label:bins|work}") is None


def test_a_line_that_takes_away_what_it_cannot_say_is_left_out(follow: Follow) -> None:
    assert follow("drop", [BINS], "@drop set_alarm.days\nnot {^was}") is None


def test_what_two_calls_have_is_not_taken_away_from_one_of_them(follow: Follow) -> None:
    tea = Call("set_timer", {"duration": "4m", "label": "tea"})
    assert (
        follow("drop", [BINS, tea], "@drop set_alarm.label\nno label\n@drop set_timer.label\nno name") is None
    )


@pytest.mark.parametrize(("end", "makes"), [("17:30", True), ("6pm", True), ("2:00", False), ("11am", False)])
def test_an_event_ends_after_it_begins_and_on_its_day(follow: Follow, end: str, makes: bool) -> None:
    event = Call("create_calendar_event", {"title": "budget", "datetime": "2026-03-03T15:00:00"})
    lines = f"@more create_calendar_event.end_datetime\nuntil {{end_datetime:{end}|{end}}}"
    assert (follow("more", [event], lines) is not None) is makes


def test_another_switch_takes_over_what_was_on_or_off(follow: Follow) -> None:
    lines = "@then set_bluetooth.set_wifi\nnot bluetooth, wifi => on={was.on}"
    made = follow("then", [Call("set_bluetooth", {"on": False})], lines)
    assert made is not None
    assert made.calls == (Call("set_wifi", {"on": False}),)


def test_recipients_change_places_where_a_line_means_them(follow: Follow, now_called: NowCalled) -> None:
    mail = Call("send_email", {"to": "a@b.c", "cc": "d@e.f"})
    assert now_called(follow("swap", [mail], "@swap send_email.cc\nswap them")) == [
        {"to": "d@e.f", "cc": "a@b.c"}
    ]
    assert follow("swap", [mail], "@swap\nthe other way round") is None


def test_another_tool_takes_values_of_the_earlier_call(follow: Follow, said: Said) -> None:
    lines = "@then send_sms.call\ncall {^was.to} => to={was.to}"
    made = follow("then", [TEXT], lines)
    assert said(made) == "call Anna"
    assert made is not None
    assert made.calls == (Call("call", {"to": "Anna"}),)
    assert follow("then", [ALARM], lines) is None


def test_a_value_that_a_line_could_not_write_is_not_referred_to(follow: Follow) -> None:
    note = Call("create_note", {"text": "eggs; flour"})
    assert follow("then", [note], "@then create_note.share_text\nshare it => text={was.text}") is None


def test_everything_is_repeated_and_nothing_is_called_after_thanks(
    follow: Follow, now_called: NowCalled
) -> None:
    assert now_called(follow("repeat", [ALARM, TEXT], "@repeat\nagain")) == [ALARM.arguments, TEXT.arguments]
    assert now_called(follow("thanks", [ALARM, TEXT], "@thanks\nthanks")) == []


def test_histories_hold_questions_two_calls_and_two_exchanges() -> None:
    language = english()
    histories = [made[1] for _ in range(250) if (made := language.conversations.make()) is not None]
    assert {len(history) for history in histories} == {1, 2}
    assert any(len(past.calls) == 2 for history in histories for past in history)
    asked = [past.to_json() for history in histories for past in history if past.missing]
    assert asked
    assert all(isinstance(past, Mapping) and past["calls"] == [] for past in asked)


def test_what_follows_a_question_and_is_no_answer_asks_for_another_tool() -> None:
    language = english()
    for _ in range(250):
        made = language.conversations.make()
        if made and made[1][-1].missing and made[0].calls:
            asked = made[1][-1].calls[0].name
            assert made[0].calls[0].name == asked or len(made[0].calls) == 1


def test_another_event_two_hours_before_needs_an_event_that_has_a_time(
    follow: Follow, now_called: NowCalled
) -> None:
    lines = (
        "@then create_calendar_event.create_calendar_event\n"
        "and two hours before it, Dentist => title=Dentist; datetime={was.datetime} -2h"
    )
    timed = Call("create_calendar_event", {"datetime": "2026-01-20T15:00:00", "title": "Exam"})
    whole_day = Call("create_calendar_event", {"datetime": "2026-01-20", "title": "Exam"})
    assert now_called(follow("then", [timed], lines)) == [
        {"datetime": "2026-01-20 15:00 -2h", "title": "Dentist"}
    ]
    assert follow("then", [whole_day], lines) is None
