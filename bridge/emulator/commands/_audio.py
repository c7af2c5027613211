"""Volumes and media keys: ``cmd media_session``, ``cmd audio``.

Sources: AOSP VolumeCtrl and MediaShellCommand; AudioManagerShellCommand of Android 14 (no volume commands:
an unknown word exits 0 without acting), 15 and later.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.emulator._java import JavaError, decode_int, illegal_argument, parse_long
from bridge.emulator._streams import STREAMS
from bridge.emulator.commands._service import FAILED, no_shell_command, run_subcommand

if TYPE_CHECKING:
    from bridge.emulator._arguments import Arguments
    from bridge.emulator._device import Device
    from bridge.emulator._shell import Invocation

__all__ = [
    "STREAM_CONSTANTS",
    "adjust_volume",
    "audio_service",
    "dispatch_media_key",
    "media_session_service",
    "set_volume",
]

STREAM_CONSTANTS = {
    0: "STREAM_VOICE_CALL",
    1: "STREAM_SYSTEM",
    2: "STREAM_RING",
    3: "STREAM_MUSIC",
    4: "STREAM_ALARM",
    5: "STREAM_NOTIFICATION",
}
"""AudioManager's names of the streams, by number."""

_SETTINGS = {
    "call": "volume_voice_earpiece",
    "system": "volume_system_speaker",
    "ring": "volume_ring_speaker",
    "music": "volume_music_speaker",
    "alarm": "volume_alarm_speaker",
    "notification": "volume_notification_speaker",
}
_KEYS = {
    "play",
    "pause",
    "play-pause",
    "mute",
    "headsethook",
    "stop",
    "next",
    "previous",
    "rewind",
    "record",
    "fast-forward",
}


def set_volume(device: Device, name: str, index: int) -> None:
    """Set a stream's index, held within its range, and the setting that remembers it."""
    stream = STREAMS[name]
    device.state.muted.pop(name, None)
    _write(device, name, min(max(index, stream.minimum), stream.maximum))


def adjust_volume(device: Device, name: str, direction: str) -> None:
    """Move a stream one step (raise, lower), leave it (same), or mute and unmute it."""
    state, index = device.state, device.state.volumes[name]
    if direction in ("raise", "lower"):
        set_volume(device, name, index + (1 if direction == "raise" else -1))
    elif direction == "mute" and name not in state.muted:
        state.muted[name] = index
        _write(device, name, 0)
    elif direction == "unmute" and name in state.muted:
        _write(device, name, state.muted.pop(name))


def _write(device: Device, name: str, index: int) -> None:
    device.state.volumes[name] = index
    device.state.settings["system"][_SETTINGS[name]] = str(index)


def _stream_name(number: int) -> str:
    for name, stream in STREAMS.items():
        if stream.number == number:
            return name
    raise illegal_argument(f"Bad stream type {number}")


def media_session_service(invocation: Invocation) -> int:
    """Run ``cmd media_session …``."""
    return run_subcommand(invocation, {"volume": _volume, "dispatch": _dispatch})


def _volume(invocation: Invocation, arguments: Arguments) -> int:
    device = invocation.device

    def log(text: str) -> None:
        # Android 11 prints it inside system_server, where no shell sees it.
        if device.profile.volume_log_reaches_shell:
            invocation.say(f"[V] {text}")

    number, index, direction, get = 3, None, None, False
    while (option := arguments.option()) is not None:
        match option:
            case "--stream":
                number = decode_int(arguments.required())
                log(f"will control stream={number} ({STREAM_CONSTANTS.get(number, 'invalid stream')})")
            case "--set":
                index = decode_int(arguments.required())
                log(f"will set volume to index={index}")
            case "--adj":
                direction = arguments.required()
                log("will adjust volume")
            case "--get":
                get = True
                log("will get volume")
            case "--show":
                pass
            case _:
                raise illegal_argument(f"Unknown argument {option}")
    if direction not in (None, "raise", "lower", "same"):
        return _volume_error(
            invocation, f"Error: no valid volume adjustment, was {direction}, expected lower|same|raise"
        )
    log("Connecting to AudioService")
    name = _stream_name(number)
    stream = STREAMS[name]
    if index is not None:
        if not stream.minimum <= index <= stream.maximum:
            limits = f"[{stream.minimum}..{stream.maximum}]"
            return _volume_error(
                invocation, f"Error: invalid volume index {index} for stream {number} (should be in {limits})"
            )
        set_volume(device, name, index)
    elif direction is not None:
        adjust_volume(device, name, direction)
    if get:
        log(f"volume is {device.state.volumes[name]} in range [{stream.minimum}..{stream.maximum}]")
    return 0


def _volume_error(invocation: Invocation, text: str) -> int:
    if invocation.device.profile.volume_log_reaches_shell:
        invocation.complain(text)
    return 0


def _dispatch(invocation: Invocation, arguments: Arguments) -> int:
    key = arguments.required()
    if key not in _KEYS:
        invocation.complain(f"Error: unknown dispatch code '{key}'")
        return FAILED
    dispatch_media_key(invocation.device, key)
    return 0


def dispatch_media_key(device: Device, key: str) -> None:
    """Give a media key to the session, if there is one."""
    media = device.state.media
    if not media.session:
        return
    if key == "play":
        media.playing = True
    elif key in ("pause", "stop"):
        media.playing = False
    elif key in ("play-pause", "headsethook"):
        media.playing = not media.playing
    elif key == "next":
        media.track += 1
    elif key == "previous":
        media.track = max(1, media.track - 1)


def audio_service(invocation: Invocation) -> int:
    """Run ``cmd audio …``; where a version has no such sub-command it exits 0 without acting."""
    profile = invocation.device.profile
    if not profile.has_audio_shell:
        return no_shell_command(invocation)
    if not profile.audio_shell_sets_volume:
        return 0
    return run_subcommand(
        invocation,
        {
            "set-volume": _set_stream_volume,
            "get-stream-volume": _get_stream_volume,
            "get-max-volume": _get_max_volume,
            "get-min-volume": _get_min_volume,
            "adj-mute": _adjust_mute,
            "adj-unmute": _adjust_unmute,
            "adj-volume": _adjust_stream,
        },
        unknown=0,
    )


def _read_int(invocation: Invocation, arguments: Arguments) -> int:
    word = arguments.value()
    if word is None:
        invocation.complain("Error: no argument provided")
        raise illegal_argument("No argument provided")
    try:
        return parse_long(word)
    except JavaError:
        invocation.complain(f"Error: wrong format for argument {word}")
        raise illegal_argument(f"Wrong format for argument {word}") from None


def _set_stream_volume(invocation: Invocation, arguments: Arguments) -> int:
    number, index = _read_int(invocation, arguments), _read_int(invocation, arguments)
    invocation.say(f"calling AudioManager.setStreamVolume({number}, {index}, 0)")
    set_volume(invocation.device, _stream_name(number), index)
    return 0


def _get_stream_volume(invocation: Invocation, arguments: Arguments) -> int:
    number = _read_int(invocation, arguments)
    value = invocation.device.state.volumes[_stream_name(number)]
    invocation.say(f"AudioManager.getStreamVolume({number}) -> {value}")
    return 0


def _get_max_volume(invocation: Invocation, arguments: Arguments) -> int:
    number = _read_int(invocation, arguments)
    invocation.say(f"AudioManager.getStreamMaxVolume({number}) -> {STREAMS[_stream_name(number)].maximum}")
    return 0


def _get_min_volume(invocation: Invocation, arguments: Arguments) -> int:
    number = _read_int(invocation, arguments)
    invocation.say(f"AudioManager.getStreamMinVolume({number}) -> {STREAMS[_stream_name(number)].minimum}")
    return 0


def _adjust(invocation: Invocation, arguments: Arguments, direction: str, shown: str) -> int:
    number = _read_int(invocation, arguments)
    invocation.say(f"calling AudioManager.adjustStreamVolume({number}, {shown}, 0)")
    adjust_volume(invocation.device, _stream_name(number), direction)
    return 0


def _adjust_mute(invocation: Invocation, arguments: Arguments) -> int:
    return _adjust(invocation, arguments, "mute", "AudioManager.ADJUST_MUTE")


def _adjust_unmute(invocation: Invocation, arguments: Arguments) -> int:
    return _adjust(invocation, arguments, "unmute", "AudioManager.ADJUST_UNMUTE")


def _adjust_stream(invocation: Invocation, arguments: Arguments) -> int:
    number = _read_int(invocation, arguments)
    word = arguments.required()
    values = {"RAISE": 1, "LOWER": -1, "MUTE": -100, "UNMUTE": 100}
    if word not in values:
        raise illegal_argument(f"Wrong direction argument: {word}")
    invocation.say(f"calling AudioManager.adjustStreamVolume({number}, {values[word]}, 0)")
    adjust_volume(invocation.device, _stream_name(number), word.lower())
    return 0
