"""Starting an activity by an intent, and proving what came of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bridge._argv import start_argv
from bridge._classify import Problem, ProblemKind, Start, classify_start
from bridge._read_back import (
    NextAlarm,
    Screen,
    next_alarm,
    next_occurrence,
    now_on_phone,
    same_app,
    screen,
)
from bridge.outcome import Outcome, OutcomeStatus
from tools_schema import ReadBack

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from bridge._intent import Intent
    from bridge._phone import Phone

__all__ = ["start_component", "start_intent"]

# android.provider.AlarmClock
_HOUR = "android.intent.extra.alarm.HOUR"
_MINUTES = "android.intent.extra.alarm.MINUTES"
_DAYS = "android.intent.extra.alarm.DAYS"


def start_intent(phone: Phone, intent: Intent, read_back: ReadBack) -> Outcome:
    """Start the intent's activity and read back what ``read_back`` names.

    Raises:
        BridgeError: the intent cannot be carried, or the way to the device broke.

    """
    if read_back is ReadBack.RESUMED_ACTIVITY:
        return _start_and_look(phone, intent)
    if read_back is ReadBack.NEXT_ALARM:
        return _start_and_read_alarm(phone, intent)
    start = _start(phone, intent, wait=False)
    if start.problem:
        return _failed(start.problem, intent)
    return Outcome(
        OutcomeStatus.REQUESTED, "The phone took the request; nothing on it tells the effect.", intent=intent
    )


def start_component(phone: Phone, component: str) -> Outcome:
    """Start an activity of the launcher, as a tap on its icon does. VERIFIED means: its app is in front.

    Raises:
        BridgeError: the way to the device broke.

    """
    tap = ("-a", "android.intent.action.MAIN", "-c", "android.intent.category.LAUNCHER")
    start = classify_start(phone.run("am", "start", "-W", *tap, "-n", component), waited=True)
    outcome = _look(phone, start)
    if outcome.status is OutcomeStatus.OPENED and same_app(outcome.read_back["resumed_activity"], component):
        return replace(outcome, status=OutcomeStatus.VERIFIED)
    return outcome


def _start(phone: Phone, intent: Intent, *, wait: bool) -> Start:
    # Without -W for activities that have no window (an alarm set with SKIP_UI): there is nothing to wait for.
    return classify_start(phone.run(*start_argv(intent, wait=wait), intent=intent), waited=wait)


def _start_and_look(phone: Phone, intent: Intent) -> Outcome:
    return replace(_look(phone, _start(phone, intent, wait=True)), intent=intent)


def _look(phone: Phone, start: Start) -> Outcome:
    if start.problem and not (start.problem.unclear or start.problem.kind is ProblemKind.TIMED_OUT):
        return _failed(start.problem)
    seen = phone.settle(lambda: screen(phone), lambda seen: same_app(seen.component, start.component))
    status, message = _what_is_in_front(start, seen)
    read_back = {"started_activity": start.component, "resumed_activity": seen.component}
    if start.warning:
        read_back["warning"] = start.warning
    may_have_run = bool(start.problem and start.problem.unclear and not seen.component)
    return Outcome(status, message, read_back=read_back, may_have_run=may_have_run)


def _what_is_in_front(start: Start, seen: Screen) -> tuple[OutcomeStatus, str]:
    if seen.locked:
        return OutcomeStatus.FAILED, "The phone is locked: unlock it and ask again."
    # An app may go on to another screen of its own, so that the package decides.
    in_front = same_app(seen.component, start.component)
    if seen.asks_which_app and (in_front or not start.problem):
        return OutcomeStatus.OPENED, f"Android asks which app to use ({seen.component})."
    if in_front:
        return OutcomeStatus.OPENED, f"{seen.component} is in front."
    if start.problem:
        return OutcomeStatus.FAILED, _sentence(start.problem.text)
    started = f"{start.component or 'An app'} was started"
    if not seen.component:
        return OutcomeStatus.REQUESTED, f"{started}; the phone does not tell what is in front."
    if not start.component:
        return OutcomeStatus.REQUESTED, f"{started}, which one is not told; {seen.component} is in front."
    return OutcomeStatus.REQUESTED, f"{started}, but {seen.component} is in front."


def _start_and_read_alarm(phone: Phone, intent: Intent) -> Outcome:
    now = now_on_phone(phone)
    start = _start(phone, intent, wait=False)
    if start.problem and not start.problem.unclear:
        return _failed(start.problem, intent)
    outcome = _read_alarm(phone, intent, now)
    if not start.problem or outcome.status is OutcomeStatus.VERIFIED:
        return outcome
    return replace(
        _failed(start.problem, intent),
        read_back=outcome.read_back,
        # The alarm is known not to be there, or cannot be seen.
        may_have_run=outcome.status is OutcomeStatus.REQUESTED,
    )


def _read_alarm(phone: Phone, intent: Intent, now: datetime | None) -> Outcome:
    expected = _expected_alarm(now, intent)
    if now is None or expected is None:
        return Outcome(
            OutcomeStatus.REQUESTED,
            "The phone took the request; its clock cannot be read, so nobody can tell whether it rings.",
            intent=intent,
        )
    first = expected
    alarm = phone.settle(lambda: next_alarm(phone), lambda alarm: _no_later(alarm, first))
    if not _no_later(alarm, expected):
        # The minute may have passed between the reading of the clock and the setting of the alarm.
        expected = _expected_alarm(now_on_phone(phone), intent) or expected
    return _alarm_outcome(intent, alarm, expected, now.tzinfo, repeats=bool(intent.extra_value(_DAYS)))


def _no_later(alarm: NextAlarm, expected: datetime) -> bool:
    """Whether waiting is of no use: the alarm is there, is hidden by an earlier one, or cannot be read."""
    return not alarm.readable or (alarm.time is not None and alarm.time.timestamp() <= expected.timestamp())


def _expected_alarm(now: datetime | None, intent: Intent) -> datetime | None:
    hour, minute, days = intent.extra_value(_HOUR), intent.extra_value(_MINUTES), intent.extra_value(_DAYS)
    if now is None or not isinstance(hour, int):
        return None
    weekdays = (
        frozenset(day for day in days if isinstance(day, int)) if isinstance(days, tuple) else frozenset()
    )
    return next_occurrence(now, hour, minute if isinstance(minute, int) else 0, weekdays)


def _alarm_outcome(
    intent: Intent, alarm: NextAlarm, expected: datetime, zone: tzinfo | None, *, repeats: bool
) -> Outcome:
    def outcome(status: OutcomeStatus, message: str) -> Outcome:
        read_back = {"expected_alarm": expected.isoformat()}
        if alarm.readable:
            read_back["next_alarm"] = alarm.time.astimezone(zone).isoformat() if alarm.time else "none"
        if isinstance(zone, ZoneInfo):
            read_back["time_zone"] = zone.key
        return Outcome(status, message, intent=intent, read_back=read_back)

    wanted = f"{expected:%A} {expected:%H:%M}"
    again = ", and on the same days every week" if repeats else ""
    if not alarm.readable:
        return outcome(
            OutcomeStatus.REQUESTED, "The clock app took the request; the phone does not tell its next alarm."
        )
    if alarm.time is None:
        return outcome(
            OutcomeStatus.FAILED, f"The clock app took the request, but no alarm is set ({wanted})."
        )
    rings = alarm.time.astimezone(zone)
    if rings.timestamp() == expected.timestamp():
        return outcome(OutcomeStatus.VERIFIED, f"The alarm rings on {wanted}{again}.")
    if rings.timestamp() < expected.timestamp():
        return outcome(
            OutcomeStatus.REQUESTED,
            f"The clock app took the request for {wanted}{again}; another alarm rings before it "
            f"({rings:%A} {rings:%H:%M}), and only the next one can be read.",
        )
    return outcome(
        OutcomeStatus.FAILED,
        f"The clock app took the request, but the next alarm is on {rings:%A} {rings:%H:%M}, not {wanted}.",
    )


def _failed(found: Problem, intent: Intent | None = None) -> Outcome:
    return Outcome(OutcomeStatus.FAILED, _sentence(found.text), intent=intent, may_have_run=found.unclear)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
