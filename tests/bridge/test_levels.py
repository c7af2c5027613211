from __future__ import annotations

from collections.abc import Callable

import pytest

from bridge import OutcomeStatus
from bridge._levels import set_brightness, set_volume
from bridge._phone import Phone
from bridge.errors import InvalidValueError
from tools_schema import Call, Value

Make = Callable[..., Phone]

GET = "cmd media_session volume --stream 3 --get"
DUMP = (
    "- STREAM_RING:\n   Min: 0\n   Max: 7\n   streamVolume:4\n"
    "- STREAM_MUSIC:\n   Min: 0\n   Max: 15\n   streamVolume:{}\n"
)


def tell(index: int) -> str:
    return f"[V] will get volume\n[V] volume is {index} in range [0..15]\n"


def volume(**arguments: Value) -> Call:
    return Call("set_volume", arguments)


@pytest.mark.parametrize(
    ("arguments", "index"),
    [
        ({"level": 50}, 8),
        ({"level": 0}, 0),
        ({"level": 100}, 15),
        ({"change": "up"}, 6),
        ({"change": "down"}, 4),
        ({"change": "mute"}, 0),
        ({"change": "unmute"}, 5),
    ],
)
def test_a_volume_that_reads_back_as_wanted_is_verified(
    scripted_phone: Make, arguments: dict[str, Value], index: int
) -> None:
    phone = scripted_phone({GET: [tell(5), tell(index)]})
    outcome = set_volume(phone, volume(**arguments))
    assert outcome.status is OutcomeStatus.VERIFIED
    assert ("cmd", "media_session", "volume", "--stream", "3", "--set", str(index)) in [
        evidence.argv for evidence in phone.evidence
    ]


def test_android_11_is_read_from_the_dump_because_its_command_prints_nothing(scripted_phone: Make) -> None:
    phone = scripted_phone({"dumpsys audio": [DUMP.format(5), DUMP.format(15)]}, api_level=30)
    outcome = set_volume(phone, volume(level=100))
    assert (outcome.status, outcome.read_back["index"]) == (OutcomeStatus.VERIFIED, "15")


def test_a_phone_that_ignores_the_first_command_is_given_the_second(scripted_phone: Make) -> None:
    phone = scripted_phone({GET: [tell(5)] * 8 + [tell(15)]})
    outcome = set_volume(phone, volume(level=100))
    assert outcome.status is OutcomeStatus.VERIFIED
    assert any(evidence.argv[:3] == ("cmd", "audio", "set-volume") for evidence in phone.evidence)


def test_a_volume_that_does_not_move_is_no_success(scripted_phone: Make) -> None:
    phone = scripted_phone({GET: tell(5)})
    outcome = set_volume(phone, volume(level=100))
    assert (outcome.status, outcome.read_back["index"]) == (OutcomeStatus.FAILED, "5")


def test_a_stream_that_android_never_silences_cannot_be_muted(scripted_phone: Make) -> None:
    phone = scripted_phone({"cmd media_session": "volume is 4 in range [1..7]\n"})
    assert set_volume(phone, volume(change="mute", stream="alarm")).status is OutcomeStatus.UNSUPPORTED


def test_a_phone_that_does_not_tell_its_volume_is_unsupported(scripted_phone: Make) -> None:
    assert set_volume(scripted_phone({}), volume(level=10)).status is OutcomeStatus.UNSUPPORTED


@pytest.mark.parametrize(
    "arguments", [{}, {"level": 101}, {"level": True}, {"change": "sideways"}, {"level": 5, "stream": "tv"}]
)
def test_a_volume_that_makes_no_sense_is_refused(scripted_phone: Make, arguments: dict[str, Value]) -> None:
    phone = scripted_phone({GET: tell(5)})
    with pytest.raises(InvalidValueError):
        set_volume(phone, volume(**arguments))


def test_brightness_is_set_with_the_automatic_one_turned_off(scripted_phone: Make) -> None:
    phone = scripted_phone(
        {
            "settings get system screen_brightness": "128\n",
            "settings get system screen_brightness_mode": "0\n",
        }
    )
    outcome = set_brightness(phone, Call("set_brightness", {"level": 50}))
    assert outcome.status is OutcomeStatus.VERIFIED
    assert ("settings", "put", "system", "screen_brightness_mode", "0") in [e.argv for e in phone.evidence]


def test_the_least_brightness_is_not_black(scripted_phone: Make) -> None:
    phone = scripted_phone(
        {"settings get system screen_brightness": "1\n", "settings get system screen_brightness_mode": "0\n"}
    )
    assert set_brightness(phone, Call("set_brightness", {"level": 0})).status is OutcomeStatus.VERIFIED
