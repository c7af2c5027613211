from __future__ import annotations

from datetime import datetime

import pytest

from agent.planning import Exchange, Missing
from agent.planning._conversation import conversation, moments, spans
from agent.prompt import render, to_text
from tools_schema import Call, load_tool_set

PHONE = load_tool_set("phone")


def turns(text: str, *history: Exchange) -> str:
    return to_text(render(conversation(text, history, PHONE)))


def model_turn(call: Call) -> str:
    return turns("again", Exchange("x", (call,))).split("<start_of_turn>model\n")[1]


def test_a_request_without_history_is_one_turn() -> None:
    assert turns("torch on") == ("<bos><start_of_turn>user\ntorch on<end_of_turn>\n<start_of_turn>model\n")


def test_earlier_calls_are_written_as_calls_with_responses() -> None:
    exchange = Exchange(
        "torch on and an alarm at seven on weekends",
        (
            Call("turn_on_flashlight"),
            Call("set_alarm", {"time": "07:00", "days": ["SATURDAY", "SUNDAY"]}),
        ),
        outcome="VERIFIED",
    )
    assert turns("make it eight", exchange) == (
        "<bos><start_of_turn>user\ntorch on and an alarm at seven on weekends<end_of_turn>\n"
        "<start_of_turn>model\n<start_function_call>call:turn_on_flashlight{}<end_function_call>"
        "<start_function_call>call:set_alarm{days:[<escape>saturday<escape>,<escape>sunday<escape>],"
        "time:<escape>7:00<escape>}<end_function_call>"
        "<start_function_response>response:turn_on_flashlight{done:true}<end_function_response>"
        "<start_function_response>response:set_alarm{done:true}<end_function_response><end_of_turn>\n"
        "<start_of_turn>user\nmake it eight<end_of_turn>\n<start_of_turn>model\n"
    )


def test_after_a_request_that_lacked_something_the_model_has_asked_for_it() -> None:
    exchange = Exchange("set a timer", missing=(Missing("set_timer", "duration"),))
    assert turns("ten minutes", exchange) == (
        "<bos><start_of_turn>user\nset a timer<end_of_turn>\n"
        "<start_of_turn>model\nmissing: duration<end_of_turn>\n"
        "<start_of_turn>user\nten minutes<end_of_turn>\n<start_of_turn>model\n"
    )


def test_after_a_request_that_nothing_served_the_turn_is_empty() -> None:
    assert "<start_of_turn>model\n<end_of_turn>\n" in turns("ten minutes", Exchange("what is love"))


@pytest.mark.parametrize(
    ("call", "written"),
    [
        (Call("set_timer", {"duration": 5400}), "{duration:<escape>1h30m<escape>}"),
        (Call("set_timer", {"duration": 86_401}), "{duration:<escape>1d1s<escape>}"),
        (Call("set_timer", {"duration": 0}), "{duration:<escape>0s<escape>}"),
        (Call("dismiss_alarm", {"time": "19:05"}), "{time:<escape>19:05<escape>}"),
        (Call("show_calendar", {"date": "2026-01-20"}), "{date:<escape>2026-01-20<escape>}"),
        (Call("set_brightness", {"level": 50}), "{level:50}"),
        (
            Call("create_calendar_event", {"datetime": "2026-01-20T00:00:00", "all_day": True}),
            "{datetime:<escape>2026-01-20<escape>}",
        ),
        (
            Call("create_calendar_event", {"datetime": "2026-01-20T15:00:00"}),
            "{datetime:<escape>2026-01-20T15:00:00<escape>}",
        ),
        (Call("unheard_of", {"b": 1, "a": "x"}), "{a:<escape>x<escape>,b:1}"),
    ],
)
def test_canonical_values_are_written_as_the_model_writes_them(call: Call, written: str) -> None:
    assert model_turn(call).startswith(f"<start_function_call>call:{call.name}{written}<end_function_call>")


def test_start_and_end_of_earlier_calls_are_known_where_both_can_be_read() -> None:
    def event(start: str, end: str | None) -> Call:
        return Call("create_calendar_event", {"datetime": start} | ({"end_datetime": end} if end else {}))

    calls = [
        event("2026-01-20T14:00:00", "2026-01-20T15:30:00"),
        event("2026-01-20T14:00:00", None),
        event("2026-01-20T14:00:00", "half past three"),
        event("2026-01-20T14:00:00", "2026-01-20T13:00:00"),
        event("2026-01-20T14:00:00Z", "2026-01-20T15:00:00"),
        Call("nobody_knows", {"datetime": "2026-01-20T14:00:00"}),
    ]
    two = datetime(2026, 1, 20, 14)
    assert spans(calls, PHONE) == ((two, two.replace(hour=15, minute=30)), (two, two.replace(hour=15)))


def test_when_earlier_calls_begin_is_known_where_a_time_of_day_was_said() -> None:
    def event(start: str, **others: object) -> Call:
        return Call("create_calendar_event", {"datetime": start} | others)  # type: ignore[arg-type]

    calls = [
        event("2026-01-20T14:00:00", end_datetime="2026-01-20T15:30:00"),
        event("2026-01-21T00:00:00", all_day=True),
        event("half past three"),
        event("2026-01-22T09:00:00Z"),
        Call("set_alarm", {"time": "07:00"}),
        Call("nobody_knows", {"datetime": "2026-01-20T14:00:00"}),
    ]
    assert moments(calls, PHONE) == (datetime(2026, 1, 20, 14), datetime(2026, 1, 22, 9))
