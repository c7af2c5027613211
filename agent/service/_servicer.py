"""The RPCs of ``IntentAgentService``: messages in, the agent's work off the event loop, messages out."""

from __future__ import annotations

import asyncio
import functools
import logging
import threading
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import TYPE_CHECKING, NoReturn, TypeVar

from grpc_status import rpc_status

from agent._agent import Dispatching, Happened, IntentAgent, PlannedRequest
from agent.errors import AgentError, EmptySource
from agent.service._convert import (
    call_from_message,
    call_to_message,
    device_to_message,
    exchange_from_message,
    model_to_message,
    outcome_to_message,
    plan_to_message,
    tools_to_message,
)
from agent.service._status import status_of
from bridge.errors import BridgeError
from intentagent.v1 import intent_agent_service_pb2 as api
from intentagent.v1 import intent_agent_service_pb2_grpc as api_grpc
from intentagent.v1 import plan_pb2
from tools_schema.errors import ToolSchemaError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from grpc import aio

__all__ = ["IntentAgentServicer"]

_LOG = logging.getLogger(__name__)

_DEVICES_AT_ONCE = 8

_Result = TypeVar("_Result")


class IntentAgentServicer(api_grpc.IntentAgentServiceServicer):
    """Answers the RPCs with one agent.

    Planning runs on one thread, since the engine writes one answer at a time. What is done on phones runs on
    others; the bridge lets one call at a time onto a device.
    """

    def __init__(self, agent: IntentAgent) -> None:
        self._agent = agent
        self._planning = ThreadPoolExecutor(1, thread_name_prefix="planning")
        self._dispatch = ThreadPoolExecutor(_DEVICES_AT_ONCE, thread_name_prefix="dispatch")
        self._reading = ThreadPoolExecutor(2, thread_name_prefix="reading")

    def close(self) -> None:
        """Wait for what is running, and start nothing more."""
        for executor in (self._planning, self._dispatch, self._reading):
            executor.shutdown(cancel_futures=True)

    async def Plan(  # noqa: N802 - the name is the RPC's
        self, request: api.PlanRequest, context: aio.ServicerContext[api.PlanRequest, api.PlanResponse]
    ) -> api.PlanResponse:
        try:
            planned = await self._plan(request, context)
        except (AgentError, BridgeError, ToolSchemaError) as error:
            await _abort(context, error)
        return api.PlanResponse(plan=plan_to_message(planned))

    async def Execute(  # noqa: N802 - the name is the RPC's
        self,
        request: api.ExecuteRequest,
        context: aio.ServicerContext[api.ExecuteRequest, api.ExecuteResponse],
    ) -> AsyncIterator[api.ExecuteResponse]:
        try:
            plan = await self._planned(request, context)
            yield api.ExecuteResponse(planned=plan)
            steps = self._agent.execute(
                tuple(call_from_message(call) for call in plan.calls),
                tool_sets=plan.tool_sets,
                time_zone=plan.time_zone,
                serial=request.serial,
                confirmed=request.confirmed,
            )
            while (step := await _run(self._dispatch, functools.partial(_next, steps))) is not None:
                yield _step_to_message(step)
        except (AgentError, BridgeError, ToolSchemaError) as error:
            await _abort(context, error)

    async def ListTools(  # noqa: N802 - the name is the RPC's
        self,
        request: api.ListToolsRequest,
        context: aio.ServicerContext[api.ListToolsRequest, api.ListToolsResponse],
    ) -> api.ListToolsResponse:
        try:
            names = self._agent.tool_set_names(request.tool_sets)
            tool_set = self._agent.tool_set(names)
        except (AgentError, ToolSchemaError) as error:
            await _abort(context, error)
        return tools_to_message(names, tool_set, self._agent.tool_sets, self._agent.model.known)

    async def ListDevices(  # noqa: N802 - the name is the RPC's
        self,
        request: api.ListDevicesRequest,  # noqa: ARG002 - the message is empty
        context: aio.ServicerContext[api.ListDevicesRequest, api.ListDevicesResponse],
    ) -> api.ListDevicesResponse:
        try:
            devices = await _run(self._reading, self._agent.bridge.devices)
        except BridgeError as error:
            await _abort(context, error)
        return api.ListDevicesResponse(devices=[device_to_message(device) for device in devices])

    async def GetModel(  # noqa: N802 - the name is the RPC's
        self,
        request: api.GetModelRequest,  # noqa: ARG002 - the message is empty
        context: aio.ServicerContext[api.GetModelRequest, api.GetModelResponse],  # noqa: ARG002 - nothing to abort
    ) -> api.GetModelResponse:
        return model_to_message(self._agent.model, self._agent.tool_sets)

    async def _planned(
        self,
        request: api.ExecuteRequest,
        context: aio.ServicerContext[api.ExecuteRequest, api.ExecuteResponse],
    ) -> plan_pb2.Plan:
        source = request.WhichOneof("source")
        if source == "request":
            return plan_to_message(await self._plan(request.request, context))
        if source == "plan":
            return request.plan
        raise EmptySource("give either `request` or `plan`")

    async def _plan(
        self, request: api.PlanRequest, context: aio.ServicerContext[_Request, _Response]
    ) -> PlannedRequest:
        cancel = threading.Event()
        plan = functools.partial(
            self._agent.plan,
            request.text,
            tool_sets=request.tool_sets,
            now=request.now,
            time_zone=request.time_zone,
            history=tuple(exchange_from_message(exchange) for exchange in request.history),
            timeout=context.time_remaining(),
            cancel=cancel,
        )
        try:
            return await _run(self._planning, plan)
        except asyncio.CancelledError:
            cancel.set()
            raise


_Request = TypeVar("_Request")
_Response = TypeVar("_Response")


async def _run(executor: Executor, work: Callable[[], _Result]) -> _Result:
    return await asyncio.get_running_loop().run_in_executor(executor, work)


async def _abort(context: aio.ServicerContext[_Request, _Response], error: Exception) -> NoReturn:
    status = rpc_status.to_status(status_of(error))
    _LOG.info("refused: %s", error)
    # The typed face of grpc.aio has no abort_with_status (grpc issue 27970), so the details go as trailers.
    await context.abort(status.code, status.details, status.trailing_metadata)
    raise AssertionError("abort always raises")


def _next(steps: Iterator[Dispatching | Happened]) -> Dispatching | Happened | None:
    return next(steps, None)


def _step_to_message(step: Dispatching | Happened) -> api.ExecuteResponse:
    if isinstance(step, Dispatching):
        return api.ExecuteResponse(
            dispatching=api.Dispatching(call_index=step.index, call=call_to_message(step.call))
        )
    return api.ExecuteResponse(outcome=outcome_to_message(step.outcome, step.index, step.call))
