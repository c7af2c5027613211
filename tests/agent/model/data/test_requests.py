from __future__ import annotations

import random

import pytest

from agent.model.data._generator import FOLDER
from agent.model.data._language import Language
from agent.model.data._requests import TOGETHER
from agent.model.data._syntax import parse_line


@pytest.mark.parametrize(
    ("line", "calls"),
    [
        ("call {call.to:given}, then torch on => turn_on_flashlight=", ["call", "turn_on_flashlight"]),
        ("torch on and call {call.to:given} => ^turn_on_flashlight=", ["turn_on_flashlight", "call"]),
        (
            "mute it and call {call.to:given} => ^set_volume.change=mute; set_volume.stream=ring",
            ["set_volume", "call"],
        ),
    ],
)
def test_calls_without_slots_come_last_or_marked_first(line: str, calls: list[str]) -> None:
    english = Language(FOLDER, "en", random.Random(7), held_out=False)  # noqa: S311 - no secret
    request = english.requests.line(parse_line(line, "en/_together"), TOGETHER)
    assert [call.name for call in request.calls] == calls
