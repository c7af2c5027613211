"""Follow-ups that correct an argument of an earlier call."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from agent.model.data._spelling import lower_copied
from agent.model.data._tools import Call

if TYPE_CHECKING:
    from tests.agent.model.data.conftest import Follow, NowCalled, Said

MEETING = Call(
    "create_calendar_event",
    {"title": "budget", "datetime": "2026-03-03T15:00:00", "end_datetime": "2026-03-03T16:30:00"},
)
TEXT = Call("send_sms", {"to": "Anna", "body": "I'm late"})
ALARM = Call("set_alarm", {"time": "7:15"})


def test_a_correction_can_say_the_earlier_value(follow: Follow, said: Said, now_called: NowCalled) -> None:
    made = follow("correct", [TEXT], "@correct send_sms.to\nnot {^was}, {to:Eva|Bob}")
    assert said(made) in {"not Anna, Eva", "not Anna, Bob"}
    assert now_called(made)[0]["body"] == "I'm late"


def test_a_correction_never_says_the_value_that_was(follow: Follow) -> None:
    assert follow("correct", [TEXT], "@correct send_sms.to\nto {to:Anna|Anna}") is None


def test_a_line_that_names_a_value_nobody_gave_is_left_out(follow: Follow, said: Said) -> None:
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
def test_an_event_that_is_moved_keeps_the_rest_of_its_time_and_its_end_is_copied_to_move_with_it(
    follow: Follow, now_called: NowCalled, line: str, datetime: str
) -> None:
    made = follow("correct", [MEETING], f"@correct create_calendar_event.datetime\n{line}")
    assert now_called(made) == [{**MEETING.arguments, "datetime": datetime}]


def test_a_time_to_which_amounts_are_added_is_corrected_oftener_than_other_arguments(follow: Follow) -> None:
    call = Call("set_alarm", {"time": "7:15", "label": "bins"})
    lines = """
@correct set_alarm.label
call it {label:gym|gym}
@correct set_alarm.time
ten minutes later => time={was.time} +10m
"""
    made = [follow("correct", [call], lines, seed) for seed in range(300)]
    moved = sum(each is not None and each.calls[0].arguments["time"] == "7:15 +10m" for each in made)
    assert 170 < moved < 230


def test_an_event_of_a_whole_day_has_no_time_to_keep(follow: Follow) -> None:
    day = Call("create_calendar_event", {"title": "budget", "datetime": "2026-03-03"})
    lines = "@correct create_calendar_event.datetime\n{_d:friday|friday} => datetime={_d} {time_of.datetime}"
    assert follow("correct", [day], lines) is None


def test_after_two_calls_a_correction_changes_the_one_that_it_can_mean(
    follow: Follow, now_called: NowCalled
) -> None:
    lines = "@correct set_alarm.time\nmake it {time:8am|8am}\n@correct send_sms.to\nto {to:Eva|Eva}"
    for _ in range(5):
        made = now_called(follow("correct", [ALARM, TEXT], lines))
        assert made in ([{"time": "8am"}], [{"to": "Eva", "body": "I'm late"}])


def test_a_correction_that_could_mean_either_call_is_not_made(follow: Follow) -> None:
    timer = Call("set_timer", {"duration": "20m"})
    assert follow("correct", [ALARM, timer], "@correct set_alarm.time\nmake it {time:8am|8am}") is None


BINS = Call("set_alarm", {"time": "7:00", "days": ["monday", "wednesday"], "label": "bins"})


@pytest.mark.parametrize(
    ("line", "days"),
    [
        (
            "and {_d:saturday|sunday} too => days=+{_d}",
            {"monday,wednesday,saturday", "monday,wednesday,sunday"},
        ),
        ("not {_d:monday|friday} => days=-{_d}", {"monday,wednesday,-monday"}),
        (
            "{_n:tuesday|monday} instead of {_o:monday|sunday} => days=-{_o}+{_n}",
            {"monday,wednesday,-monday,tuesday"},
        ),
        (
            "{_d:thursday-saturday|tuesday} too => days=+{_d}",
            {"monday,wednesday,thursday-saturday", "monday,wednesday,tuesday"},
        ),
    ],
)
def test_days_that_join_or_leave_are_written_behind_those_that_were_said(
    follow: Follow, now_called: NowCalled, line: str, days: set[str]
) -> None:
    [arguments] = now_called(follow("correct", [BINS], f"@correct set_alarm.days\n{line}"))
    assert isinstance(arguments["days"], list)
    assert ",".join(map(str, arguments["days"])) in days


def test_where_all_days_are_exchanged_only_the_new_ones_are_written(
    follow: Follow, now_called: NowCalled
) -> None:
    once = Call("set_alarm", {"time": "7:00", "days": ["monday"]})
    line = "@correct set_alarm.days\n{_n:friday|friday}, not {_o:monday|monday} => days=-{_o}+{_n}"
    assert now_called(follow("correct", [once], line)) == [{"time": "7:00", "days": ["friday"]}]


def test_days_that_were_not_said_cannot_leave_nor_all_of_them(follow: Follow) -> None:
    line = "@correct set_alarm.days\nnot {_d:sunday|monday, wednesday} => days=-{_d}"
    assert follow("correct", [BINS], line.replace(", ", ",")) is None


@pytest.mark.parametrize(
    ("line", "said_", "destination"),
    [
        ("{_n:48|48}, not {^number}", "48, not 84", "48 Pukeko Lane"),
        ("{_n:Road|Road}, not {^name}", "Road, not Lane", "84 Pukeko Road"),
    ],
)
def test_a_part_of_a_text_is_replaced(
    follow: Follow, said: Said, now_called: NowCalled, line: str, said_: str, destination: str
) -> None:
    there = Call("navigate_to", {"destination": "84 Pukeko Lane"})
    lines = f"@correct navigate_to.destination\n{line} => destination=~{{_n}}"
    made = [follow("correct", [there], lines, seed) for seed in range(8)]
    assert (said_, [{"destination": destination}]) in [(said(one), now_called(one)) for one in made]


def test_a_text_without_such_a_part_is_left_as_it_is(follow: Follow) -> None:
    home = Call("navigate_to", {"destination": "home"})
    assert (
        follow(
            "correct",
            [home],
            "@correct navigate_to.destination\n{_n:4|5}, not {^number} => destination=~{_n}",
        )
        is None
    )


@pytest.mark.parametrize(
    ("text", "line", "after"),
    [
        ("人民路84号", "{_n:48|48}号 => destination=~{_n}", "人民路48号"),
        ("अहमदाबाद बाजार", "{_n:सूरत|सूरत}, {^word} नहीं => destination=~{_n}", "सूरत बाजार"),
    ],
)
def test_parts_are_found_in_scripts_without_spaces_and_with_vowel_signs(
    follow: Follow, now_called: NowCalled, text: str, line: str, after: str
) -> None:
    there = Call("navigate_to", {"destination": text})
    lines = f"@correct navigate_to.destination\n{line}"
    made = [follow("correct", [there], lines, seed) for seed in range(8)]
    assert [{"destination": after}] in [now_called(one) for one in made]


def test_in_small_letters_the_new_part_has_none_and_the_old_ones_keep_theirs() -> None:
    calls = (Call("navigate_to", {"destination": "3 Mill Lane"}),)
    (call,) = lower_copied(calls, "lane, not road", earlier="take me to 3 Mill Road")
    assert call.arguments == {"destination": "3 Mill lane"}


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
def test_an_amount_is_added_to_what_an_argument_was(
    follow: Follow, now_called: NowCalled, call: Call, line: str, after: str
) -> None:
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
def test_a_line_whose_amount_does_not_fit_is_skipped(follow: Follow, call: Call, line: str) -> None:
    assert follow("correct", [call], line) is None
