"""Weekdays are those that the request names, in any of the ten languages."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.engines import ScriptedEngine, calling
from agent.planning import Exchange, Planner, Request
from agent.planning._said_weekdays import weekdays_said
from tools_schema import Value, load_tool_set

PHONE = load_tool_set("phone")
KNOWN = [tool.signature for tool in PHONE.tools]
NOW = datetime(2026, 1, 16, 22, 10)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Fridays and every Sunday", {"friday", "sunday"}),
        ("von Montag bis Freitag, nie sonnabends", {"monday", "friday", "saturday"}),
        ("los martes y el miercoles", {"tuesday", "wednesday"}),
        ("du lundi au jeudi", {"monday", "thursday"}),
        ("martedì, venerdi e le domeniche", {"tuesday", "friday", "sunday"}),
        ("de segunda a sexta-feira, e aos sábados", {"monday", "friday", "saturday"}),
        ("по средам и воскресеньям, в пятницу", {"wednesday", "sunday", "friday"}),
        ("सोमवार से शनिवार", {"monday", "saturday"}),
        ("har shanivar aur budhwaar ko", {"saturday", "wednesday"}),
        ("周一到週五，还有星期天和禮拜六", {"monday", "friday", "sunday", "saturday"}),
        ("月曜と日曜日に", {"monday", "sunday"}),
        ("so do it, marzo, сто, 土日, weekdays, 1月", set()),
        ("Montagearbeiten, Fridayland, सोमवारी", set()),
    ],
)
def test_the_days_that_a_text_names_in_full_are_found(text: str, days: set[str]) -> None:
    assert weekdays_said(text) == days
    assert weekdays_said(text.upper()) == days


@given(st.text())
def test_any_text_has_some_days_or_none(text: str) -> None:
    assert len(weekdays_said(text)) <= 7


@pytest.mark.parametrize(
    ("text", "first", "again", "rule", "argument"),
    [
        (
            "Weck mich von Montag bis Freitag um 6",
            "set_alarm{days:['monday-thursday'],time:'6:00'}",
            "set_alarm{days:['monday-friday'],time:'6:00'}",
            '"friday" | "monday"',
            {"days": ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY"]},
        ),
        (
            "शुक्रवार रात नौ बजे का रिमाइंडर: गैस",
            "create_calendar_event{datetime:'saturday 9pm',title:'गैस'}",
            "create_calendar_event{datetime:'friday 9pm',title:'गैस'}",
            '"friday"',
            {"datetime": "2026-01-23T21:00:00"},
        ),
    ],
)
def test_another_day_than_was_said_is_written_again_with_the_said_ones(
    text: str, first: str, again: str, rule: str, argument: dict[str, Value]
) -> None:
    engine = ScriptedEngine([calling(first), calling(again)], known=KNOWN)
    plan = Planner(engine, PHONE).plan(Request(text, NOW, "UTC"))
    assert dict(plan.calls[0].arguments).items() >= argument.items()
    assert f"time-weekday ::= {rule}\n" in engine.grammars[1]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("every day but Sunday at 6", "set_alarm{days:['daily','-sunday'],time:'6:00'}"),
        ("Mon, Wed and Friday at 6", "set_alarm{days:['monday','wednesday','friday'],time:'6:00'}"),
        ("Friday is off, weekdays at 6", "set_alarm{days:['weekdays'],time:'6:00'}"),
        ("I play on Friday, tomorrow at 6", "set_alarm{time:'6:00'}"),
        ("土日の6時", "set_alarm{days:['saturday','sunday'],time:'6:00'}"),
        ("note: Friday drinks", "create_note{text:'Friday drinks'}"),
        ("Alarm at 6, Mon-Thu, not on Friday", "set_alarm{days:['monday-thursday'],time:'6:00'}"),
        (
            "Dinner at TGI Friday's on Sat at 8",
            "create_calendar_event{datetime:'saturday 8pm',title:'Dinner'}",
        ),
        (
            "pagar a segunda parcela no sáb",
            "create_calendar_event{datetime:'saturday',title:'segunda parcela'}",
        ),
        ("every day but Sunday at 6", "set_alarm{days:['monday-saturday'],time:'6:00'}"),
    ],
)
def test_days_stand_where_none_was_said_in_the_place_of_one_that_is_written(text: str, written: str) -> None:
    engine = ScriptedEngine([calling(written)], known=KNOWN)
    Planner(engine, PHONE).plan(Request(text, NOW, "UTC"))
    assert len(engine.prompts) == 1


def test_in_a_follow_up_days_are_also_those_of_before() -> None:
    engine = ScriptedEngine([calling("set_alarm{days:['monday','tuesday'],time:'6:00'}")], known=KNOWN)
    history = (Exchange("alarm on workdays at 6", ()),)
    Planner(engine, PHONE).plan(Request("and on Friday", NOW, "UTC", history=history))
    assert len(engine.prompts) == 1
