"""The whole chain on real parts: the built model, gRPC, adb and the emulated phone."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from agent._agent import IntentAgent
from agent._tool_sets import load_tool_sets
from agent.cli._request import served_in_process
from agent.client import IntentAgentClient
from bridge import Bridge
from intentagent.v1 import outcome_pb2

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from agent.engines import Engine
    from bridge.emulator import EmulatedPhone
    from intentagent.v1 import intent_agent_service_pb2 as api

PROVED = {outcome_pb2.OUTCOME_STATUS_VERIFIED, outcome_pb2.OUTCOME_STATUS_OPENED}


@pytest.fixture
def client(engine: Engine, adb_port: int) -> Iterator[IntentAgentClient]:
    agent = IntentAgent(engine, Bridge(adb_port=adb_port), load_tool_sets(()))
    with served_in_process(agent) as address, IntentAgentClient(address) as opened:
        yield opened


def last(client: IntentAgentClient, text: str, phone: EmulatedPhone) -> api.ExecuteResponse:
    """Carry out a request said on Friday 2026-01-16 at 10:15 in Berlin and return the last step."""
    *_, step = client.execute(
        text, serial=phone.address, now="2026-01-16T10:15:00", time_zone="Europe/Berlin"
    )
    return step


def test_a_spoken_flashlight_lights_up(client: IntentAgentClient, emulated_phone: EmulatedPhone) -> None:
    assert last(client, "Turn on the flashlight", emulated_phone).outcome.status in PROVED
    assert emulated_phone.state.torch


def test_a_spoken_alarm_is_on_the_phone(client: IntentAgentClient, emulated_phone: EmulatedPhone) -> None:
    last(client, "Wake me up at 6:30 on weekdays", emulated_phone)
    (alarm,) = emulated_phone.state.alarms
    assert (alarm.hour, alarm.minute, sorted(alarm.days)) == (6, 30, [2, 3, 4, 5, 6])


def test_a_spoken_appointment_opens_in_the_calendar(
    client: IntentAgentClient, emulated_phone: EmulatedPhone
) -> None:
    text = "Please schedule a calendar event titled 'Dentist' for next Tuesday at 3:30 PM"
    assert last(client, text, emulated_phone).outcome.status in PROVED
    draft = emulated_phone.state.calendar_draft
    assert draft is not None
    assert draft.title == "Dentist"
    assert draft.begin == 1_768_919_400_000  # 2026-01-20T15:30 in Berlin


def test_two_requests_in_one_sentence_are_both_done(
    client: IntentAgentClient, emulated_phone: EmulatedPhone
) -> None:
    step = last(client, "Turn on the flashlight and open the Wi-Fi settings", emulated_phone)
    assert step.outcome.call_index == 1
    assert step.outcome.status in PROVED
    assert emulated_phone.state.torch


def test_a_question_calls_nothing(client: IntentAgentClient, emulated_phone: EmulatedPhone) -> None:
    step = last(client, "What is love?", emulated_phone)
    assert step.WhichOneof("step") == "planned"
    assert step.planned.reason


def test_a_tool_outside_the_set_is_refused_by_name(client: IntentAgentClient) -> None:
    plan = client.plan("Set an alarm for 7 am", tool_sets=["mobile_actions"])
    assert not plan.calls
    assert "set_alarm" in plan.reason


def test_serve_says_where_it_listens_and_stops_when_told(built_model: Path) -> None:
    command = [sys.executable, "-c", "from agent.cli.app import main; main()"]
    arguments = ["serve", "--port", "0", "--json", "--model", str(built_model)]
    with subprocess.Popen(
        [*command, *arguments], stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as served:
        assert served.stdout is not None
        address = json.loads(served.stdout.readline())["address"]
        with IntentAgentClient(address) as client:
            assert client.get_model().name
        os.kill(served.pid, signal.SIGTERM)
        assert served.wait(30) == 0
