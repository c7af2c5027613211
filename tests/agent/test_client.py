from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from agent.cli._request import served_in_process
from agent.client import AsyncIntentAgentClient, IntentAgentClient, ServiceError
from agent.service import running_server
from intentagent.v1 import outcome_pb2

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agent._agent import IntentAgent
    from agent.engines import ScriptedEngine
    from agent.journal import Journal
    from bridge.emulator import EmulatedPhone
    from intentagent.v1 import intent_agent_service_pb2 as api


@pytest.fixture
def client(agent: IntentAgent) -> Iterator[IntentAgentClient]:
    with served_in_process(agent) as address, IntentAgentClient(address) as opened:
        yield opened


def test_words_become_a_plan(client: IntentAgentClient) -> None:
    plan = client.plan("alarm", now="2026-01-16T22:10:00", time_zone="Europe/Berlin")
    assert [call.tool for call in plan.calls] == ["set_alarm"]


def test_steps_come_until_the_phone_was_read_back(
    client: IntentAgentClient, emulated_phone: EmulatedPhone
) -> None:
    steps = list(client.execute("light", serial=emulated_phone.address))
    assert steps[-1].outcome.status == outcome_pb2.OUTCOME_STATUS_VERIFIED
    assert emulated_phone.state.torch


def test_a_plan_made_before_can_be_executed(client: IntentAgentClient, emulated_phone: EmulatedPhone) -> None:
    plan = client.plan("light")
    assert not emulated_phone.state.torch
    list(client.execute(plan, serial=emulated_phone.address))
    assert emulated_phone.state.torch


def test_an_error_has_the_code_reason_and_metadata_of_the_service(client: IntentAgentClient) -> None:
    with pytest.raises(ServiceError) as caught:
        client.plan("light", tool_sets=["toaster"])
    assert (caught.value.code, caught.value.reason) == ("NOT_FOUND", "UNKNOWN_TOOL_SET")
    assert caught.value.metadata == {"tool_set": "toaster"}


def test_a_text_that_is_no_unicode_is_refused_before_it_is_sent(client: IntentAgentClient) -> None:
    with pytest.raises(ServiceError) as caught:
        client.plan("light \ud800")
    assert (caught.value.code, caught.value.reason) == ("INVALID_ARGUMENT", "INVALID_UNICODE")


def test_a_service_that_is_not_there_is_an_error_that_says_so() -> None:
    with IntentAgentClient("127.0.0.1:1", timeout=5) as client, pytest.raises(ServiceError) as caught:
        client.get_model()
    assert (caught.value.code, caught.value.reason) == ("UNAVAILABLE", "NO_SERVICE")
    assert "is it running at that address" in caught.value.message


def test_tools_devices_and_the_model_are_described(
    client: IntentAgentClient, emulated_phone: EmulatedPhone
) -> None:
    assert "set_alarm" in [tool.name for tool in client.list_tools().tools]
    assert [device.serial for device in client.list_devices()] == [emulated_phone.address]
    assert client.get_model().engine == "scripted"


def test_a_risky_call_is_made_where_the_caller_agrees_to_what_is_shown(
    client: IntentAgentClient, emulated_phone: EmulatedPhone
) -> None:
    shown = []

    def agree(waiting: api.WaitingForConfirmation) -> bool:
        shown.append((waiting.call.tool, waiting.serial))
        return True

    steps = list(client.execute("wifi off", serial=emulated_phone.address, confirm=agree))
    assert shown == [("set_mobile_data", emulated_phone.address)]
    assert steps[-1].outcome.status == outcome_pb2.OUTCOME_STATUS_VERIFIED
    assert not emulated_phone.state.mobile_data


def test_a_risky_call_is_not_made_where_the_caller_refuses_or_is_not_asked(
    client: IntentAgentClient, emulated_phone: EmulatedPhone
) -> None:
    for confirm in (lambda _: False, None):
        *_, last = client.execute("wifi off", serial=emulated_phone.address, confirm=confirm)
        assert last.outcome.status == outcome_pb2.OUTCOME_STATUS_NEEDS_CONFIRMATION
    assert emulated_phone.state.mobile_data


def test_a_tool_is_called_by_its_name_without_the_model(
    client: IntentAgentClient, emulated_phone: EmulatedPhone, scripted: ScriptedEngine
) -> None:
    outcome = client.call_tool("set_alarm", {"time": "06:30"}, serial=emulated_phone.address)
    assert outcome.status == outcome_pb2.OUTCOME_STATUS_VERIFIED
    assert not scripted.prompts


def test_a_conversation_goes_on_and_its_requests_are_in_the_history(client: IntentAgentClient) -> None:
    first = client.converse("timer")
    assert first.plan.question
    client.converse("alarm", conversation_id=first.conversation_id)
    records = list(client.history(conversation_id=first.conversation_id))
    assert [record.text for record in records] == ["alarm"]


def test_devices_are_watched_until_the_generator_is_closed(
    client: IntentAgentClient, emulated_phone: EmulatedPhone
) -> None:
    changes = client.watch_devices()
    assert next(changes).device.serial == emulated_phone.address
    changes.close()


def test_a_request_that_has_ended_cannot_be_cancelled(client: IntentAgentClient) -> None:
    with pytest.raises(ServiceError) as caught:
        client.cancel(client.converse("light").request_id)
    assert caught.value.reason == "REQUEST_NOT_FOUND"


async def test_the_asynchronous_client_does_the_same(
    agent: IntentAgent, journal: Journal, emulated_phone: EmulatedPhone
) -> None:
    async def agree(_: api.WaitingForConfirmation) -> bool:
        return True

    async with (
        running_server(agent, journal, grace=0) as running,
        AsyncIntentAgentClient(running.address) as client,
    ):
        assert (await client.plan("light")).calls
        steps = [
            step async for step in client.execute("wifi off", serial=emulated_phone.address, confirm=agree)
        ]
        assert steps[-1].outcome.status == outcome_pb2.OUTCOME_STATUS_VERIFIED
        assert [record.text async for record in client.history()] == ["wifi off", "light"]
        assert (await client.get_model()).engine == "scripted"
        changes = client.watch_devices()
        assert (await anext(changes)).device.serial == emulated_phone.address
        await changes.aclose()
        with pytest.raises(ServiceError) as caught:
            await client.plan("light", tool_sets=["toaster"])
        assert caught.value.reason == "UNKNOWN_TOOL_SET"
