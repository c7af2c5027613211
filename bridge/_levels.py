"""Volume and brightness: levels that are set, moved by a step, and read back.

Sources, in AOSP: ``VolumeCtrl`` and ``AudioService.dump`` for volume, ``Settings.System`` for brightness.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bridge._classify import failure_status, problem
from bridge.errors import InvalidValueError
from bridge.outcome import Outcome, OutcomeStatus

if TYPE_CHECKING:
    from bridge._phone import Answer, Phone
    from tools_schema import Call

__all__ = ["set_brightness", "set_volume"]

_ANDROID_11 = 30

# android.media.AudioManager
_STREAMS = {"call": 0, "ring": 2, "music": 3, "alarm": 4, "notification": 5}
_STREAM_NAMES = {
    0: "STREAM_VOICE_CALL",
    2: "STREAM_RING",
    3: "STREAM_MUSIC",
    4: "STREAM_ALARM",
    5: "STREAM_NOTIFICATION",
}

_BRIGHTEST = 255
_BRIGHTNESS_STEP = 51  # a fifth of the range


@dataclass(frozen=True, slots=True)
class _Volume:
    index: int
    minimum: int
    maximum: int

    @property
    def percent(self) -> int:
        return round(100 * self.index / self.maximum) if self.maximum else 0


def set_volume(phone: Phone, call: Call) -> Outcome:
    """Set a stream to ``level`` percent, or move it one step (``change``), and read it back.

    ``mute`` sets the lowest index; ``unmute`` raises a silent stream by one step.
    """
    name = _choice(call, "stream", tuple(_STREAMS)) or "music"
    stream = _STREAMS[name]
    level, change = _level_or_change(call, ("up", "down", "mute", "unmute"))
    before = _volume(phone, stream)
    if before is None:
        return Outcome(OutcomeStatus.UNSUPPORTED, f"This phone does not tell its {name} volume.")
    target = _target(before, level, change)
    if change == "mute" and before.minimum > 0:
        return Outcome(OutcomeStatus.UNSUPPORTED, f"Android does not let the {name} volume be muted.")
    answer = _set_index(phone, stream, target)
    after = phone.settle(lambda: _volume(phone, stream), lambda volume: _is_at(volume, target)) or before
    if after.index != target and phone.api_level > _ANDROID_11:
        # Android 17 may ignore the media session's command and obey this one.
        second = phone.run("cmd", "audio", "set-volume", str(stream), str(target))
        # Android 14 does nothing at this one and says nothing, so that it gives no reason.
        answer = answer if problem(answer) else second
        after = phone.settle(lambda: _volume(phone, stream), lambda volume: _is_at(volume, target)) or after
    read_back = {
        "stream": name,
        "index": str(after.index),
        "maximum": str(after.maximum),
        "percent": str(after.percent),
    }
    if after.index == target:
        message = f"The {name} volume is {after.index} of {after.maximum} ({after.percent} %)."
        return Outcome(OutcomeStatus.VERIFIED, message, read_back=read_back)
    return _unchanged(answer, f"The {name} volume", f"{after.index} of {after.maximum}", read_back)


def set_brightness(phone: Phone, call: Call) -> Outcome:
    """Set the screen to ``level`` percent, or a fifth of the range up or down, and read it back.

    The automatic brightness is turned off: it would change the value again. 0 % is the least, not black.
    """
    level, change = _level_or_change(call, ("up", "down"))
    if level is None:
        before = _setting(phone, "screen_brightness")
        if not before.isdigit():
            return Outcome(OutcomeStatus.UNSUPPORTED, "This phone does not tell its brightness.")
        target = int(before) + (_BRIGHTNESS_STEP if change == "up" else -_BRIGHTNESS_STEP)
    else:
        target = _part(level, _BRIGHTEST)
    target = min(max(target, 1), _BRIGHTEST)
    phone.run("settings", "put", "system", "screen_brightness_mode", "0")
    answer = phone.run("settings", "put", "system", "screen_brightness", str(target))
    state = phone.settle(lambda: _setting(phone, "screen_brightness"), lambda state: state == str(target))
    mode = _setting(phone, "screen_brightness_mode")
    read_back = {"screen_brightness": state, "screen_brightness_mode": mode}
    if state == str(target) and mode == "0":
        return Outcome(
            OutcomeStatus.VERIFIED,
            f"The brightness is {round(100 * target / _BRIGHTEST)} %.",
            read_back=read_back,
        )
    return _unchanged(answer, "The brightness", f"{state} of {_BRIGHTEST}", read_back)


def _unchanged(answer: Answer, what: str, value: str, read_back: dict[str, str]) -> Outcome:
    found = problem(answer)
    status = failure_status(found) if found else OutcomeStatus.FAILED
    why = found.text if found else "the phone took the command, but did not follow it"
    return Outcome(status, f"{what} stays at {value}: {why}.", read_back=read_back)


def _level_or_change(call: Call, changes: tuple[str, ...]) -> tuple[int | None, str | None]:
    level = call.arguments.get("level")
    change = _choice(call, "change", changes)
    if level is None:
        if change is None:
            raise InvalidValueError(f"{call.name} needs a level or a change", field="level")
        return None, change
    if isinstance(level, bool) or not isinstance(level, int) or not 0 <= level <= 100:
        raise InvalidValueError(f"level is {level!r}; it has to be 0 to 100", field="level")
    return level, None


def _choice(call: Call, name: str, choices: tuple[str, ...]) -> str | None:
    value = call.arguments.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or value not in choices:
        raise InvalidValueError(f"{name} is {value!r}; it is one of {', '.join(choices)}", field=name)
    return value


def _target(volume: _Volume, level: int | None, change: str | None) -> int:
    match change:
        case "up":
            index = volume.index + 1
        case "down":
            index = volume.index - 1
        case "mute":
            index = volume.minimum
        case "unmute":
            index = max(volume.index, volume.minimum + 1)
        case _:
            index = _part(level or 0, volume.maximum)
    return min(max(index, volume.minimum), volume.maximum)


def _part(percent: int, maximum: int) -> int:
    return (percent * maximum + 50) // 100  # halves go up


def _set_index(phone: Phone, stream: int, index: int) -> Answer:
    volume = ("cmd", "media_session", "volume") if phone.api_level >= _ANDROID_11 else ("media", "volume")
    return phone.run(*volume, "--stream", str(stream), "--set", str(index))


def _is_at(volume: _Volume | None, index: int) -> bool:
    return volume is not None and volume.index == index


def _volume(phone: Phone, stream: int) -> _Volume | None:
    """Read a stream's volume. On Android 11 the first way prints nothing, so that the dump is asked."""
    if phone.api_level != _ANDROID_11:
        tool = ("cmd", "media_session", "volume") if phone.api_level > _ANDROID_11 else ("media", "volume")
        answer = phone.run(*tool, "--stream", str(stream), "--get")
        if match := re.search(r"volume is (\d+) in range \[(\d+)\.\.(\d+)\]", answer.text):
            return _Volume(*map(int, match.groups()))
    dump = phone.run("dumpsys", "audio", keep=r"^- STREAM_|^\s*(?:Min|Max|streamVolume|Current):").stdout
    section = re.search(rf"^- {_STREAM_NAMES[stream]}:\n((?:[ \t]+.*\n?)+)", dump, re.MULTILINE)
    if section is None:
        return None
    values = [
        re.search(rf"^\s+{name}:\s*(\d+)", section[1], re.MULTILINE)
        for name in ("streamVolume", "Min", "Max")
    ]
    index, minimum, maximum = (int(match[1]) if match else None for match in values)
    if index is None or minimum is None or maximum is None:
        return None
    return _Volume(index, minimum, maximum)


def _setting(phone: Phone, key: str) -> str:
    return phone.run("settings", "get", "system", key).stdout.strip()
