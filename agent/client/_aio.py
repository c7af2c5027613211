"""The client for asyncio: the blocking client's methods as coroutines."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Self, TypeVar

from grpc import aio

from agent.client._channel import CHANNEL_OPTIONS, ClientTls, authorization, channel_credentials
from agent.client._errors import ServiceError
from agent.client._messages import (
    confirm_request,
    execute_request,
    history_request,
    plan_of_call,
    plan_request,
    reject_request,
    seconds_to_wait,
)
from agent.client._retries import Attempts, Retries
from agent.error_details import async_details_of
from intentagent.v1 import intent_agent_service_pb2 as api
from intentagent.v1 import intent_agent_service_pb2_grpc as api_grpc

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, Sequence
    from datetime import datetime
    from types import TracebackType

    from intentagent.v1 import history_pb2, outcome_pb2, plan_pb2

__all__ = ["AsyncIntentAgentClient"]

_Response = TypeVar("_Response")


class AsyncIntentAgentClient:
    """Calls the service at an address ("127.0.0.1:50551"). Close it, or use it as a context manager.

    ``timeout`` is the deadline of each call in seconds, ``token`` a bearer token, ``tls`` what a service with
    TLS needs. Every method raises ServiceError.
    """

    def __init__(
        self,
        address: str,
        *,
        timeout: float = 60.0,
        token: str = "",
        tls: ClientTls | None = None,
        retries: Retries | None = None,
    ) -> None:
        if tls is None:
            self._channel = aio.insecure_channel(address, options=CHANNEL_OPTIONS)
        else:
            self._channel = aio.secure_channel(address, channel_credentials(tls), options=CHANNEL_OPTIONS)
        self._stub: api_grpc.IntentAgentServiceAsyncStub = api_grpc.IntentAgentServiceStub(self._channel)
        self._timeout = timeout
        self._metadata = authorization(token)
        self._retries = retries or Retries()

    @property
    def channel(self) -> aio.Channel:
        """The channel, for stubs of other services such as the tools' own."""
        return self._channel

    async def plan(
        self,
        text: str,
        *,
        tool_sets: Sequence[str] = (),
        now: str = "",
        time_zone: str = "",
        history: Sequence[plan_pb2.Exchange] = (),
    ) -> plan_pb2.Plan:
        """Return which calls a request asks for; the service's defaults where an argument is empty."""
        request = plan_request(text, tool_sets, now, time_zone, history, "")
        return (await self._call(self._stub.Plan, request)).plan

    async def converse(
        self,
        text: str,
        *,
        conversation_id: str = "",
        tool_sets: Sequence[str] = (),
        now: str = "",
        time_zone: str = "",
    ) -> api.PlanResponse:
        """Plan a request as part of a conversation, a new one where the identifier is empty.

        The answer names the conversation, for the next request of it and for ``execute``.
        """
        request = plan_request(text, tool_sets, now, time_zone, (), conversation_id)
        return await self._call(self._stub.Plan, request)

    async def execute(
        self,
        request: str | plan_pb2.Plan,
        *,
        serial: str = "",
        confirm: Callable[[api.WaitingForConfirmation], Awaitable[bool]] | None = None,
        confirmation_timeout: float | None = None,
        idempotency_key: str = "",
        conversation_id: str = "",
        tool_sets: Sequence[str] = (),
        now: str = "",
        time_zone: str = "",
        history: Sequence[plan_pb2.Exchange] = (),
    ) -> AsyncIterator[api.ExecuteResponse]:
        """Carry out words, or a plan that ``plan`` returned, and yield the steps as they happen.

        ``confirm`` is asked, after its step was yielded, whether a call may be made that needs a yes. Without
        it such a call is not made, unless a ``confirmation_timeout`` in seconds leaves the time for
        ``confirm_step``. Made again with the same ``idempotency_key``, nothing is done twice; where none is
        given, that goes for the attempts at this one.
        """
        source = (
            plan_request(request, tool_sets, now, time_zone, history, conversation_id)
            if isinstance(request, str)
            else request
        )
        message = execute_request(
            source, serial, idempotency_key, confirmation_timeout, asks=confirm is not None
        )
        async for step in self._steps(message):
            yield step
            if confirm and step.HasField("waiting_for_confirmation"):
                if await confirm(step.waiting_for_confirmation):
                    await self.confirm_step(step)
                else:
                    await self.reject_step(step)

    async def call_tool(
        self,
        tool: str,
        arguments: Mapping[str, Any] | None = None,
        *,
        serial: str = "",
        confirm: Callable[[api.WaitingForConfirmation], Awaitable[bool]] | None = None,
        tool_sets: Sequence[str] = (),
        time_zone: str = "",
    ) -> outcome_pb2.Outcome:
        """Make one call with canonical arguments, without the model, and return what came of it."""
        plan = plan_of_call(tool, arguments or {}, tool_sets, time_zone)
        steps = [step async for step in self.execute(plan, serial=serial, confirm=confirm)]
        return steps[-1].outcome

    async def confirm_step(self, step: api.ExecuteResponse) -> None:
        """Say yes to a step that waits for it, as it was shown."""
        await self._call(self._stub.Confirm, confirm_request(step))

    async def reject_step(self, step: api.ExecuteResponse) -> None:
        """Say no to a step that waits for a yes."""
        await self._call(self._stub.Reject, reject_request(step))

    async def cancel(self, request_id: str) -> None:
        """Give up a request that runs."""
        await self._call(self._stub.Cancel, api.CancelRequest(request_id=request_id))

    async def list_tools(self, tool_sets: Sequence[str] = ()) -> api.ListToolsResponse:
        """Return the tools of the named sets, of the service's default where empty."""
        return await self._call(self._stub.ListTools, api.ListToolsRequest(tool_sets=tool_sets))

    async def list_devices(self) -> Sequence[api.Device]:
        """Return the devices that adb knows, in whatever state."""
        return (await self._call(self._stub.ListDevices, api.ListDevicesRequest())).devices

    async def watch_devices(self) -> AsyncGenerator[api.WatchDevicesResponse, None]:
        """Yield the devices that are there, then every change, until the generator is closed."""
        call = self._stub.WatchDevices(api.WatchDevicesRequest(), metadata=self._metadata)
        try:
            async for change in call:
                yield change
        except aio.AioRpcError as error:
            raise ServiceError(await async_details_of(call)) from error
        finally:
            call.cancel()

    async def get_model(self) -> api.GetModelResponse:
        """Return the model that plans."""
        return await self._call(self._stub.GetModel, api.GetModelRequest())

    async def history(
        self, *, since: datetime | None = None, until: datetime | None = None, **filters: str
    ) -> AsyncIterator[history_pb2.RequestRecord]:
        """Yield what was asked and done, newest first.

        ``filters`` are fields of ``ListHistoryRequest``: client, conversation_id, request_id, tool, serial.
        """
        token = ""
        while True:
            page = await self._call(self._stub.ListHistory, history_request(token, since, until, filters))
            for record in page.requests:
                yield record
            token = page.next_page_token
            if not token:
                return

    async def close(self) -> None:
        """Close the connection; a running stream ends."""
        await self._channel.close()

    async def _call(
        self, method: Callable[..., aio.UnaryUnaryCall[Any, _Response]], request: Any
    ) -> _Response:
        attempts = Attempts(self._retries, self._timeout)
        while True:
            call = method(request, timeout=attempts.remaining, metadata=self._metadata)
            try:
                return await call
            except aio.AioRpcError as error:
                pause = attempts.pause_after(error, await async_details_of(call))
            await asyncio.sleep(pause)

    async def _steps(self, request: api.ExecuteRequest) -> AsyncIterator[api.ExecuteResponse]:
        attempts = Attempts(self._retries, self._timeout + seconds_to_wait(request))
        begun = False
        while True:
            call = self._stub.Execute(request, timeout=attempts.remaining, metadata=self._metadata)
            try:
                async for step in call:
                    begun = True
                    yield step
            except aio.AioRpcError as error:
                details = await async_details_of(call)
                if begun:  # the caller has seen steps that an attempt would repeat
                    raise ServiceError(details) from error
                pause = attempts.pause_after(error, details)
            else:
                return
            finally:
                call.cancel()
            await asyncio.sleep(pause)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()
