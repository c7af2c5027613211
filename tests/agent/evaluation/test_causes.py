from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from agent.evaluation import Cause, cause_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from agent.evaluation import RowResult
    from tools_schema import ToolSet

ALARM = ("set_alarm", {"time": "06:30"})
TIMER = ("set_timer", {"duration": 600})


@pytest.mark.parametrize(
    ("expected", "got", "cause"),
    [
        ([ALARM], [ALARM], None),
        ([ALARM], [TIMER], Cause.WRONG_TOOL),
        ([ALARM, TIMER], [TIMER, ALARM], Cause.WRONG_TOOL),
        ([ALARM, TIMER], [ALARM], Cause.MISSED_CALL),
        ([ALARM], [ALARM, TIMER], Cause.EXTRA_CALL),
        ([ALARM], [], Cause.FALSE_REFUSAL),
        ([], [ALARM], Cause.SHOULD_HAVE_REFUSED),
    ],
)
def test_calls_are_wrong_by_their_number_or_names(
    result: Callable[..., RowResult], phone: ToolSet, expected: Any, got: Any, cause: Cause | None
) -> None:
    assert cause_of(result(expected, got), phone) is cause


@pytest.mark.parametrize(
    ("missing", "asked", "got", "cause"),
    [
        ("duration", "duration", [], None),
        ("duration", "time", [], Cause.QUESTION),
        ("duration", "", [], Cause.QUESTION),
        ("duration", "", [TIMER], Cause.QUESTION),
        ("", "duration", [], Cause.SHOULD_HAVE_REFUSED),
    ],
)
def test_a_question_is_wrong_where_it_asks_for_another_parameter(
    result: Callable[..., RowResult], phone: ToolSet, missing: str, asked: str, got: Any, cause: Cause | None
) -> None:
    assert cause_of(result([], got, missing=missing, asked=asked), phone) is cause


def test_a_row_that_could_not_be_planned_is_an_error(
    result: Callable[..., RowResult], phone: ToolSet
) -> None:
    assert cause_of(result([], [], error="no"), phone) is Cause.ERROR


MAIL = {"to": "jo@example.org", "subject": "Lunch at noon"}
SMS = {"to": "Anna", "body": "See you"}


@pytest.mark.parametrize(
    ("tool", "expected", "got", "cause"),
    [
        ("set_alarm", {"time": "06:30", "label": "Gym"}, {"time": "06:30"}, Cause.ARGUMENT_MISSING),
        ("set_alarm", {"time": "06:30"}, {"time": "06:30", "label": "Gym"}, Cause.ARGUMENT_ADDED),
        ("set_alarm", {"time": "06:30"}, {"time": "18:30"}, Cause.TIME),
        (
            "set_alarm",
            {"time": "06:30", "days": ["MONDAY"]},
            {"time": "06:30", "days": ["FRIDAY"]},
            Cause.TIME,
        ),
        ("set_timer", {"duration": 600}, {"duration": 60}, Cause.TIME),
        ("set_volume", {"level": 30}, {"level": 40}, Cause.NUMBER),
        ("set_volume", {"change": "up"}, {"change": "down"}, Cause.CHOICE),
        ("set_wifi", {"on": True}, {"on": False}, Cause.CHOICE),
        ("send_email", MAIL, MAIL | {"subject": "Lunch at noo"}, Cause.TOO_SHORT),
        ("send_email", MAIL, MAIL | {"subject": "the Lunch at noon"}, Cause.TOO_LONG),
        ("send_email", MAIL, MAIL | {"subject": "Lunhc at noon"}, Cause.MISSPELT),
        ("send_email", MAIL, MAIL | {"subject": "lunch at noon"}, Cause.MISSPELT),
        ("send_email", MAIL, MAIL | {"subject": "x"}, Cause.OTHER_VALUE),
        ("send_sms", SMS, {"to": "See you", "body": "Anna"}, Cause.OTHER_SLOT),
        (
            "set_alarm",
            {"time": "06:30", "label": "Gym"},
            {"time": "06:30", "label": "06:30"},
            Cause.OTHER_SLOT,
        ),
        (
            "create_calendar_event",
            {"title": "Trip", "datetime": "2026-01-20T00:00:00", "all_day": True},
            {"title": "Trip", "datetime": "2026-01-20T00:00:00"},
            Cause.TIME,
        ),
    ],
)
def test_an_argument_is_wrong_by_its_kind(
    result: Callable[..., RowResult],
    phone: ToolSet,
    tool: str,
    expected: dict[str, Any],
    got: dict[str, Any],
    cause: Cause,
) -> None:
    assert cause_of(result([(tool, expected)], [(tool, got)]), phone) is cause


def test_a_row_with_several_mistakes_has_the_first_that_applies(
    result: Callable[..., RowResult], phone: ToolSet
) -> None:
    expected = [("set_alarm", {"time": "06:30"}), ("send_sms", SMS)]
    got = [("set_alarm", {"time": "07:30"}), ("send_sms", {"to": "Anna"})]
    assert cause_of(result(expected, got), phone) is Cause.ARGUMENT_MISSING


def test_choices_of_two_calls_that_are_alike_are_no_mix_up(
    result: Callable[..., RowResult], phone: ToolSet
) -> None:
    expected = [("set_volume", {"change": "up"}), ("set_brightness", {"change": "down"})]
    got = [("set_volume", {"change": "up"}), ("set_brightness", {"change": "up"})]
    assert cause_of(result(expected, got), phone) is Cause.CHOICE
