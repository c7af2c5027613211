"""An engine that answers several requests at once."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

from agent._agent import IntentAgent
from agent._tool_sets import load_tool_sets
from agent.client import AsyncIntentAgentClient
from agent.engines import ScriptedEngine
from agent.service import running_server
from agent.settings import Settings
from bridge import Bridge

if TYPE_CHECKING:
    from agent.journal import Journal

LIGHT = "<start_function_call>call:turn_on_flashlight{}<end_function_call><start_function_response>"


async def test_as_many_requests_are_planned_at_once_as_the_engine_answers(
    journal: Journal, adb_port: int
) -> None:
    three = threading.Barrier(3)

    def script(_prompt: str) -> str:
        three.wait(60)  # passed only by three that are answered at once
        return LIGHT

    agent = IntentAgent(ScriptedEngine(script, slots=3), Bridge(adb_port=adb_port), load_tool_sets(()))
    async with (
        running_server(agent, journal, grace=0) as running,
        AsyncIntentAgentClient(running.address) as client,
    ):
        plans = await asyncio.gather(*(client.plan("light") for _ in range(6)))
    agent.close()
    assert all(plan.calls for plan in plans)


def test_the_setting_is_the_number_of_slots_of_the_engine() -> None:
    assert Settings(engine_slots=3).agent().slots == 3
