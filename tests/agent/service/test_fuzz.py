"""Any message to any RPC: the answer is one of ours, and the service goes on."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from google.protobuf.descriptor import FieldDescriptor
from grpc import aio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent._agent import IntentAgent
from agent._tool_sets import load_tool_sets
from agent.cli._request import served_in_process
from agent.engines import ScriptedEngine
from agent.error_details import async_details_of
from agent.service import IDEMPOTENCY_KEY, SERIAL, SERVICE, TIME_ZONE
from agent.service._tool_descriptors import request_classes, server_pool
from bridge import Bridge
from intentagent.v1 import intent_agent_service_pb2 as api
from intentagent.v1 import intent_agent_service_pb2_grpc as api_grpc

if TYPE_CHECKING:
    from collections.abc import Iterator

    from google.protobuf.message import Message

OURS = {
    *("INVALID_ARGUMENT", "NOT_FOUND", "FAILED_PRECONDITION", "ABORTED", "CANCELLED", "RESOURCE_EXHAUSTED"),
    "ALREADY_EXISTS",  # an idempotency key again, for another request
}
TOOL_SETS = load_tool_sets(())
METHODS = {method.name: method for method in api.DESCRIPTOR.services_by_name["IntentAgentService"].methods}
WORDS = st.sampled_from(
    ["light", "alarm", "timer", "nothing", "phone", "turn_on_flashlight", "set_alarm", ""]
)
TEXTS = WORDS | st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
SCALARS: dict[int, st.SearchStrategy[Any]] = {
    FieldDescriptor.CPPTYPE_STRING: TEXTS,
    FieldDescriptor.CPPTYPE_BOOL: st.booleans(),
    FieldDescriptor.CPPTYPE_INT32: st.integers(-(2**31), 2**31 - 1),
    FieldDescriptor.CPPTYPE_INT64: st.integers(-(2**63), 2**63 - 1),
    FieldDescriptor.CPPTYPE_UINT32: st.integers(0, 2**32 - 1),
    FieldDescriptor.CPPTYPE_UINT64: st.integers(0, 2**64 - 1),
    FieldDescriptor.CPPTYPE_DOUBLE: st.floats(),
    FieldDescriptor.CPPTYPE_FLOAT: st.floats(width=32),
    FieldDescriptor.CPPTYPE_ENUM: st.integers(-5, 10),
}


def fill(draw: st.DrawFn, message: Message, depth: int = 0) -> None:
    """Set some fields of a message to anything."""
    fields: list[Any] = list(message.DESCRIPTOR.fields)
    for field in fields:
        if not draw(st.booleans()):
            continue
        value = getattr(message, field.name)
        if field.cpp_type == FieldDescriptor.CPPTYPE_MESSAGE:
            if depth > 4:
                continue
            if field.message_type.GetOptions().map_entry:
                for key in draw(st.lists(TEXTS, max_size=2)):
                    of_map = field.message_type.fields_by_name["value"]
                    if of_map.cpp_type == FieldDescriptor.CPPTYPE_MESSAGE:
                        fill(draw, value[key], depth + 1)
                    else:
                        value[key] = draw(TEXTS)
            elif field.is_repeated:
                for _ in range(draw(st.integers(0, 2))):
                    fill(draw, value.add(), depth + 1)
            else:
                value.SetInParent()
                fill(draw, value, depth + 1)
        elif field.is_repeated:
            value.extend(draw(st.lists(_scalar(field), max_size=3)))
        else:
            setattr(message, field.name, draw(_scalar(field)))


def _scalar(field: Any) -> st.SearchStrategy[Any]:
    return st.binary(max_size=20) if field.type == FieldDescriptor.TYPE_BYTES else SCALARS[field.cpp_type]


SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]
POOL, _ = server_pool((), TOOL_SETS)
TOOLS = {
    method: kind
    for tool_set in TOOL_SETS.values()
    for method, kind in request_classes(POOL, tool_set).items()
}
METADATA = st.dictionaries(
    st.sampled_from([SERIAL, TIME_ZONE, IDEMPOTENCY_KEY]),
    st.sampled_from(["", "nobody", "127.0.0.1:1", "Europe/Berlin", "../etc", "x" * 300])
    | st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20),
)
LIGHT = "<start_function_call>call:turn_on_flashlight{}<end_function_call><start_function_response>"


@pytest.fixture
def agent(adb_port: int) -> Iterator[IntentAgent]:
    engine = ScriptedEngine(lambda prompt: LIGHT if "light<" in prompt else "<end_of_turn>")
    opened = IntentAgent(engine, Bridge(adb_port=adb_port), TOOL_SETS)
    yield opened
    opened.close()


@st.composite
def requests(draw: st.DrawFn, kind: type[Message]) -> Message:
    message = kind()
    fill(draw, message)
    return message


@pytest.fixture
def address(agent: IntentAgent) -> Iterator[str]:
    with served_in_process(agent) as served:
        yield served


async def answer(call: Any) -> str:
    """Return the code that a call ends with; a stream that goes on is left after its first answer."""
    try:
        if isinstance(call, aio.UnaryStreamCall):
            try:
                async with asyncio.timeout(5):
                    await call.read()
            except TimeoutError:
                pass
            call.cancel()
            return "OK"
        await call
    except aio.AioRpcError:
        details = await async_details_of(call)
        assert details.reason not in {"INTERNAL", "GRPC", "NO_SERVICE"}, details
        return details.code
    return "OK"


@pytest.mark.parametrize("name", sorted(METHODS))
@pytest.mark.usefixtures("emulated_phone")
def test_any_message_is_answered_with_an_error_of_ours_or_done(name: str, address: str) -> None:
    kind = getattr(api, METHODS[name].input_type.name)

    @given(st.lists(requests(kind), min_size=1, max_size=10))
    @settings(max_examples=10 if METHODS[name].input_type.fields else 1, suppress_health_check=SLOW)
    def all_are_answered(messages: list[Message]) -> None:
        async def run() -> None:
            async with aio.insecure_channel(address) as channel:
                method = getattr(api_grpc.IntentAgentServiceStub(channel), name)
                for message in messages:
                    assert await answer(method(message)) in OURS | {"OK"}
                await is_alive(channel)

        asyncio.run(run())

    all_are_answered()


@given(raw=st.binary(max_size=200), method=st.sampled_from([f"{SERVICE}/{name}" for name in METHODS]))
@settings(max_examples=40, suppress_health_check=[*SLOW, HealthCheck.function_scoped_fixture])
@pytest.mark.usefixtures("emulated_phone")  # whose state a watch tells at once
def test_bytes_are_read_or_refused_by_every_method(raw: bytes, method: str, address: str) -> None:
    async def run() -> None:
        async with aio.insecure_channel(address) as channel:
            rpc: aio.UnaryStreamMultiCallable[bytes, bytes] = channel.unary_stream(f"/{method}")
            assert await answer(rpc(raw)) in OURS | {"OK"}
            await is_alive(channel)

    asyncio.run(run())


@given(raw=st.binary(max_size=60), method=st.sampled_from(sorted(TOOLS)), metadata=METADATA)
@settings(max_examples=40, suppress_health_check=[*SLOW, HealthCheck.function_scoped_fixture])
@pytest.mark.usefixtures("emulated_phone")
def test_bytes_are_read_or_refused_by_every_tools_method(
    raw: bytes, method: str, metadata: dict[str, str], address: str
) -> None:
    asyncio.run(call_tool(address, method, raw, metadata))


@given(data=st.data(), method=st.sampled_from(sorted(TOOLS)), metadata=METADATA)
@settings(max_examples=60, suppress_health_check=[*SLOW, HealthCheck.function_scoped_fixture])
@pytest.mark.usefixtures("emulated_phone")
def test_any_message_to_a_tools_method_is_answered_with_an_error_of_ours_or_done(
    data: st.DataObject, method: str, metadata: dict[str, str], address: str
) -> None:
    message = data.draw(requests(TOOLS[method]))
    asyncio.run(call_tool(address, method, message.SerializeToString(), metadata))


async def call_tool(address: str, method: str, raw: bytes, metadata: dict[str, str]) -> None:
    """Call a tool's own method; the answer is an error of ours, or a result."""
    async with aio.insecure_channel(address) as channel:
        rpc: aio.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(f"/{method}")
        assert await answer(rpc(raw, metadata=tuple(metadata.items()))) in OURS | {"OK"}
        await is_alive(channel)


async def is_alive(channel: aio.Channel) -> None:
    stub: api_grpc.IntentAgentServiceAsyncStub = api_grpc.IntentAgentServiceStub(channel)
    assert (await stub.GetModel(api.GetModelRequest())).engine == "scripted"
