"""``dumpsys``: the parts of its reports that are read back.

Sources: AOSP AlarmManagerService, ActivityTaskManagerService, AudioService, WindowManagerService,
TelephonyRegistry, KeyguardServiceDelegate, TrustManagerService, PowerManagerService.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.emulator._clock_app import next_alarm
from bridge.emulator._lock_screen import is_covered, is_occluded
from bridge.emulator._streams import STREAMS
from bridge.emulator.commands._audio import STREAM_CONSTANTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from bridge.emulator._shell import Invocation

__all__ = ["dumpsys"]

_CLOCK_PACKAGE = "com.android.deskclock"


def dumpsys(invocation: Invocation) -> int:
    """Run ``dumpsys SERVICE [ARGUMENTS]``."""
    words = [word for word in invocation.arguments if not word.startswith("-")]
    if not words:
        invocation.say("Currently running services:")
        for name in sorted(_REPORTS):
            invocation.say(f"  {name}")
        return 0
    report = _REPORTS.get(words[0])
    if report is None:
        invocation.say(f"Can't find service: {words[0]}")
        return 0
    report(invocation)
    return 0


def _alarm(invocation: Invocation) -> None:
    device = invocation.device
    now = device.now()
    invocation.say("Current Alarm Manager state:")
    invocation.say(f"  nowRTC={int(now.timestamp() * 1000)}={now:%Y-%m-%d %H:%M:%S}")
    invocation.say("")
    upcoming = next_alarm(device)
    if upcoming is not None:
        trigger = int(upcoming[1].timestamp() * 1000)
        invocation.say("  1 pending alarms:")
        invocation.say(
            f"    RTC_WAKEUP #0: Alarm{{1a2b3c4 type 0 origWhen {trigger} whenElapsed 0 {_CLOCK_PACKAGE}}}"
        )
        invocation.say(f"      tag=*walarm*:{_CLOCK_PACKAGE}.ALARM_ALERT")
        invocation.say("      Alarm clock:")
        invocation.say(f"        triggerTime={upcoming[1]:%Y-%m-%d %H:%M:%S}")
        invocation.say("")
    invocation.say("  Next alarm clock information: ")
    if upcoming is not None:
        shown = f"{upcoming[1]:%Y-%m-%d %H:%M:%S}" + (".000" if device.profile.has_alarm_milliseconds else "")
        invocation.say(f"    user:0 pendingSend:false time:{trigger} = {shown}")


def _record() -> str:
    return "ActivityRecord{5f3c1a2 u0"


def _activity(invocation: Invocation) -> None:
    device = invocation.device
    state = device.state
    invocation.say("ACTIVITY MANAGER ACTIVITIES (dumpsys activity activities)")
    invocation.say("Display #0 (activities from top to bottom):")
    for number, activities in reversed(list(enumerate(state.tasks.values(), start=1))):
        package = activities[0].partition("/")[0]
        invocation.say(f"  * Task{{7d1e00{number} #{number} type=standard A=10{100 + number}:{package}}}")
        for depth, component in reversed(list(enumerate(activities))):
            invocation.say(f"    * Hist  #{depth}: {_record()} {component} t{number}}}")
    if not is_covered(device):  # behind the lock screen every activity is stopped
        resumed = f"{_record()} {state.resumed} t{len(state.tasks)}}}"
        if device.profile.api == 30:
            invocation.say(f"    mResumedActivity: {resumed}")
        else:
            invocation.say(f"    topResumedActivity={resumed}")
        invocation.say("")
        invocation.say(f"  ResumedActivity: {resumed}")
    invocation.say("  KeyguardController:")
    invocation.say(f"    mKeyguardShowing={_boolean(state.locked)}")
    invocation.say("    mAodShowing=false")
    invocation.say("    mKeyguardGoingAway=false")
    invocation.say(f"    mOccluded={_boolean(is_occluded(device))}")


def _window(invocation: Invocation) -> None:
    device = invocation.device
    state = device.state
    if "policy" not in invocation.arguments:
        package, _, cls = state.resumed.partition("/")
        full = f"{package}/{package + cls if cls.startswith('.') else cls}"
        focus = "NotificationShade" if state.panel or is_covered(device) else full
        invocation.say("WINDOW MANAGER DISPLAY CONTENTS (dumpsys window displays)")
        invocation.say(f"  mCurrentFocus=Window{{b7a9d40 u0 {focus}}}")
        invocation.say(f"  mFocusedApp={_record()} {state.resumed} t{len(state.tasks)}}}")
    covered = state.locked and not is_occluded(device)
    invocation.say("WINDOW MANAGER POLICY STATE (dumpsys window policy)")
    invocation.say(f"    mShowingDream=false mDreamingLockscreen={_boolean(covered)}")
    invocation.say("    KeyguardServiceDelegate")
    invocation.say(f"      showing={_boolean(state.locked)}")
    invocation.say(f"      inputRestricted={_boolean(covered)}")
    invocation.say(f"      occluded={_boolean(is_occluded(device))}")
    invocation.say(f"      secure={_boolean(state.lock == 'pin')}")
    invocation.say(f"      screenState=SCREEN_STATE_{'ON' if state.awake else 'OFF'}")
    invocation.say(f"      interactiveState=INTERACTIVE_STATE_{'AWAKE' if state.awake else 'SLEEP'}")


def _trust(invocation: Invocation) -> None:
    state = invocation.device.state
    locked = int(state.locked and state.lock == "pin")  # a lock screen that asks for nothing locks nothing
    invocation.say("Trust manager state:")
    invocation.say(
        ' User "Owner" (id=0, flags=0x4c13) (current): trusted=0, trustManaged=0, '
        f"deviceLocked={locked}, strongAuthRequired=0x0"
    )
    invocation.say("   Enabled agents:")
    invocation.say("   Events:")


def _power(invocation: Invocation) -> None:
    state = invocation.device.state
    invocation.say("POWER MANAGER (dumpsys power)")
    invocation.say("")
    invocation.say("Power Manager State:")
    invocation.say(f"  mWakefulness={'Awake' if state.awake else 'Asleep'}")
    invocation.say(f"  mIsPowered={_boolean(state.charging)}")
    invocation.say(f"  mHoldingDisplaySuspendBlocker={_boolean(state.awake)}")
    invocation.say("")
    invocation.say(f"Display Power: state={'ON' if state.awake else 'OFF'}")


def _boolean(value: bool) -> str:
    return "true" if value else "false"


def _telephony(invocation: Invocation) -> None:
    call = invocation.device.state.call_number
    invocation.say("last known state:")
    invocation.say("  Phone Id=0")
    invocation.say(f"    mCallState={0 if call is None else 2}")
    invocation.say("    mRingingCallState=0")
    invocation.say(f"    mForegroundCallState={0 if call is None else 1}")
    invocation.say("    mCallIncomingNumber=")


def _media_session(invocation: Invocation) -> None:
    media = invocation.device.state.media
    invocation.say("MEDIA SESSION SERVICE (dumpsys media_session)")
    invocation.say("")
    invocation.say(f"Sessions Stack - have {int(media.session)} sessions:")
    if media.session:
        state = 3 if media.playing else 2
        names = {2: "PAUSED", 3: "PLAYING"}
        shown = f"{names[state]}({state})" if invocation.device.profile.api > 30 else str(state)
        invocation.say("  MusicSession com.android.music/MusicSession (userId=0)")
        invocation.say("    package=com.android.music")
        invocation.say("    active=true")
        invocation.say(
            f"    state=PlaybackState {{state={shown}, position=0, buffered position=0, speed=1.0}}"
        )
        invocation.say(
            f"    metadata: size=2, description={media.query or 'Music'}, track {media.track}, null"
        )


def _notification(invocation: Invocation) -> None:
    invocation.say("Current Notification Manager state:")
    invocation.say("  Notification List:")
    for timer in invocation.device.state.timers:
        invocation.say(f"    NotificationRecord(pkg={_CLOCK_PACKAGE} id=2147483641)")
        invocation.say(f"      android.title=String ({timer.label or 'Timer'})")
    for posted in invocation.device.state.notifications:
        invocation.say("    NotificationRecord(pkg=com.android.shell id=2020)")
        invocation.say(f"      android.title=String ({posted.title})")
        invocation.say(f"      android.text=String ({posted.text})")


def _audio(invocation: Invocation) -> None:
    state = invocation.device.state
    invocation.say("Stream volumes (device: index)")
    for name, stream in STREAMS.items():
        index = state.volumes[name]
        invocation.say(f"- {STREAM_CONSTANTS[stream.number]}:")
        invocation.say(f"   Muted: {str(name in state.muted).lower()}")
        if invocation.device.profile.api > 30:
            invocation.say("   Muted Internally: false")
        invocation.say(f"   Min: {stream.minimum}")
        invocation.say(f"   Max: {stream.maximum}")
        invocation.say(f"   streamVolume:{index}")
        invocation.say(f"   Current: 2 (speaker): {index}, 40000000 (default): {stream.default}")
        invocation.say("   Devices: speaker")
    invocation.say("")
    invocation.say("Ringer mode: ")
    invocation.say("- mode (internal) = NORMAL")


def _battery(invocation: Invocation) -> None:
    state = invocation.device.state
    if "unplug" in invocation.arguments:
        state.charging = False
        return
    if "reset" in invocation.arguments:
        return
    invocation.say("Current Battery Service state:")
    invocation.say(f"  AC powered: {str(state.charging).lower()}")
    invocation.say("  level: 84")
    invocation.say("  scale: 100")


_REPORTS: dict[str, Callable[[Invocation], None]] = {
    "activity": _activity,
    "alarm": _alarm,
    "audio": _audio,
    "battery": _battery,
    "media_session": _media_session,
    "notification": _notification,
    "power": _power,
    "telephony.registry": _telephony,
    "trust": _trust,
    "window": _window,
}
