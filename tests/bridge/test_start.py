from __future__ import annotations

from collections.abc import Callable

import pytest

from bridge import Intent, IntentExtra, JavaType, OutcomeStatus
from bridge._phone import Phone
from bridge._start import start_intent
from tools_schema import ReadBack

Make = Callable[..., Phone]

STARTING = "Starting: Intent { act=x }\n"
MAP = Intent("android.intent.action.VIEW", "geo:0,0?q=x")

ALARM = Intent(
    "android.intent.action.SET_ALARM",
    extras=(
        IntentExtra("android.intent.extra.alarm.HOUR", JavaType.INT, 7),
        IntentExtra("android.intent.extra.alarm.MINUTES", JavaType.INT, 30),
    ),
)
NOW = 1_768_543_200  # 2026-01-16T06:00:00Z, 07:00 in Berlin
RINGS = NOW + 30 * 60


def opened(component: str, status: str = "ok") -> str:
    return f"{STARTING}Status: {status}\nActivity: {component}\nComplete\n"


def resumed(component: str, *, locked: bool = False) -> str:
    return (
        f"  topResumedActivity=ActivityRecord{{1f2e u0 {component} t7}}\n"
        f"  KeyguardController:\n    mKeyguardShowing={str(locked).lower()}\n"
    )


def alarm_at(*seconds: int) -> str:
    lines = "".join(f"    user:0 pendingSend:false time:{s * 1000} = 2026-01-16 07:30:00\n" for s in seconds)
    return f"  Next alarm clock information: \n{lines}"


def clock(alarms: str | list[str], *, now: int = NOW, am: object = STARTING) -> dict[str, object]:
    return {"am start": am, "date": f"{now}\n", "getprop": "Europe/Berlin\n", "dumpsys alarm": alarms}


def test_the_app_that_was_started_and_is_in_front_is_opened(scripted_phone: Make) -> None:
    phone = scripted_phone(
        {"am start": opened("com.maps/.Main"), "dumpsys": resumed("com.maps/com.maps.Search")}
    )
    outcome = start_intent(phone, MAP, ReadBack.RESUMED_ACTIVITY)
    assert outcome.status is OutcomeStatus.OPENED
    assert outcome.read_back["resumed_activity"] == "com.maps/com.maps.Search"


@pytest.mark.parametrize("line", ["mResumedActivity: ", "    ResumedActivity: "])
def test_older_spellings_of_the_resumed_activity_are_read(scripted_phone: Make, line: str) -> None:
    dump = f"{line}ActivityRecord{{ab12 u0 com.maps/.Main t7}}\n"
    phone = scripted_phone({"am start": opened("com.maps/.Main"), "dumpsys": dump})
    assert start_intent(phone, MAP, ReadBack.RESUMED_ACTIVITY).status is OutcomeStatus.OPENED


def test_another_app_in_front_is_not_called_opened(scripted_phone: Make) -> None:
    phone = scripted_phone({"am start": opened("com.maps/.Main"), "dumpsys": resumed("com.home/.Home")})
    assert start_intent(phone, MAP, ReadBack.RESUMED_ACTIVITY).status is OutcomeStatus.REQUESTED


def test_a_phone_that_does_not_tell_what_is_in_front_leaves_it_at_requested(scripted_phone: Make) -> None:
    phone = scripted_phone({"am start": opened("com.maps/.Main"), "dumpsys": ""})
    assert start_intent(phone, MAP, ReadBack.RESUMED_ACTIVITY).status is OutcomeStatus.REQUESTED


def test_a_locked_phone_is_a_failure_that_says_so(scripted_phone: Make) -> None:
    phone = scripted_phone(
        {"am start": opened("com.maps/.Main"), "dumpsys": resumed("com.maps/.Main", locked=True)}
    )
    outcome = start_intent(phone, MAP, ReadBack.RESUMED_ACTIVITY)
    assert outcome.status is OutcomeStatus.FAILED
    assert "locked" in outcome.message


def test_the_question_which_app_to_use_is_opened(scripted_phone: Make) -> None:
    asking = "android/com.android.internal.app.ResolverActivity"
    phone = scripted_phone({"am start": opened(asking), "dumpsys": resumed(asking)})
    assert start_intent(phone, MAP, ReadBack.RESUMED_ACTIVITY).status is OutcomeStatus.OPENED


def test_a_slow_app_that_is_in_front_after_all_is_opened(scripted_phone: Make) -> None:
    phone = scripted_phone(
        {"am start": opened("com.maps/.Main", "timeout"), "dumpsys": resumed("com.maps/.Main")}
    )
    assert start_intent(phone, MAP, ReadBack.RESUMED_ACTIVITY).status is OutcomeStatus.OPENED


def test_a_slow_app_that_does_not_come_is_a_failure(scripted_phone: Make) -> None:
    phone = scripted_phone(
        {"am start": opened("com.maps/.Main", "timeout"), "dumpsys": resumed("com.home/.Home")}
    )
    assert start_intent(phone, MAP, ReadBack.RESUMED_ACTIVITY).status is OutcomeStatus.FAILED


@pytest.mark.parametrize("read_back", list(ReadBack))
def test_an_error_with_exit_code_0_is_a_failure(scripted_phone: Make, read_back: ReadBack) -> None:
    error = f"{STARTING}Error: Activity not started, unable to resolve Intent {{ act=x }}\n"
    phone = scripted_phone(clock("", am=(error, "", 0)))
    assert start_intent(phone, MAP, read_back).status is OutcomeStatus.FAILED


def test_where_nothing_is_read_it_is_requested(scripted_phone: Make) -> None:
    phone = scripted_phone({"am start": STARTING})
    assert start_intent(phone, MAP, ReadBack.NONE).status is OutcomeStatus.REQUESTED
    assert "-W" not in phone.evidence[0].argv


def test_an_alarm_that_is_the_next_one_is_verified(scripted_phone: Make) -> None:
    outcome = start_intent(scripted_phone(clock(alarm_at(RINGS))), ALARM, ReadBack.NEXT_ALARM)
    assert outcome.status is OutcomeStatus.VERIFIED
    assert outcome.read_back["next_alarm"] == "2026-01-16T07:30:00+01:00"


def test_an_alarm_that_the_clock_sets_a_moment_later_is_verified(scripted_phone: Make) -> None:
    phone = scripted_phone(clock([alarm_at(), alarm_at(), alarm_at(RINGS)]))
    assert start_intent(phone, ALARM, ReadBack.NEXT_ALARM).status is OutcomeStatus.VERIFIED


def test_an_alarm_behind_an_earlier_one_is_requested(scripted_phone: Make) -> None:
    outcome = start_intent(scripted_phone(clock(alarm_at(RINGS - 60))), ALARM, ReadBack.NEXT_ALARM)
    assert outcome.status is OutcomeStatus.REQUESTED


@pytest.mark.parametrize("alarms", [alarm_at(), alarm_at(RINGS + 60), alarm_at(RINGS + 86400)])
def test_an_alarm_that_is_not_there_is_a_failure(scripted_phone: Make, alarms: str) -> None:
    outcome = start_intent(scripted_phone(clock(alarms)), ALARM, ReadBack.NEXT_ALARM)
    assert outcome.status is OutcomeStatus.FAILED


def test_an_alarm_of_another_user_is_not_taken_for_ours(scripted_phone: Make) -> None:
    other = f"  Next alarm clock information: \n    user:10 pendingSend:false time:{RINGS * 1000} = x\n"
    assert (
        start_intent(scripted_phone(clock(other)), ALARM, ReadBack.NEXT_ALARM).status is OutcomeStatus.FAILED
    )


def test_the_minute_may_pass_while_the_alarm_is_set(scripted_phone: Make) -> None:
    script = clock(alarm_at(RINGS + 86400))
    script["date"] = [f"{RINGS - 1}\n", f"{RINGS + 1}\n"]
    assert start_intent(scripted_phone(script), ALARM, ReadBack.NEXT_ALARM).status is OutcomeStatus.VERIFIED


@pytest.mark.parametrize("alarms", ["", "Can't find service: alarm\n"])
def test_a_phone_that_does_not_tell_its_next_alarm_leaves_it_at_requested(
    scripted_phone: Make, alarms: str
) -> None:
    assert (
        start_intent(scripted_phone(clock(alarms)), ALARM, ReadBack.NEXT_ALARM).status
        is OutcomeStatus.REQUESTED
    )


def test_a_phone_whose_clock_cannot_be_read_leaves_it_at_requested(scripted_phone: Make) -> None:
    script = clock(alarm_at(RINGS)) | {"date": "date: unknown\n"}
    assert start_intent(scripted_phone(script), ALARM, ReadBack.NEXT_ALARM).status is OutcomeStatus.REQUESTED


@pytest.mark.parametrize(
    ("alarms", "status", "may_have_run"),
    [
        (alarm_at(RINGS), OutcomeStatus.VERIFIED, False),
        (alarm_at(), OutcomeStatus.FAILED, False),
        (alarm_at(RINGS - 60), OutcomeStatus.FAILED, True),
        ("", OutcomeStatus.FAILED, True),
    ],
)
@pytest.mark.parametrize("am", [(STARTING, "", 255), ("", "", 0)])
def test_an_odd_end_is_decided_by_the_next_alarm(
    scripted_phone: Make, am: object, alarms: str, status: OutcomeStatus, may_have_run: bool
) -> None:
    outcome = start_intent(scripted_phone(clock(alarms, am=am)), ALARM, ReadBack.NEXT_ALARM)
    assert (outcome.status, outcome.may_have_run) == (status, may_have_run)


@pytest.mark.parametrize(
    ("dump", "status", "may_have_run"),
    [
        (resumed("com.maps/.Main"), OutcomeStatus.OPENED, False),
        (resumed("com.home/.Home"), OutcomeStatus.FAILED, False),
        (resumed("android/com.android.internal.app.ResolverActivity"), OutcomeStatus.FAILED, False),
        ("", OutcomeStatus.FAILED, True),
    ],
)
def test_an_odd_end_is_decided_by_what_is_in_front(
    scripted_phone: Make, dump: str, status: OutcomeStatus, may_have_run: bool
) -> None:
    phone = scripted_phone({"am start": (opened("com.maps/.Main"), "", 255), "dumpsys": dump})
    outcome = start_intent(phone, MAP, ReadBack.RESUMED_ACTIVITY)
    assert (outcome.status, outcome.may_have_run) == (status, may_have_run)
