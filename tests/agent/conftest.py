"""An agent with a scripted model on the emulated phone's adb server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from agent._agent import IntentAgent
from agent._tool_sets import load_tool_sets
from agent.engines import BLOCK, ScriptedEngine, Step
from agent.journal import Durability, Journal, JournalSettings
from bridge import Bridge

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def call(name: str, arguments: str = "") -> str:
    """Return what the model writes for one call."""
    return f"<start_function_call>call:{name}{{{arguments}}}<end_function_call><start_function_response>"


ANSWERS: dict[str, Step] = {
    "light": call("turn_on_flashlight"),
    "alarm": call("set_alarm", "time:<escape>6:30am<escape>"),
    "timer": call("set_timer"),
    "wifi off": call("set_mobile_data", "on:false"),
    "picture": call("take_screenshot"),
    "message to alex": call("send_sms", "body:<escape>Hi<escape>,to:<escape>Alex Kim<escape>"),
    "nothing": "<end_of_turn>",
    "block": BLOCK,
    "six thirty": call("set_alarm", "time:<escape>6:30am<escape>"),
    "both": call("turn_on_flashlight").removesuffix("<start_function_response>")
    + call("set_mobile_data", "on:false"),
    "no such date": call(
        "create_calendar_event", "datetime:<escape>february 30 9am<escape>,title:<escape>Trip<escape>"
    ),
}


def answer(prompt: str) -> Step:
    """Answer with the script of the request that ends the prompt."""
    said = prompt.rpartition("<start_of_turn>user\n")[2].partition("<end_of_turn>")[0]
    return ANSWERS[said]


@pytest.fixture
def scripted() -> ScriptedEngine:
    return ScriptedEngine(answer)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    settings = JournalSettings(durability=Durability.KILL)
    with Journal.open(tmp_path / "journal.sqlite3", settings=settings) as opened:
        yield opened


@pytest.fixture
def agent(scripted: ScriptedEngine, adb_port: int) -> Iterator[IntentAgent]:
    opened = IntentAgent(scripted, Bridge(adb_port=adb_port), load_tool_sets(()))
    yield opened
    opened.close()
