"""The clock app: when an alarm rings, and which one is dismissed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.emulator import Alarm
from bridge.emulator._clock_app import next_ring

if TYPE_CHECKING:
    from tests.bridge.emulator.conftest import InProcessShell

BERLIN = ZoneInfo("Europe/Berlin")
EXTRA = "android.intent.extra.alarm."


@pytest.mark.parametrize(
    ("now", "alarm", "ring"),
    [
        ("2026-01-16T22:10", Alarm(6, 30), "2026-01-17T06:30"),
        ("2026-01-16T06:29", Alarm(6, 30), "2026-01-16T06:30"),
        ("2026-01-16T06:30", Alarm(6, 30), "2026-01-17T06:30"),
        ("2026-01-16T22:10", Alarm(6, 30, days=(2,)), "2026-01-19T06:30"),
        ("2026-01-16T05:00", Alarm(6, 30, days=(6,)), "2026-01-16T06:30"),
        ("2026-01-16T07:00", Alarm(6, 30, days=(6,)), "2026-01-23T06:30"),
        # At 02:00 the clocks go to 03:00: half past two is skipped and becomes half past three.
        ("2026-03-29T00:00", Alarm(2, 30), "2026-03-29T03:30"),
    ],
)
def test_an_alarm_rings_at_the_next_such_time(now: str, alarm: Alarm, ring: str) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=BERLIN)
    assert next_ring(alarm, moment).replace(tzinfo=None) == datetime.fromisoformat(ring)


@given(
    now=st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)).map(
        lambda moment: moment.replace(tzinfo=UTC)
    ),
    hour=st.integers(0, 23),
    minute=st.integers(0, 59),
    days=st.sets(st.integers(1, 7)),
)
def test_the_next_ring_is_ahead_on_a_chosen_day_and_within_a_week(
    now: datetime, hour: int, minute: int, days: set[int]
) -> None:
    ring = next_ring(Alarm(hour, minute, days=tuple(days)), now.astimezone(BERLIN))
    assert now < ring.astimezone(UTC) <= now + timedelta(days=8 if days else 1, hours=1)
    assert not days or ring.isoweekday() % 7 + 1 in days


def set_alarm(shell: InProcessShell, hour: int, minute: int, label: str = "", days: str = "") -> None:
    shell(
        f"am start -a android.intent.action.SET_ALARM --ei {EXTRA}HOUR {hour} --ei {EXTRA}MINUTES {minute} "
        f"--es {EXTRA}MESSAGE '{label}' --ez {EXTRA}SKIP_UI true"
        + (f" --eial {EXTRA}DAYS {days}" if days else "")
    )


def dismiss(shell: InProcessShell, words: str) -> None:
    shell(f"am start -a android.intent.action.DISMISS_ALARM {words}")


def test_the_same_alarm_twice_is_switched_on_again(shell: InProcessShell) -> None:
    set_alarm(shell, 6, 30, "up")
    shell.state.alarms[0].enabled = False
    set_alarm(shell, 6, 30, "up")
    assert shell.state.alarms == [Alarm(6, 30, "up")]


def test_an_alarm_without_skip_ui_shows_the_clock(shell: InProcessShell) -> None:
    shell(f"am start -a android.intent.action.SET_ALARM --ei {EXTRA}HOUR 6")
    assert shell.state.alarms == [Alarm(6, 0)]
    assert shell.state.resumed == "com.android.deskclock/.DeskClock"


@pytest.mark.parametrize(
    ("words", "enabled"),
    [
        (f"--es {EXTRA}SEARCH_MODE android.next", [False, True, True]),
        (f"--es {EXTRA}SEARCH_MODE android.all", [False, False, True]),
        (f"--es {EXTRA}SEARCH_MODE android.label --es {EXTRA}MESSAGE SCHOOL", [True, False, True]),
        (
            f"--es {EXTRA}SEARCH_MODE android.time --ei {EXTRA}HOUR 7 --ei {EXTRA}MINUTES 15",
            [True, False, True],
        ),
        (
            f"--es {EXTRA}SEARCH_MODE android.time --ei {EXTRA}HOUR 6 --ez {EXTRA}IS_PM true",
            [True, True, True],
        ),
        ("", [True, True, True]),
    ],
)
def test_dismissing_finds_alarms_by_mode(shell: InProcessShell, words: str, enabled: list[bool]) -> None:
    set_alarm(shell, 6, 0, "run")
    set_alarm(shell, 7, 15, "school bus")
    set_alarm(shell, 8, 0, "weekly", days="4")
    dismiss(shell, words)
    assert [alarm.enabled for alarm in shell.state.alarms] == enabled


def test_a_repeating_alarm_is_dismissed_once_and_stays_on(shell: InProcessShell) -> None:
    set_alarm(shell, 6, 0, days="1,2,3,4,5,6,7")
    dismiss(shell, f"--es {EXTRA}SEARCH_MODE android.next")
    assert shell.state.alarms[0].enabled
    assert "= 2026-01-18 06:00:00.000" in shell("dumpsys alarm").stdout
