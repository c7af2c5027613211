"""Every tool as a method of its own, which programs call without the model.

The call is validated, queued, dispatched and recorded like any other. What is not in the tool's message
travels as metadata: the device, the time zone and an idempotency key. A tool that needs a confirmation
answers NEEDS_CONFIRMATION, with what to confirm as trailing metadata; then the same call goes through.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import grpc

from agent._agent import check_arguments
from agent.security import current_identity
from agent.service._core import checked_serial
from agent.service._repeats import outcomes_before
from agent.service._steps import Happened, Work
from agent.service._tool_descriptors import request_classes
from tools_schema import Call, arguments_of
from tools_schema.intentagent.tools.v1 import tool_result_pb2

if TYPE_CHECKING:
    from collections.abc import Iterable

    from google.protobuf.descriptor_pool import DescriptorPool
    from google.protobuf.message import Message
    from grpc import aio

    from agent.security import Identity
    from agent.service._core import ServiceCore
    from bridge import Outcome
    from tools_schema import Tool, ToolSet

__all__ = ["CALL_HASH", "IDEMPOTENCY_KEY", "REQUEST_ID", "SERIAL", "TIME_ZONE", "ToolMethods"]

SERIAL = "intent-agent-serial"
"""Metadata of a request: the device. Of a trailer: the device that the confirmation is for."""
TIME_ZONE = "intent-agent-time-zone"
"""Metadata of a request: the IANA name of the time zone of its times; the service's where absent."""
IDEMPOTENCY_KEY = "intent-agent-idempotency-key"
"""Metadata of a request: as ``ExecuteRequest.idempotency_key``."""
REQUEST_ID = "intent-agent-request-id"
"""Initial metadata of an answer: the request in the history."""
CALL_HASH = "intent-agent-call-hash"
"""Trailing metadata of an answer that needs a confirmation: what to confirm."""

_PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True, slots=True)
class _Method:
    tool_set: ToolSet
    tool: Tool
    request: type[Message]


class ToolMethods(grpc.GenericRpcHandler):
    """Serves the methods of tool sets. Of two sets with one method, the first has it."""

    def __init__(self, core: ServiceCore, pool: DescriptorPool, tool_sets: Iterable[ToolSet]) -> None:
        self._core = core
        self._methods: dict[str, _Method] = {}
        for tool_set in tool_sets:
            requests = request_classes(pool, tool_set)
            for tool in tool_set.tools:
                method = _Method(tool_set, tool, requests[tool.method])
                self._methods.setdefault(f"/{tool.method}", method)

    @property
    def services(self) -> tuple[str, ...]:
        """The full names of the services, sorted."""
        return tuple(sorted({name[1:].partition("/")[0] for name in self._methods}))

    def service(
        self, handler_call_details: grpc.HandlerCallDetails
    ) -> grpc.RpcMethodHandler[Message, tool_result_pb2.ToolResult] | None:
        """Return the handler of a tool's method, None for any other."""
        method = self._methods.get(handler_call_details.method)
        if method is None:
            return None
        return grpc.unary_unary_rpc_method_handler(
            functools.partial(self._call, method),
            request_deserializer=method.request.FromString,
            response_serializer=tool_result_pb2.ToolResult.SerializeToString,
        )

    async def _call(
        self,
        method: _Method,
        message: Message,
        context: aio.ServicerContext[Message, tool_result_pb2.ToolResult],
    ) -> tool_result_pb2.ToolResult:
        identity = current_identity()
        identity.require_tool_sets((method.tool_set.name,))
        metadata = {
            key: value for key, value in context.invocation_metadata() or () if isinstance(value, str)
        }
        serial = checked_serial(identity, metadata.get(SERIAL, ""))
        (tool,) = self._core.allowed((method.tool,), identity)
        call = Call(tool.name, arguments_of(tool, message), tool.hash)
        check_arguments(tool, call)
        time_zone = metadata.get(TIME_ZONE, "")
        begun = await self._core.begin(
            identity,
            tool.method,
            b"\0".join((serial.encode(), time_zone.encode(), message.SerializeToString(deterministic=True))),
            tool_sets=(method.tool_set.name,),
            idempotency_key=metadata.get(IDEMPOTENCY_KEY, ""),
        )
        await context.send_initial_metadata(((REQUEST_ID, begun.record.id),))
        if begun.repeated:
            return _result(outcomes_before(begun.record)[-1][1])
        work = Work((call,), (tool,), serial, time_zone, 0.0, context.time_remaining)
        happened = await self._carry_out(method, identity, context.peer(), begun.record.id, work)
        if happened.question is not None:
            context.set_trailing_metadata(
                ((CALL_HASH, happened.question.call_hash), (SERIAL, happened.question.serial))
            )
        return _result(happened.outcome)

    async def _carry_out(
        self, method: _Method, identity: Identity, peer: str, request_id: str, work: Work
    ) -> Happened:
        async with self._core.running_request(request_id, identity, peer) as running:
            await self._core.off_loop(
                self._core.journal.record_plan,
                request_id,
                work.calls,
                tool_set_hash=method.tool_set.hash,
            )
            steps = [step async for step in self._core.execution.run(running, work)]
        return next(step for step in reversed(steps) if isinstance(step, Happened))


def _result(outcome: Outcome) -> tool_result_pb2.ToolResult:
    content = next((evidence.data for evidence in outcome.evidence if evidence.data), b"")
    return tool_result_pb2.ToolResult(
        status=f"TOOL_STATUS_{outcome.status.value}",
        message=outcome.message,
        read_back=dict(outcome.read_back),
        content=content,
        content_type="image/png" if content.startswith(_PNG) else "",
    )
