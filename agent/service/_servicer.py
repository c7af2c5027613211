"""The RPCs of ``IntentAgentService``: messages in, the service's work, messages out.

Errors are raised as they are; the guard around every RPC makes statuses of them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agent.errors import EmptySource
from agent.prompt import check_request_text
from agent.security import Scope, current_identity
from agent.service._convert import (
    call_from_message,
    device_to_message,
    model_to_message,
    plan_to_message,
    tools_to_message,
)
from agent.service._convert_history import filter_from_message, record_to_message
from agent.service._convert_steps import step_to_message, told_again, with_envelope
from agent.service._core import checked_serial
from agent.service._errors import InvalidField
from agent.service._planning import history_of
from agent.service._steps import Work
from intentagent.v1 import intent_agent_service_pb2 as api
from intentagent.v1 import intent_agent_service_pb2_grpc as api_grpc

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from grpc import aio

    from agent._agent import PlannedRequest
    from agent.planning import Exchange
    from agent.security import Identity
    from agent.service._core import ServiceCore
    from agent.service._requests import RunningRequest
    from intentagent.v1 import plan_pb2
    from tools_schema import Call

__all__ = ["SERVICE", "IntentAgentServicer"]

SERVICE = api.DESCRIPTOR.services_by_name["IntentAgentService"].full_name

_LONGEST_WAIT = 600.0
_MOST_CALLS = 32
_PAGE, _LARGEST_PAGE = 20, 100


class IntentAgentServicer(api_grpc.IntentAgentServiceServicer):
    """Answers the RPCs with one service."""

    def __init__(self, core: ServiceCore) -> None:
        self._core = core

    async def Plan(  # noqa: N802 - the name is the RPC's
        self, request: api.PlanRequest, context: aio.ServicerContext[api.PlanRequest, api.PlanResponse]
    ) -> api.PlanResponse:
        identity = current_identity()
        names, history = self._check(request, identity)
        begun = await self._core.begin(
            identity,
            f"{SERVICE}/Plan",
            request.SerializeToString(deterministic=True),
            text=request.text,
            tool_sets=names,
            conversation_id=request.conversation_id,
        )
        async with self._core.running_request(begun.record.id, identity, context.peer()) as running:
            planned = await self._core.planning.plan(running, request, history, context.time_remaining())
            await self._record_plan(running, planned)
        return api.PlanResponse(
            plan=plan_to_message(planned, self._core.agent.tool_set(names)),
            conversation_id=self._core.planning.remember(identity.client, request.conversation_id, planned),
            request_id=running.id,
        )

    async def Execute(  # noqa: N802 - the name is the RPC's
        self,
        request: api.ExecuteRequest,
        context: aio.ServicerContext[api.ExecuteRequest, api.ExecuteResponse],
    ) -> AsyncIterator[api.ExecuteResponse]:
        identity = current_identity()
        serial = checked_serial(identity, request.serial)
        wait = _wait(request)
        source = request.WhichOneof("source")
        if source is None:
            raise EmptySource("give either `request` or `plan`")
        said = request.request
        if source == "request":
            names, history = self._check(said, identity)
        else:
            names, history = self._check_plan(request.plan, identity), ()
        begun = await self._core.begin(
            identity,
            f"{SERVICE}/Execute",
            request.SerializeToString(deterministic=True),
            text=said.text,
            tool_sets=names,
            conversation_id=said.conversation_id,
            idempotency_key=request.idempotency_key,
        )
        if begun.repeated:
            for response in told_again(begun.record):
                yield response
            return
        async with self._core.running_request(begun.record.id, identity, context.peer()) as running:
            envelope = api.ExecuteResponse(request_id=running.id)
            if source == "request":
                planned = await self._core.planning.plan(running, said, history, context.time_remaining())
                await self._record_plan(running, planned)
                envelope.conversation_id = self._core.planning.remember(
                    identity.client, said.conversation_id, planned
                )
                plan, calls = plan_to_message(planned, self._core.agent.tool_set(names)), planned.plan.calls
            else:
                plan = request.plan
                calls = await self._take_plan(running, plan, names)
            yield with_envelope(envelope, api.ExecuteResponse(planned=plan))
            work = Work(
                calls=calls,
                tools=self._core.allowed(self._core.agent.check_calls(calls, names), identity),
                serial=serial,
                time_zone=plan.time_zone,
                wait=wait,
                remaining=context.time_remaining,
            )
            async for step in self._core.execution.run(running, work):
                yield with_envelope(envelope, step_to_message(step))

    async def Confirm(  # noqa: N802 - the name is the RPC's
        self,
        request: api.ConfirmRequest,
        context: aio.ServicerContext[api.ConfirmRequest, api.ConfirmResponse],  # noqa: ARG002
    ) -> api.ConfirmResponse:
        identity = current_identity()
        question = self._core.confirmations.find(_whose(identity), request.request_id, request.call_index)
        self._core.confirmations.confirm(question, request.call_hash, request.serial, identity.client)
        return api.ConfirmResponse()

    async def Reject(  # noqa: N802 - the name is the RPC's
        self,
        request: api.RejectRequest,
        context: aio.ServicerContext[api.RejectRequest, api.RejectResponse],  # noqa: ARG002
    ) -> api.RejectResponse:
        identity = current_identity()
        question = self._core.confirmations.find(_whose(identity), request.request_id, request.call_index)
        self._core.confirmations.reject(question, identity.client)
        return api.RejectResponse()

    async def Cancel(  # noqa: N802 - the name is the RPC's
        self,
        request: api.CancelRequest,
        context: aio.ServicerContext[api.CancelRequest, api.CancelResponse],  # noqa: ARG002
    ) -> api.CancelResponse:
        self._core.running.find(_whose(current_identity()), request.request_id).give_up()
        return api.CancelResponse()

    async def ListTools(  # noqa: N802 - the name is the RPC's
        self,
        request: api.ListToolsRequest,
        context: aio.ServicerContext[api.ListToolsRequest, api.ListToolsResponse],  # noqa: ARG002
    ) -> api.ListToolsResponse:
        identity, agent = current_identity(), self._core.agent
        names = agent.tool_set_names(request.tool_sets)
        tool_set = agent.tool_set(names)
        identity.require_tool_sets(names)
        visible = replace(tool_set, tools=self._core.visible(tool_set.tools, identity))
        available = [name for name in agent.tool_sets if identity.allows_tool_set(name)]
        return tools_to_message(names, visible, available, agent.model.known)

    async def ListDevices(  # noqa: N802 - the name is the RPC's
        self,
        request: api.ListDevicesRequest,  # noqa: ARG002 - the message is empty
        context: aio.ServicerContext[api.ListDevicesRequest, api.ListDevicesResponse],  # noqa: ARG002
    ) -> api.ListDevicesResponse:
        identity = current_identity()
        devices = await self._core.off_loop(self._core.agent.bridge.devices)
        return api.ListDevicesResponse(
            devices=[device_to_message(device) for device in devices if identity.allows_device(device.serial)]
        )

    async def WatchDevices(  # noqa: N802 - the name is the RPC's
        self,
        request: api.WatchDevicesRequest,  # noqa: ARG002 - the message is empty
        context: aio.ServicerContext[api.WatchDevicesRequest, api.WatchDevicesResponse],  # noqa: ARG002
    ) -> AsyncIterator[api.WatchDevicesResponse]:
        identity = current_identity()
        async for change in self._core.device_states.changes():
            if identity.allows_device(change.serial):
                yield api.WatchDevicesResponse(
                    device=api.Device(serial=change.serial, state=change.after),
                    previous_state=change.before,
                )

    async def GetModel(  # noqa: N802 - the name is the RPC's
        self,
        request: api.GetModelRequest,  # noqa: ARG002 - the message is empty
        context: aio.ServicerContext[api.GetModelRequest, api.GetModelResponse],  # noqa: ARG002
    ) -> api.GetModelResponse:
        return model_to_message(self._core.agent.model, self._core.agent.tool_sets)

    async def ListHistory(  # noqa: N802 - the name is the RPC's
        self,
        request: api.ListHistoryRequest,
        context: aio.ServicerContext[api.ListHistoryRequest, api.ListHistoryResponse],  # noqa: ARG002
    ) -> api.ListHistoryResponse:
        identity = current_identity()
        if request.client not in {"", identity.client}:
            identity.require(Scope.ADMIN)
        client = request.client or ("" if identity.has(Scope.ADMIN) else identity.client)
        size = request.page_size or _PAGE
        if size > _LARGEST_PAGE:
            raise InvalidField("page_size", f"is {size}: ask for at most {_LARGEST_PAGE}")
        chosen = filter_from_message(request, client)
        history = self._core.journal.history
        if request.request_id:
            record = await self._core.off_loop(history.request, request.request_id)
            fits = record is not None and client in {"", record.client}
            return api.ListHistoryResponse(requests=[record_to_message(record)] if record and fits else [])
        page = await self._core.off_loop(history.page, chosen, page_size=size, page_token=request.page_token)
        return api.ListHistoryResponse(
            requests=[record_to_message(record) for record in page.requests],
            next_page_token=page.next_page_token,
        )

    def _check(
        self, request: api.PlanRequest, identity: Identity
    ) -> tuple[tuple[str, ...], tuple[Exchange, ...]]:
        """Return the tool sets and the history of a request that can be understood and may be made."""
        check_request_text(request.text)
        names = self._core.agent.tool_set_names(request.tool_sets)
        self._core.agent.tool_set(names)
        identity.require_tool_sets(names)
        return names, history_of(identity.client, request, self._core.conversations)

    def _check_plan(self, plan: plan_pb2.Plan, identity: Identity) -> tuple[str, ...]:
        if len(plan.calls) > _MOST_CALLS:
            raise InvalidField("plan.calls", f"has {len(plan.calls)} calls: send at most {_MOST_CALLS}")
        names = self._core.agent.tool_set_names(plan.tool_sets)
        self._core.agent.tool_set(names)
        identity.require_tool_sets(names)
        return names

    async def _take_plan(
        self, running: RunningRequest, plan: plan_pb2.Plan, names: tuple[str, ...]
    ) -> tuple[Call, ...]:
        """Record a plan that came as such; return its calls, each bound to its tool as it is now."""
        calls = tuple(call_from_message(call) for call in plan.calls)
        tools = self._core.agent.check_calls(calls, names)
        calls = tuple(replace(call, tool_hash=tool.hash) for call, tool in zip(calls, tools, strict=True))
        await self._core.off_loop(
            self._core.journal.record_plan,
            running.id,
            calls,
            tool_set_hash=self._core.agent.tool_set(names).hash,
        )
        return calls

    async def _record_plan(self, running: RunningRequest, planned: PlannedRequest) -> None:
        plan = planned.plan
        await self._core.off_loop(
            self._core.journal.record_plan,
            running.id,
            plan.calls,
            tool_set_hash=plan.tool_set_hash,
            model_sha256=plan.model,
            model_text=plan.raw,
            missing=plan.missing,
            problems=plan.problems,
            reason=plan.reason,
        )


def _whose(identity: Identity) -> str | None:
    """Return whose requests a client may answer and end; None for everybody's."""
    return None if identity.has(Scope.ADMIN) else identity.client


def _wait(request: api.ExecuteRequest) -> float:
    wait = request.confirmation_timeout.seconds + request.confirmation_timeout.nanos / 1e9
    if not 0 <= wait <= _LONGEST_WAIT:
        raise InvalidField("confirmation_timeout", f"has to be from 0 to {_LONGEST_WAIT:.0f} seconds")
    return wait
