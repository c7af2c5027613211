"""The blocking client."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Self, TypeVar

import grpc

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
from agent.error_details import details_of
from intentagent.v1 import intent_agent_service_pb2 as api
from intentagent.v1 import intent_agent_service_pb2_grpc as api_grpc

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
    from datetime import datetime
    from types import TracebackType

    from intentagent.v1 import history_pb2, outcome_pb2, plan_pb2

__all__ = ["IntentAgentClient"]

_Response = TypeVar("_Response")


class IntentAgentClient:
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
            self._channel = grpc.insecure_channel(address, options=CHANNEL_OPTIONS)
        else:
            self._channel = grpc.secure_channel(address, channel_credentials(tls), options=CHANNEL_OPTIONS)
        self._stub = api_grpc.IntentAgentServiceStub(self._channel)
        self._timeout = timeout
        self._metadata = authorization(token)
        self._retries = retries or Retries()

    @property
    def channel(self) -> grpc.Channel:
        """The channel, for stubs of other services such as the tools' own."""
        return self._channel

    def plan(
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
        return self._call(self._stub.Plan, request).plan

    def converse(
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
        return self._call(self._stub.Plan, request)

    def execute(
        self,
        request: str | plan_pb2.Plan,
        *,
        serial: str = "",
        confirm: Callable[[api.WaitingForConfirmation], bool] | None = None,
        confirmation_timeout: float | None = None,
        idempotency_key: str = "",
        conversation_id: str = "",
        tool_sets: Sequence[str] = (),
        now: str = "",
        time_zone: str = "",
        history: Sequence[plan_pb2.Exchange] = (),
    ) -> Iterator[api.ExecuteResponse]:
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
        for step in self._steps(message):
            yield step
            if confirm and step.HasField("waiting_for_confirmation"):
                if confirm(step.waiting_for_confirmation):
                    self.confirm_step(step)
                else:
                    self.reject_step(step)

    def call_tool(
        self,
        tool: str,
        arguments: Mapping[str, Any] | None = None,
        *,
        serial: str = "",
        confirm: Callable[[api.WaitingForConfirmation], bool] | None = None,
        tool_sets: Sequence[str] = (),
        time_zone: str = "",
    ) -> outcome_pb2.Outcome:
        """Make one call with canonical arguments, without the model, and return what came of it."""
        plan = plan_of_call(tool, arguments or {}, tool_sets, time_zone)
        steps = list(self.execute(plan, serial=serial, confirm=confirm))
        return steps[-1].outcome

    def confirm_step(self, step: api.ExecuteResponse) -> None:
        """Say yes to a step that waits for it, as it was shown."""
        self._call(self._stub.Confirm, confirm_request(step))

    def reject_step(self, step: api.ExecuteResponse) -> None:
        """Say no to a step that waits for a yes."""
        self._call(self._stub.Reject, reject_request(step))

    def cancel(self, request_id: str) -> None:
        """Give up a request that runs."""
        self._call(self._stub.Cancel, api.CancelRequest(request_id=request_id))

    def list_tools(self, tool_sets: Sequence[str] = ()) -> api.ListToolsResponse:
        """Return the tools of the named sets, of the service's default where empty."""
        return self._call(self._stub.ListTools, api.ListToolsRequest(tool_sets=tool_sets))

    def list_devices(self) -> Sequence[api.Device]:
        """Return the devices that adb knows, in whatever state."""
        return self._call(self._stub.ListDevices, api.ListDevicesRequest()).devices

    def watch_devices(self) -> Generator[api.WatchDevicesResponse, None, None]:
        """Yield the devices that are there, then every change, until the generator is closed."""
        with _service_errors():
            call = self._stub.WatchDevices(api.WatchDevicesRequest(), metadata=self._metadata)
            try:
                yield from call
            finally:
                call.cancel()

    def get_model(self) -> api.GetModelResponse:
        """Return the model that plans."""
        return self._call(self._stub.GetModel, api.GetModelRequest())

    def history(
        self, *, since: datetime | None = None, until: datetime | None = None, **filters: str
    ) -> Iterator[history_pb2.RequestRecord]:
        """Yield what was asked and done, newest first.

        ``filters`` are fields of ``ListHistoryRequest``: client, conversation_id, request_id, tool, serial.
        """
        token = ""
        while True:
            page = self._call(self._stub.ListHistory, history_request(token, since, until, filters))
            yield from page.requests
            token = page.next_page_token
            if not token:
                return

    def close(self) -> None:
        """Close the connection; a running stream ends."""
        self._channel.close()

    def _call(self, method: Callable[..., _Response], request: Any) -> _Response:
        attempts = Attempts(self._retries, self._timeout)
        while True:
            try:
                return method(request, timeout=attempts.remaining, metadata=self._metadata)
            except grpc.RpcError as error:
                pause = attempts.pause_after(error, details_of(error))
            time.sleep(pause)

    def _steps(self, request: api.ExecuteRequest) -> Iterator[api.ExecuteResponse]:
        attempts = Attempts(self._retries, self._timeout + seconds_to_wait(request))
        begun = False
        while True:
            call = self._stub.Execute(request, timeout=attempts.remaining, metadata=self._metadata)
            try:
                for step in call:
                    begun = True
                    yield step
            except grpc.RpcError as error:
                if begun:  # the caller has seen steps that an attempt would repeat
                    raise ServiceError(details_of(error)) from error
                pause = attempts.pause_after(error, details_of(error))
            else:
                return
            finally:
                call.cancel()
            time.sleep(pause)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


@contextmanager
def _service_errors() -> Iterator[None]:
    try:
        yield
    except grpc.RpcError as error:
        raise ServiceError(details_of(error)) from error
