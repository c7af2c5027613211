"""A small typed client of the service.

::

    with IntentAgentClient("127.0.0.1:50551") as client:
        for step in client.execute("wake me at 6:30 on weekdays"):
            print(step)
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

import grpc

from agent.service._status import ErrorDetails, details_of
from intentagent.v1 import intent_agent_service_pb2 as api
from intentagent.v1 import intent_agent_service_pb2_grpc as api_grpc
from intentagent.v1 import plan_pb2

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import TracebackType

__all__ = ["IntentAgentClient", "ServiceError"]

_MAX_ANSWER_BYTES = 64 << 20  # a screenshot is a few megabytes


class ServiceError(Exception):
    """The service refused or failed.

    ``code`` is the gRPC code's name, ``reason`` the ``ErrorInfo`` reason ("NO_DEVICE"), ``violations`` pairs
    of field and description. Errors of the connection have the reason TRANSPORT.
    """

    def __init__(self, details: ErrorDetails) -> None:
        super().__init__(details.message)
        self.code = details.code
        self.reason = details.reason
        self.message = details.message
        self.metadata = details.metadata
        self.violations = details.violations


class IntentAgentClient:
    """Calls the service at an address ("127.0.0.1:50551"). Close it, or use it as a context manager.

    ``timeout`` is the deadline of each call in seconds. Every method raises ServiceError.
    """

    def __init__(self, address: str, *, timeout: float = 60.0) -> None:
        limit = ("grpc.max_receive_message_length", _MAX_ANSWER_BYTES)
        self._channel = grpc.insecure_channel(address, options=[limit])
        self._stub = api_grpc.IntentAgentServiceStub(self._channel)
        self._timeout = timeout

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
        request = _plan_request(text, tool_sets, now, time_zone, history)
        with _service_errors():
            return self._stub.Plan(request, timeout=self._timeout).plan

    def execute(
        self,
        request: str | plan_pb2.Plan,
        *,
        serial: str = "",
        confirmed: bool = False,
        tool_sets: Sequence[str] = (),
        now: str = "",
        time_zone: str = "",
        history: Sequence[plan_pb2.Exchange] = (),
    ) -> Iterator[api.ExecuteResponse]:
        """Carry out words, or a plan that ``plan`` returned, and yield the steps as they happen."""
        message = api.ExecuteRequest(serial=serial, confirmed=confirmed)
        if isinstance(request, str):
            message.request.CopyFrom(_plan_request(request, tool_sets, now, time_zone, history))
        else:
            message.plan.CopyFrom(request)
        with _service_errors():
            yield from self._stub.Execute(message, timeout=self._timeout)

    def list_tools(self, tool_sets: Sequence[str] = ()) -> api.ListToolsResponse:
        """Return the tools of the named sets, of the service's default where empty."""
        with _service_errors():
            return self._stub.ListTools(api.ListToolsRequest(tool_sets=tool_sets), timeout=self._timeout)

    def list_devices(self) -> Sequence[api.Device]:
        """Return the devices that adb knows, in whatever state."""
        with _service_errors():
            return self._stub.ListDevices(api.ListDevicesRequest(), timeout=self._timeout).devices

    def get_model(self) -> api.GetModelResponse:
        """Return the model that plans."""
        with _service_errors():
            return self._stub.GetModel(api.GetModelRequest(), timeout=self._timeout)

    def close(self) -> None:
        """Close the connection; a running stream ends."""
        self._channel.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def _plan_request(
    text: str, tool_sets: Sequence[str], now: str, time_zone: str, history: Sequence[plan_pb2.Exchange]
) -> api.PlanRequest:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        # A protobuf string cannot hold half of a surrogate pair, so the service cannot be asked.
        message = "the text holds half of a surrogate pair; send whole characters"
        raise ServiceError(ErrorDetails("INVALID_ARGUMENT", "INVALID_UNICODE", message)) from error
    return api.PlanRequest(text=text, tool_sets=tool_sets, now=now, time_zone=time_zone, history=history)


@contextmanager
def _service_errors() -> Iterator[None]:
    try:
        yield
    except grpc.RpcError as error:
        raise ServiceError(details_of(error)) from error
