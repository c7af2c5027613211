from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from agent.cli._request import served_in_process
from agent.client import IntentAgentClient, ServiceError
from intentagent.v1 import outcome_pb2

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agent._agent import IntentAgent
    from bridge.emulator import EmulatedPhone


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


def test_a_service_that_is_not_there_is_a_transport_error() -> None:
    with IntentAgentClient("127.0.0.1:1", timeout=5) as client, pytest.raises(ServiceError) as caught:
        client.get_model()
    assert (caught.value.code, caught.value.reason) == ("UNAVAILABLE", "TRANSPORT")


def test_tools_devices_and_the_model_are_described(
    client: IntentAgentClient, emulated_phone: EmulatedPhone
) -> None:
    assert "set_alarm" in [tool.name for tool in client.list_tools().tools]
    assert [device.serial for device in client.list_devices()] == [emulated_phone.address]
    assert client.get_model().engine == "scripted"
