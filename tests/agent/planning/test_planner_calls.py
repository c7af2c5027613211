"""What the model wrote becomes calls, questions and problems."""

from __future__ import annotations

from datetime import datetime

import pytest

from agent.engines import ScriptedEngine, calling
from agent.errors import EmptyText, NoSuchDate
from agent.planning import Exchange, Missing, Plan, Planner, Request
from agent.prompt import to_text
from tools_schema import Call, load_tool_set

PHONE = load_tool_set("phone")
MOBILE_ACTIONS = load_tool_set("mobile_actions")
NOW = datetime(2026, 1, 16, 22, 10, 5)


def plan(text: str, *calls: str, time_zone: str = "Europe/Berlin") -> Plan:
    engine = ScriptedEngine([calling(*calls)])
    return Planner(engine, PHONE).plan(Request(text, NOW, time_zone))


def call(name: str, /, **arguments: object) -> Call:
    tool = PHONE.tool(name)
    assert tool
    return Call(name, arguments, tool.hash)  # type: ignore[arg-type]


def test_what_the_model_wrote_becomes_canonical_calls_in_order() -> None:
    result = plan(
        "wake me at 6:30 on weekdays, and lunch with Ndlovu next friday at noon for an hour",
        "set_alarm{days:['weekdays'],time:'6:30'}",
        "create_calendar_event{datetime:'next friday noon',end_datetime:'+1h',title:'lunch with Nodlovu'}",
    )
    weekdays = ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY"]
    assert result.calls == (
        call("set_alarm", time="06:30", days=weekdays),
        call(
            "create_calendar_event",
            title="lunch with Ndlovu",
            datetime="2026-01-23T12:00:00",
            end_datetime="2026-01-23T13:00:00",
        ),
    )
    assert (result.missing, result.problems, result.reason) == ((), (), "")
    assert result.tool_set_hash == PHONE.hash
    assert result.model == "0" * 64
    assert result.raw.startswith("<start_function_call>call:set_alarm{days:")


def test_a_date_alone_makes_an_all_day_event() -> None:
    result = plan(
        "mum's birthday on march 3", "create_calendar_event{datetime:'march 3',title:'mum\u2019s birthday'}"
    )
    assert result.calls[0].arguments["all_day"] is True
    assert result.calls[0].arguments["datetime"] == "2026-03-03T00:00:00"


def test_a_time_from_now_counts_true_hours_in_the_zone_of_the_request() -> None:
    engine = ScriptedEngine([calling("create_calendar_event{datetime:'+1h',title:'tea'}")])
    request = Request("tea in an hour", datetime(2026, 3, 29, 1, 30), "Europe/Berlin")
    result = Planner(engine, PHONE).plan(request)
    assert result.calls[0].arguments["datetime"] == "2026-03-29T03:30:00"


def test_a_required_argument_that_was_not_said_is_missing_and_the_others_are_called() -> None:
    result = plan("set a timer and torch on", "set_timer{}", "turn_on_flashlight{}")
    assert result.missing == (Missing("set_timer", "duration"),)
    assert result.calls == (call("turn_on_flashlight"),)
    assert result.reason == ""


def test_where_only_something_is_missing_the_reason_says_what() -> None:
    result = plan("send an email", "send_email{}")
    assert result.missing == (Missing("send_email", "to"), Missing("send_email", "subject"))
    assert result.calls == ()
    assert "subject" in result.reason


def test_a_request_that_no_tool_serves_has_an_empty_plan_with_a_reason() -> None:
    result = plan("what is love")
    assert (result.calls, result.missing, result.problems) == ((), (), ())
    assert result.reason == "no tool of the set `phone` serves this request"


def test_a_tool_of_another_set_is_named_and_not_called() -> None:
    engine = ScriptedEngine([calling("take_photo{}", "turn_on_flashlight{}"), calling("take_photo{}")])
    planner = Planner(engine, MOBILE_ACTIONS, known_tools=PHONE.tools)
    result = planner.plan(Request("take a photo and torch on", NOW))
    assert [each.name for each in result.calls] == ["turn_on_flashlight"]
    (problem,) = result.problems
    assert "take_photo" in problem
    assert "phone" in problem
    assert "`mobile_actions`" in problem
    assert planner.plan(Request("take a photo", NOW)).reason == problem


def test_an_invalid_call_is_dropped_with_the_reason() -> None:
    result = plan("volume to 300 and torch on", "set_volume{level:300}", "turn_on_flashlight{}")
    assert result.calls == (call("turn_on_flashlight"),)
    (problem,) = result.problems
    assert problem.startswith("set_volume: level: ")
    longest = plan("timer", "set_timer{duration:'9d'}")
    assert longest.calls == ()
    assert longest.problems == (longest.reason,)


def test_an_unknown_tool_or_parameter_is_a_problem() -> None:
    result = plan("x", "make_tea{}", "set_alarm{sugar:2,time:'7:00'}")
    assert result.calls == ()
    assert len(result.problems) == 2


def test_the_same_call_twice_in_a_row_is_called_once_and_said_so() -> None:
    result = plan("torch on", "turn_on_flashlight{}", "turn_on_flashlight{}", "set_wifi{on:true}")
    assert result.calls == (call("turn_on_flashlight"), call("set_wifi", on=True))
    assert result.problems == ("turn_on_flashlight: the same call twice in a row; it is called once",)


def test_calls_in_a_row_that_come_to_the_same_are_one() -> None:
    result = plan("timer for an hour", *(f"set_timer{{duration:'{written}'}}" for written in ("1h", "60m")))
    assert result.calls == (call("set_timer", duration=3600),)


def test_two_calls_with_a_part_each_of_the_same_are_one_and_said_so() -> None:
    result = plan(
        "save Iñaki Etxeberria, inaki@etxe.eus, his phone is 944 555 018",
        "create_contact{email:'inaki@etxe.eus',first_name:'Iñaki',last_name:'Etxeberria'}",
        "create_contact{first_name:'iñaki',last_name:'Etxeberria',phone_number:'944 555 018'}",
    )
    assert result.calls == (
        call(
            "create_contact",
            first_name="Iñaki",
            last_name="Etxeberria",
            phone_number="944 555 018",
            email="inaki@etxe.eus",
        ),
    )
    assert result.problems == ("create_contact: two calls, each with a part of the same; it is called once",)


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        # One without a label and one with it, two labels, and a tool that requires nothing.
        (
            "timer of 5 minutes, and one for the eggs",
            "set_timer{duration:'5m'}",
            "set_timer{duration:'5m',label:'eggs'}",
        ),
        (
            "timers of 5 minutes for the rice and the eggs",
            "set_timer{duration:'5m',label:'rice'}",
            "set_timer{duration:'5m',label:'eggs'}",
        ),
        (
            "a gym alarm at 7, and one at 7 every Saturday",
            "set_alarm{label:'gym',time:'7:00'}",
            "set_alarm{days:['saturday'],time:'7:00'}",
        ),
        (
            "volume to 30 and mute the ringer",
            "set_volume{level:30}",
            "set_volume{change:'mute',stream:'ring'}",
        ),
    ],
)
def test_calls_that_may_be_two_stay_two(text: str, first: str, second: str) -> None:
    assert len(plan(text, first, second).calls) == 2


def test_the_same_call_after_another_one_is_called_again() -> None:
    on, off = "turn_on_flashlight", "turn_off_flashlight"
    result = plan("torch on, off, and on again", f"{on}{{}}", f"{off}{{}}", f"{on}{{}}")
    assert result.calls == (call(on), call(off), call(on))
    assert result.problems == ()


def test_calls_with_other_arguments_are_all_called() -> None:
    result = plan("timers for 5 and 10 minutes", "set_timer{duration:'5m'}", "set_timer{duration:'10m'}")
    assert [each.arguments for each in result.calls] == [{"duration": 300}, {"duration": 600}]


def test_what_is_missing_is_asked_for_once() -> None:
    assert plan("a timer", "set_timer{}", "set_timer{}").missing == (Missing("set_timer", "duration"),)


def test_a_correction_is_not_undone_by_what_was_said_before() -> None:
    engine = ScriptedEngine([calling("navigate_to{destination:'614 Tamarack Road'}")])
    before = Exchange(
        "Navigate to 641 Tamarack Road", (call("navigate_to", destination="641 Tamarack Road"),)
    )
    result = Planner(engine, PHONE).plan(Request("no, 614, not 641", NOW, history=(before,)))
    assert result.calls == (call("navigate_to", destination="614 Tamarack Road"),)


def test_a_date_that_does_not_exist_is_an_error_where_nothing_else_is_asked_for() -> None:
    event = "create_calendar_event{datetime:'february 30 3pm',title:'tea'}"
    with pytest.raises(NoSuchDate) as caught:
        plan("tea on february 30 at 3pm", event)
    assert "february 30" in caught.value.message
    result = plan("tea on february 30 at 3pm and torch on", event, "turn_on_flashlight{}")
    assert result.calls == (call("turn_on_flashlight"),)
    assert "february 30" in result.problems[0]


@pytest.mark.parametrize(
    ("before", "request_", "written"),
    [
        (
            "dinner tomorrow at 8 pm at Lido",
            "call it Lido",
            "create_calendar_event{datetime:'tomorrow 8pm',location:'Lido',title:'Lido'}",
        ),
        ("note groceries", "title it groceries", "create_note{text:'groceries',title:'groceries'}"),
    ],
)
def test_what_a_follow_up_says_once_more_may_stand_twice(before: str, request_: str, written: str) -> None:
    request = Request(request_, NOW, "Europe/Berlin", history=(Exchange(before, ()),))
    [call] = Planner(ScriptedEngine([calling(written)]), PHONE).plan(request).calls
    assert len(call.arguments) == written.count(":")


def test_an_event_that_is_moved_in_a_follow_up_keeps_its_length() -> None:
    was = {
        "datetime": "2026-01-20T17:30:00",
        "end_datetime": "2026-01-20T18:15:00",
        "title": "parents evening",
    }
    before = Exchange("parents evening on Tuesday, 5:30 to 6:15", (call("create_calendar_event", **was),))
    written = "datetime:'2026-01-20 6pm',end_datetime:'2026-01-20T18:15:00',title:'parents evening'"
    engine = ScriptedEngine([calling(f"create_calendar_event{{{written}}}")])
    result = Planner(engine, PHONE).plan(Request("it starts at 6", NOW, history=(before,)))
    moved = {"datetime": "2026-01-20T18:00:00", "end_datetime": "2026-01-20T18:45:00"}
    assert [dict(each.arguments) for each in result.calls] == [was | moved]


def test_history_comes_before_the_request_and_its_words_count_as_said() -> None:
    engine = ScriptedEngine([calling("call{to:'Sipho Nodlovu'}")])
    history = (Exchange("find Sipho Ndlovu", (call("find_contact", name="Sipho Ndlovu"),)),)
    result = Planner(engine, PHONE).plan(Request("call him", NOW, history=history))
    assert result.calls == (call("call", to="Sipho Ndlovu"),)
    prompt = to_text(engine.prompts[0])
    assert "call:find_contact{name:<escape>Sipho Ndlovu<escape>}" in prompt
    assert prompt.endswith("<start_of_turn>user\ncall him<end_of_turn>\n<start_of_turn>model\n")


def test_an_answer_that_was_cut_off_keeps_its_complete_calls() -> None:
    cut = calling("turn_on_flashlight{}").removesuffix("<start_function_response>")
    endless = "<start_function_call>call:web_search{query:<escape>" + "<escape>" * 1000
    result = Planner(ScriptedEngine([cut + endless, endless]), PHONE).plan(Request("torch on", NOW))
    assert result.calls == (call("turn_on_flashlight"),)
    assert "cut off" in result.problems[0]


def test_an_answer_cut_off_in_its_first_call_is_an_empty_plan() -> None:
    endless = "<start_function_call>call:web_search{query:<escape>" + "<escape>" * 1000
    result = Planner(ScriptedEngine([endless]), PHONE).plan(Request("torch on", NOW))
    assert result.calls == ()
    assert "cut off" in result.reason


def test_a_planner_goes_on_after_bad_input() -> None:
    planner = Planner(ScriptedEngine([calling("turn_on_flashlight{}")]), PHONE)
    with pytest.raises(EmptyText):
        planner.plan(Request("", NOW))
    assert planner.plan(Request("torch on", NOW)).calls == (call("turn_on_flashlight"),)
