from __future__ import annotations

import random
from collections.abc import Mapping

import pytest

from agent.model.data._follow_ups import FollowUp, FollowUps
from agent.model.data._generator import FOLDER
from agent.model.data._language import Language
from agent.model.data._sources import Sources
from agent.model.data._spelling import lower_copied
from agent.model.data._syntax import parse_sections
from agent.model.data._tools import Argument, Call, built_in_types

MEETING = Call(
    "create_calendar_event",
    {"title": "budget", "datetime": "2026-03-03T15:00:00", "end_datetime": "2026-03-03T16:30:00"},
)
TEXT = Call("send_sms", {"to": "Anna", "body": "I'm late"})
ALARM = Call("set_alarm", {"time": "7:15"})


def follow(kind: str, calls: list[Call], lines: str, seed: int = 5) -> FollowUp | None:
    rng = random.Random(seed)  # noqa: S311 - data, not secrets
    sections = {s.name: s.lines for s in parse_sections(lines, "_followups", "en/_followups")}
    return FollowUps(sections, Sources({}, rng, held_out=None), rng, built_in_types()).make(kind, calls)


def english() -> Language:
    return Language(FOLDER, "en", random.Random(3), held_out=False)  # noqa: S311 - data, not secrets


def said(follow_up: FollowUp | None) -> str:
    assert follow_up is not None
    return "".join(segment.text for segment in follow_up.segments)


def now_called(follow_up: FollowUp | None) -> list[Mapping[str, Argument]]:
    assert follow_up is not None
    return [call.arguments for call in follow_up.calls]


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
    call: Call, after: Mapping[str, Argument]
) -> None:
    assert now_called(follow("swap", [call], "@swap\nthe other way round")) == [after]


def test_nothing_is_the_other_way_round_of_a_request_with_nothing_to_exchange() -> None:
    assert follow("swap", [ALARM], "@swap\nthe other way round") is None
    assert follow("swap", [TEXT, ALARM], "@swap\nthe other way round") is None


def test_a_tool_of_its_own_may_name_the_values_that_are_exchanged() -> None:
    contact = Call("create_contact", {"first_name": "Weber", "last_name": "Eva"})
    lines = (
        "@swap\n{^was.last_name} is the first name\n@swap create_contact\n{^was.last_name} is the first name"
    )
    assert said(follow("swap", [contact], lines)) == "Eva is the first name"


def test_a_correction_can_say_the_earlier_value() -> None:
    made = follow("correct", [TEXT], "@correct send_sms.to\nnot {^was}, {to:Eva|Bob}")
    assert said(made) in {"not Anna, Eva", "not Anna, Bob"}
    assert now_called(made)[0]["body"] == "I'm late"


def test_a_correction_never_says_the_value_that_was() -> None:
    assert follow("correct", [TEXT], "@correct send_sms.to\nto {to:Anna|Anna}") is None


def test_a_line_that_names_a_value_nobody_gave_is_left_out() -> None:
    made = follow("correct", [TEXT], "@correct send_sms.to\n{^was.title}, {to:Eva|Eva}\nto {to:Eva|Eva}")
    assert said(made) == "to Eva"


@pytest.mark.parametrize(
    ("line", "datetime"),
    [
        ("{_d:friday|friday} instead => datetime={_d} {time_of.datetime}", "friday 15:00"),
        ("at {_t:6pm|6pm} => datetime={date_of.datetime} {_t}", "2026-03-03 6pm"),
        ("an hour later => datetime={was.datetime} +1h", "2026-03-03 15:00 +1h"),
        ("push it back {_d:30m|30m} => datetime={was.datetime} +{_d}", "2026-03-03 15:00 +30m"),
        ("the day before => datetime={was.datetime} -1d", "2026-03-03 15:00 -1d"),
    ],
)
def test_an_event_that_is_moved_keeps_the_rest_of_its_time_and_its_length(line: str, datetime: str) -> None:
    made = follow("correct", [MEETING], f"@correct create_calendar_event.datetime\n{line}")
    assert now_called(made) == [{"title": "budget", "datetime": datetime, "end_datetime": "+1h30m"}]


def test_an_event_of_a_whole_day_has_no_time_to_keep() -> None:
    day = Call("create_calendar_event", {"title": "budget", "datetime": "2026-03-03"})
    lines = "@correct create_calendar_event.datetime\n{_d:friday|friday} => datetime={_d} {time_of.datetime}"
    assert follow("correct", [day], lines) is None


def test_after_two_calls_a_correction_changes_the_one_that_it_can_mean() -> None:
    lines = "@correct set_alarm.time\nmake it {time:8am|8am}\n@correct send_sms.to\nto {to:Eva|Eva}"
    for _ in range(5):
        made = now_called(follow("correct", [ALARM, TEXT], lines))
        assert made in ([{"time": "8am"}], [{"to": "Eva", "body": "I'm late"}])


def test_a_correction_that_could_mean_either_call_is_not_made() -> None:
    timer = Call("set_timer", {"duration": "20m"})
    assert follow("correct", [ALARM, timer], "@correct set_alarm.time\nmake it {time:8am|8am}") is None


BINS = Call("set_alarm", {"time": "7:00", "days": ["monday", "wednesday"], "label": "bins"})


def test_an_argument_is_taken_away_or_added() -> None:
    assert now_called(follow("drop", [BINS], "@drop set_alarm.label\nno label")) == [
        {"time": "7:00", "days": ["monday", "wednesday"]}
    ]
    assert follow("drop", [ALARM], "@drop set_alarm.label\nno label") is None
    assert now_called(follow("more", [ALARM], "@more set_alarm.label\ncall it {label:bins|work}")) in (
        [{"time": "7:15", "label": "bins"}],
        [{"time": "7:15", "label": "work"}],
    )
    assert follow("more", [BINS], "@more set_alarm.label\ncall it {label:bins|work}") is None


def test_a_line_that_takes_away_what_it_cannot_say_is_left_out() -> None:
    assert follow("drop", [BINS], "@drop set_alarm.days\nnot {^was}") is None


def test_what_two_calls_have_is_not_taken_away_from_one_of_them() -> None:
    tea = Call("set_timer", {"duration": "4m", "label": "tea"})
    assert (
        follow("drop", [BINS, tea], "@drop set_alarm.label\nno label\n@drop set_timer.label\nno name") is None
    )


@pytest.mark.parametrize(
    ("line", "days"),
    [
        (
            "and {_d:saturday|sunday} too => days=+{_d}",
            {"monday,wednesday,saturday", "monday,wednesday,sunday"},
        ),
        ("not {_d:monday|friday} => days=-{_d}", {"wednesday"}),
        ("{_n:tuesday|monday} instead of {_o:monday|sunday} => days=-{_o}+{_n}", {"tuesday,wednesday"}),
    ],
)
def test_days_join_and_leave_those_that_were_said(line: str, days: set[str]) -> None:
    [arguments] = now_called(follow("correct", [BINS], f"@correct set_alarm.days\n{line}"))
    assert isinstance(arguments["days"], list)
    assert ",".join(map(str, arguments["days"])) in days


def test_days_that_were_not_said_cannot_leave_nor_all_of_them() -> None:
    line = "@correct set_alarm.days\nnot {_d:sunday|monday, wednesday} => days=-{_d}"
    assert follow("correct", [BINS], line.replace(", ", ",")) is None


@pytest.mark.parametrize(
    ("line", "said_", "destination"),
    [
        ("{_n:48|48}, not {^number}", "48, not 84", "48 Pukeko Lane"),
        ("{_n:Road|Road}, not {^name}", "Road, not Lane", "84 Pukeko Road"),
    ],
)
def test_a_part_of_a_text_is_replaced(line: str, said_: str, destination: str) -> None:
    there = Call("navigate_to", {"destination": "84 Pukeko Lane"})
    lines = f"@correct navigate_to.destination\n{line} => destination=~{{_n}}"
    made = [follow("correct", [there], lines, seed) for seed in range(8)]
    assert (said_, [{"destination": destination}]) in [(said(one), now_called(one)) for one in made]


def test_a_text_without_such_a_part_is_left_as_it_is() -> None:
    home = Call("navigate_to", {"destination": "home"})
    assert (
        follow(
            "correct",
            [home],
            "@correct navigate_to.destination\n{_n:4|5}, not {^number} => destination=~{_n}",
        )
        is None
    )


@pytest.mark.parametrize(("end", "makes"), [("17:30", True), ("6pm", True), ("2:00", False), ("11am", False)])
def test_an_event_ends_after_it_begins_and_on_its_day(end: str, makes: bool) -> None:
    event = Call("create_calendar_event", {"title": "budget", "datetime": "2026-03-03T15:00:00"})
    lines = f"@more create_calendar_event.end_datetime\nuntil {{end_datetime:{end}|{end}}}"
    assert (follow("more", [event], lines) is not None) is makes


@pytest.mark.parametrize(
    ("text", "line", "after"),
    [
        ("人民路84号", "{_n:48|48}号 => destination=~{_n}", "人民路48号"),
        ("अहमदाबाद बाजार", "{_n:सूरत|सूरत}, {^word} नहीं => destination=~{_n}", "सूरत बाजार"),
    ],
)
def test_parts_are_found_in_scripts_without_spaces_and_with_vowel_signs(
    text: str, line: str, after: str
) -> None:
    there = Call("navigate_to", {"destination": text})
    lines = f"@correct navigate_to.destination\n{line}"
    made = [follow("correct", [there], lines, seed) for seed in range(8)]
    assert [{"destination": after}] in [now_called(one) for one in made]


def test_in_small_letters_the_new_part_has_none_and_the_old_ones_keep_theirs() -> None:
    calls = (Call("navigate_to", {"destination": "3 Mill Lane"}),)
    (call,) = lower_copied(calls, "lane, not road", earlier="take me to 3 Mill Road")
    assert call.arguments == {"destination": "3 Mill lane"}


def test_another_switch_takes_over_what_was_on_or_off() -> None:
    lines = "@then set_bluetooth.set_wifi\nnot bluetooth, wifi => on={was.on}"
    made = follow("then", [Call("set_bluetooth", {"on": False})], lines)
    assert made is not None
    assert made.calls == (Call("set_wifi", {"on": False}),)


def test_recipients_change_places_where_a_line_means_them() -> None:
    mail = Call("send_email", {"to": "a@b.c", "cc": "d@e.f"})
    assert now_called(follow("swap", [mail], "@swap send_email.cc\nswap them")) == [
        {"to": "d@e.f", "cc": "a@b.c"}
    ]
    assert follow("swap", [mail], "@swap\nthe other way round") is None


def test_another_tool_takes_values_of_the_earlier_call() -> None:
    lines = "@then send_sms.call\ncall {^was.to} => to={was.to}"
    made = follow("then", [TEXT], lines)
    assert said(made) == "call Anna"
    assert made is not None
    assert made.calls == (Call("call", {"to": "Anna"}),)
    assert follow("then", [ALARM], lines) is None


def test_a_value_that_a_line_could_not_write_is_not_referred_to() -> None:
    note = Call("create_note", {"text": "eggs; flour"})
    assert follow("then", [note], "@then create_note.share_text\nshare it => text={was.text}") is None


def test_everything_is_repeated_and_nothing_is_called_after_thanks() -> None:
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


TIMER = Call("set_timer", {"duration": "15m"})
FAIR = Call("create_calendar_event", {"title": "fair", "datetime": "2026-03-03"})


@pytest.mark.parametrize(
    ("call", "line", "after"),
    [
        (ALARM, "@correct set_alarm.time\nten minutes earlier => time={was.time} -10m", "7:15 -10m"),
        (
            Call("set_alarm", {"time": "0:30"}),
            "@correct set_alarm.time\nan hour on => time={was.time} +1h",
            "0:30 +1h",
        ),
        (TIMER, "@correct set_timer.duration\nfive more => duration={was.duration} +5m", "15m +5m"),
        (
            FAIR,
            "@correct create_calendar_event.datetime\na day on => datetime={was.datetime} +1d",
            "2026-03-03 +1d",
        ),
        (
            MEETING,
            "@correct create_calendar_event.end_datetime\nlonger => end_datetime={was.end_datetime} +30m",
            "2026-03-03 16:30 +30m",
        ),
    ],
)
def test_an_amount_is_added_to_what_an_argument_was(call: Call, line: str, after: str) -> None:
    assert after in now_called(follow("correct", [call], line))[0].values()


@pytest.mark.parametrize(
    ("call", "line"),
    [
        (TIMER, "@correct set_timer.duration\ntwenty less => duration={was.duration} -20m"),
        (FAIR, "@correct create_calendar_event.datetime\nan hour on => datetime={was.datetime} +1h"),
        (
            MEETING,
            "@correct create_calendar_event.end_datetime\nshorter => end_datetime={was.end_datetime} -2h",
        ),
        (TIMER, "@correct set_timer.duration\nnot {^was}, {duration:20m|20m}"),
    ],
)
def test_a_line_whose_amount_does_not_fit_is_skipped(call: Call, line: str) -> None:
    assert follow("correct", [call], line) is None
