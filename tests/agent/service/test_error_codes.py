"""Every RPC with each error that it documents, beside those that the other files of this folder cause."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp
from grpc import aio

from agent._agent import IntentAgent
from agent._tool_sets import load_tool_sets
from agent.client import AsyncIntentAgentClient, Retries, ServiceError
from agent.engines import ScriptedEngine
from agent.error_details import async_details_of
from agent.errors import EngineFailed, EngineTimeout
from agent.service import ServiceLimits, running_server
from bridge import Bridge
from intentagent.v1 import intent_agent_service_pb2 as api
from intentagent.v1 import plan_pb2

if TYPE_CHECKING:
    from agent.journal import Journal
    from intentagent.v1.intent_agent_service_pb2_grpc import IntentAgentServiceAsyncStub as Stub

TEXT = api.PlanRequest(text="light")
LONG = [plan_pb2.Exchange(text="light")] * 9


def plan(**changes: Any) -> api.PlanRequest:
    request = api.PlanRequest(text="light")
    request.MergeFrom(api.PlanRequest(**changes))
    return request


async def refused(call: Any) -> tuple[str, str]:
    """Return code and reason of the error that a call of any kind ends with."""

    async def whole() -> None:
        if isinstance(call, aio.UnaryStreamCall):
            async for _ in call:
                pass
        else:
            await call

    with pytest.raises(aio.AioRpcError):
        await whole()
    details = await async_details_of(call)
    return details.code, details.reason


@pytest.mark.parametrize(
    ("method", "request_", "code", "reason"),
    [
        ("Plan", api.PlanRequest(), "INVALID_ARGUMENT", "EMPTY_TEXT"),
        ("Plan", plan(history=LONG), "INVALID_ARGUMENT", "INVALID_FIELD"),
        ("Plan", plan(history=LONG[:1], conversation_id="x"), "INVALID_ARGUMENT", "INVALID_FIELD"),
        ("Plan", plan(conversation_id="x"), "NOT_FOUND", "CONVERSATION_NOT_FOUND"),
        ("Plan", plan(tool_sets=["toaster"]), "NOT_FOUND", "UNKNOWN_TOOL_SET"),
        ("Execute", api.ExecuteRequest(), "INVALID_ARGUMENT", "EMPTY_SOURCE"),
        ("Execute", api.ExecuteRequest(request=api.PlanRequest()), "INVALID_ARGUMENT", "EMPTY_TEXT"),
        (
            "Execute",
            api.ExecuteRequest(request=plan(conversation_id="x")),
            "NOT_FOUND",
            "CONVERSATION_NOT_FOUND",
        ),
        (
            "Execute",
            api.ExecuteRequest(request=TEXT, confirmation_timeout=Duration(seconds=601)),
            "INVALID_ARGUMENT",
            "INVALID_FIELD",
        ),
        (
            "Execute",
            api.ExecuteRequest(request=TEXT, confirmation_timeout=Duration(seconds=-1)),
            "INVALID_ARGUMENT",
            "INVALID_FIELD",
        ),
        (
            "Execute",
            api.ExecuteRequest(request=TEXT, idempotency_key="k" * 129),
            "INVALID_ARGUMENT",
            "INVALID_FIELD",
        ),
        (
            "Execute",
            api.ExecuteRequest(request=TEXT, serial="x" * 257),
            "INVALID_ARGUMENT",
            "INVALID_FIELD",
        ),
        (
            "Execute",
            api.ExecuteRequest(plan=plan_pb2.Plan(calls=[plan_pb2.Call(tool="toast")])),
            "FAILED_PRECONDITION",
            "UNKNOWN_TOOL",
        ),
        ("Execute", api.ExecuteRequest(request=TEXT), "FAILED_PRECONDITION", "NO_DEVICE"),
        ("Confirm", api.ConfirmRequest(request_id="x"), "NOT_FOUND", "CONFIRMATION_NOT_FOUND"),
        ("Reject", api.RejectRequest(request_id="x"), "NOT_FOUND", "CONFIRMATION_NOT_FOUND"),
        ("Cancel", api.CancelRequest(request_id="x"), "NOT_FOUND", "REQUEST_NOT_FOUND"),
        ("ListTools", api.ListToolsRequest(tool_sets=["toaster"]), "NOT_FOUND", "UNKNOWN_TOOL_SET"),
        ("ListHistory", api.ListHistoryRequest(page_size=101), "INVALID_ARGUMENT", "INVALID_FIELD"),
        ("ListHistory", api.ListHistoryRequest(page_token="x"), "INVALID_ARGUMENT", "INVALID_PAGE_TOKEN"),
        ("ListHistory", api.ListHistoryRequest(state=99), "INVALID_ARGUMENT", "INVALID_FIELD"),  # type: ignore[arg-type] # no state
        (
            "ListHistory",
            api.ListHistoryRequest(start_time=Timestamp(seconds=2**40)),
            "INVALID_ARGUMENT",
            "INVALID_FIELD",
        ),
    ],
)
async def test_what_cannot_be_served_has_its_code_and_reason(
    stub: Stub, method: str, request_: Any, code: str, reason: str
) -> None:
    assert await refused(getattr(stub, method)(request_)) == (code, reason)


@pytest.mark.parametrize(
    ("failure", "code"),
    [(EngineFailed("it broke"), "UNAVAILABLE"), (EngineTimeout("too slow"), "DEADLINE_EXCEEDED")],
)
async def test_an_engine_that_gives_no_answer_is_told_by_plan_and_execute(
    journal: Journal, adb_port: int, failure: Exception, code: str
) -> None:
    agent = IntentAgent(
        ScriptedEngine([failure, failure]),  # type: ignore[list-item] # an EngineError
        Bridge(adb_port=adb_port),
        load_tool_sets(()),
    )
    async with (
        running_server(agent, journal, grace=0) as running,
        AsyncIntentAgentClient(running.address, retries=Retries(attempts=1)) as client,
    ):
        with pytest.raises(ServiceError) as caught:
            await client.plan("light")
        assert caught.value.code == code
        with pytest.raises(ServiceError) as caught:
            [step async for step in client.execute("light")]
        assert caught.value.code == code
    agent.close()


async def test_an_adb_server_that_is_not_there_is_unavailable(journal: Journal) -> None:
    agent = IntentAgent(ScriptedEngine(), Bridge(adb_port=1), load_tool_sets(()))
    async with (
        running_server(agent, journal, grace=0) as running,
        AsyncIntentAgentClient(running.address, retries=Retries(attempts=1)) as client,
    ):
        with pytest.raises(ServiceError) as caught:
            await client.list_devices()
        assert (caught.value.code, caught.value.reason) == ("UNAVAILABLE", "ADB_SERVER_UNREACHABLE")
        with pytest.raises(ServiceError) as caught:
            await client.call_tool("turn_on_flashlight")
        assert (caught.value.code, caught.value.reason) == ("UNAVAILABLE", "ADB_SERVER_UNREACHABLE")
    agent.close()


async def test_one_stream_too_many_is_told_when_to_come_back(agent: IntentAgent, journal: Journal) -> None:
    async with (
        running_server(agent, journal, grace=0, limits=ServiceLimits(watchers=0)) as running,
        AsyncIntentAgentClient(running.address) as client,
    ):
        with pytest.raises(ServiceError) as caught:
            await anext(client.watch_devices())
    assert (caught.value.code, caught.value.reason) == ("RESOURCE_EXHAUSTED", "TOO_MANY_WATCHERS")
    assert caught.value.retry_after
