from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge._read_back import Screen, next_occurrence, same_app

BERLIN = ZoneInfo("Europe/Berlin")


def at(text: str, zone: ZoneInfo = BERLIN) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("now", "hour", "minute", "weekdays", "expected"),
    [
        ("2026-01-16T06:00", 7, 0, set(), "2026-01-16T07:00"),
        ("2026-01-16T07:00", 7, 0, set(), "2026-01-17T07:00"),
        ("2026-12-31T23:59", 0, 0, set(), "2027-01-01T00:00"),
        ("2026-01-16T06:00", 7, 0, {2, 3, 4, 5, 6}, "2026-01-16T07:00"),  # a Friday
        ("2026-01-16T08:00", 7, 0, {2, 3, 4, 5, 6}, "2026-01-19T07:00"),
        ("2026-01-16T08:00", 7, 0, {6}, "2026-01-23T07:00"),
        ("2026-01-16T08:00", 7, 0, {1}, "2026-01-18T07:00"),
        ("2026-03-28T12:00", 2, 30, set(), "2026-03-29T03:30"),  # 02:30 does not exist
    ],
)
def test_the_next_occurrence_of_an_alarm(
    now: str, hour: int, minute: int, weekdays: set[int], expected: str
) -> None:
    assert next_occurrence(at(now), hour, minute, frozenset(weekdays)) == at(expected)


@given(
    st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1)),
    st.integers(0, 23),
    st.integers(0, 59),
    st.frozensets(st.integers(1, 7)),
)
def test_an_occurrence_is_ahead_within_eight_days_on_a_day_that_was_asked_for(
    now: datetime, hour: int, minute: int, weekdays: frozenset[int]
) -> None:
    here = now.replace(tzinfo=UTC).astimezone(BERLIN)
    occurrence = next_occurrence(here, hour, minute, weekdays)
    ahead = occurrence.astimezone(UTC) - here.astimezone(UTC)
    assert timedelta(0) < ahead <= timedelta(days=8)
    assert not weekdays or occurrence.isoweekday() % 7 + 1 in weekdays


def test_two_components_of_one_package_are_one_app() -> None:
    assert same_app("a.b/.C", "a.b/a.b.D")
    assert not same_app("a.b/.C", "a.c/.C")
    assert not same_app("", "")


@pytest.mark.parametrize(
    ("component", "asks"),
    [
        ("android/com.android.internal.app.ResolverActivity", True),
        ("com.android.intentresolver/.ChooserActivity", True),
        ("com.evil/.ChooserActivity", False),
        ("", False),
    ],
)
def test_android_s_own_question_which_app_to_use_is_known(component: str, asks: bool) -> None:
    assert Screen(component, locked=False).asks_which_app is asks
