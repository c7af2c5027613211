"""Everything that a running service holds, and what every RPC that acts goes through."""

from __future__ import annotations

import asyncio
import functools
import logging
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from agent.errors import JournalError
from agent.security import LOCAL
from agent.service._confirmations import Confirmations
from agent.service._conversations import Conversations
from agent.service._device_watch import DeviceStates
from agent.service._errors import InvalidField
from agent.service._execution import Execution
from agent.service._planning import Planning
from agent.service._queue import FairQueue, FairQueues
from agent.service._requests import RunningRequest, RunningRequests
from agent.service._sending import Sender
from agent.telemetry import current_request

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable
    from concurrent.futures import Future

    from agent._agent import IntentAgent
    from agent.journal import Begun, Journal
    from agent.security import Identity, ServerSecurity
    from agent.service._engine_health import EngineHealth
    from agent.service._limits import ServiceLimits
    from agent.telemetry import Telemetry
    from tools_schema import Tool

__all__ = ["ServiceCore", "checked_serial"]

_LOG = logging.getLogger(__name__)

_MAX_SERIAL = 256
_MAX_KEY = 128

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")


class ServiceCore:
    """The agent, the journal and the queues of one service. For one event loop."""

    def __init__(
        self,
        agent: IntentAgent,
        journal: Journal,
        security: ServerSecurity,
        limits: ServiceLimits,
        telemetry: Telemetry,
        health: EngineHealth,
    ) -> None:
        self.agent = agent
        self.journal = journal
        journal.know_tools(tool for tool_set in agent.tool_sets.values() for tool in tool_set.tools)
        self.running = RunningRequests()
        self.confirmations = Confirmations(per_client=limits.questions_per_client)
        self.device_states = DeviceStates(agent.bridge, watchers=limits.watchers)
        self._security = security
        self._engine_threads = ThreadPoolExecutor(agent.model.slots, thread_name_prefix="planning")
        self._dispatch_threads = ThreadPoolExecutor(limits.dispatches, thread_name_prefix="dispatch")
        self._threads = ThreadPoolExecutor(4, thread_name_prefix="reading")
        self._engine_queue = FairQueue(
            "the model",
            slots=agent.model.slots,
            per_client=limits.waiting_per_client,
            total=limits.waiting,
        )
        self._devices = FairQueues(
            "the device", per_client=limits.device_waiting_per_client, total=limits.device_waiting
        )
        self.conversations = Conversations(
            seconds=limits.conversation_seconds, per_client=limits.conversations_per_client
        )
        self.planning = Planning(
            agent,
            self.conversations,
            self._engine_queue,
            self._engine_threads,
            limits.plan_seconds,
            telemetry,
            health,
        )
        self.execution = Execution(
            Sender(agent, journal, telemetry),
            journal,
            self.confirmations,
            self._devices,
            self._dispatch_threads,
            limits,
        )

    async def off_loop(
        self, work: Callable[_Arguments, _Result], *arguments: _Arguments.args, **named: _Arguments.kwargs
    ) -> _Result:
        """Return what blocking work comes to; it runs on a thread."""
        call = functools.partial(work, *arguments, **named)
        return await asyncio.get_running_loop().run_in_executor(self._threads, call)

    def allowed(self, tools: Iterable[Tool], identity: Identity) -> tuple[Tool, ...]:
        """Return tools with the risk that the policy gives them. Raises ToolForbidden."""
        policy = self._security.policy
        return tuple(policy.applied(tool, identity) for tool in tools)

    def visible(self, tools: Iterable[Tool], identity: Identity) -> tuple[Tool, ...]:
        """Return those tools that the policy does not forbid, with the risk that it gives them."""
        policy = self._security.policy
        return tuple(
            replace(tool, risk=policy.risk_of(tool, identity))
            for tool in tools
            if not policy.forbids(tool, identity)
        )

    async def begin(
        self,
        identity: Identity,
        method: str,
        content: bytes,
        *,
        text: str = "",
        tool_sets: Iterable[str] = (),
        conversation_id: str = "",
        idempotency_key: str = "",
    ) -> Begun:
        """Record that a request came. Raises InvalidField and JournalError."""
        if len(idempotency_key) > _MAX_KEY or not idempotency_key.isprintable():
            raise InvalidField("idempotency_key", f"has to be at most {_MAX_KEY} printable characters")
        begin = functools.partial(
            self.journal.begin_request,
            client=identity.client,
            method=method,
            content=content,
            text=text,
            tool_sets=tuple(tool_sets),
            conversation_id=conversation_id,
            idempotency_key=idempotency_key,
        )
        begun = self._threads.submit(begin)
        try:
            return await asyncio.wrap_future(begun)
        except asyncio.CancelledError:
            # The thread may be about to record a request that nobody would ever end.
            begun.add_done_callback(self._give_up)
            raise

    @asynccontextmanager
    async def running_request(
        self, request_id: str, identity: Identity, peer: str
    ) -> AsyncIterator[RunningRequest]:
        """Know a request that has begun while the block runs, and record how it ends."""
        # Without credentials all clients have one name; then each connection has its own turn.
        lane = peer if identity is LOCAL else identity.client
        if measured := current_request():
            measured.facts.update(request_id=request_id, client=identity.client)
        error = ""
        with self.running.running(RunningRequest(request_id, identity, lane)) as request:
            try:
                yield request
                error = request.error
            except Exception as problem:
                error = str(getattr(problem, "reason", "INTERNAL"))
                raise
            except BaseException:  # the client went away, or the service stops
                error = "CANCELLED"
                raise
            finally:
                if error == "CANCELLED":
                    self._threads.submit(self._finish, request_id, error)
                else:
                    await self.off_loop(self._finish, request_id, error)

    def resize(self, limits: ServiceLimits) -> None:
        """Take other bounds of the queues; what waits already keeps its place. Other limits stay."""
        self._engine_queue.resize(per_client=limits.waiting_per_client, total=limits.waiting)
        self._devices.resize(per_client=limits.device_waiting_per_client, total=limits.device_waiting)

    def waiting(self) -> dict[str, int]:
        """Return how many wait: requests for the model, and calls for any device."""
        return {"model": self._engine_queue.waiting, "devices": self._devices.waiting}

    def close_intake(self) -> None:
        """Refuse what is new and what waits: requests in queues, questions, streams of devices."""
        self._engine_queue.close()
        self._devices.close()
        self.confirmations.close()
        self.device_states.close()

    def close(self) -> None:
        """Wait for what is under way, and start nothing more. The journal stays open."""
        for threads in (self._engine_threads, self._dispatch_threads, self._threads):
            threads.shutdown()

    def _give_up(self, begun: Future[Begun]) -> None:
        if not begun.cancelled() and begun.exception() is None and not begun.result().repeated:
            self._finish(begun.result().record.id, "CANCELLED")

    def _finish(self, request_id: str, error: str) -> None:
        try:
            self.journal.finish_request(request_id, error=error)
        except JournalError as problem:  # kept by the journal, and written when the disk takes it again
            _LOG.error("the end of the request %s is not recorded yet: %s", request_id, problem)


def checked_serial(identity: Identity, serial: str) -> str:
    """Return the serial of the device to use. Raises InvalidField and DeviceNotAllowed."""
    if len(serial) > _MAX_SERIAL or not serial.isprintable():
        raise InvalidField("serial", f"has to be at most {_MAX_SERIAL} printable characters")
    return identity.device(serial)
