"""The whole agent in one object: text → plan → intent → outcome, without any transport.

The gRPC service and the command line both drive this; ``_open.py`` puts it together.
"""

from __future__ import annotations

import functools
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import tzlocal

from agent._tool_sets import DEFAULT_TOOL_SET, unite_named
from agent.errors import InvalidCallArguments, InvalidMoment, UnknownTimeZone, UnknownTool
from agent.planning import Asking, Exchange, Plan, Planner, Request
from tools_schema import Call, Tool, ToolSet, validate

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterable, Mapping, Sequence

    from agent.engines import Engine, ModelInfo
    from bridge import AfterSending, BeforeSending, Bridge, Outcome

__all__ = ["DISPATCH_SECONDS", "IntentAgent", "PlannedRequest", "check_arguments"]

DISPATCH_SECONDS = 20.0
"""The most that a call may take on the phone, the wait for the device included."""

_COMBINATIONS = 32
"""Combinations of tool sets that are kept ready; another one takes some milliseconds."""


@dataclass(frozen=True, slots=True)
class PlannedRequest:
    """A plan with what its local times mean: ``now`` is local in ``time_zone`` (an IANA name)."""

    text: str
    tool_sets: tuple[str, ...]
    now: datetime
    time_zone: str
    plan: Plan


class IntentAgent:
    """Plans requests and carries them out. Thread-safe as far as its engine and bridge are.

    A request uses the tools of one or several sets by their names, of ``default`` where it names none.
    Raises UnknownToolSet and ToolNameClashError for ``default``.
    """

    def __init__(
        self,
        engine: Engine,
        bridge: Bridge,
        tool_sets: Mapping[str, ToolSet],
        *,
        default: Sequence[str] = (DEFAULT_TOOL_SET,),
        asking: Asking | None = None,
    ) -> None:
        self._engine = engine
        self._bridge = bridge
        self._tool_sets = dict(tool_sets)
        self._default = tuple(default)
        self._asking = asking
        self._known = tuple(
            tool
            for tool_set in tool_sets.values()
            for tool in tool_set.tools
            if tool.signature in engine.info.known
        )
        self._united = functools.lru_cache(_COMBINATIONS)(self._unite)
        self._united(self._default)

    @property
    def model(self) -> ModelInfo:
        """The model that plans."""
        return self._engine.info

    @property
    def bridge(self) -> Bridge:
        """The way to the phones."""
        return self._bridge

    @property
    def tool_sets(self) -> Mapping[str, ToolSet]:
        """The tool sets by name."""
        return self._tool_sets

    def tool_set_names(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return the names, each once, or the default where there are none."""
        return tuple(dict.fromkeys(names)) or self._default

    def tool_set(self, names: Iterable[str] = ()) -> ToolSet:
        """Return the tools of the named sets as one set; of the default where there are no names.

        Raises UnknownToolSet, and ToolNameClashError for sets that cannot be used together.
        """
        tool_set, _ = self._united(self.tool_set_names(names))
        return tool_set

    def plan(
        self,
        text: str,
        *,
        tool_sets: Iterable[str] = (),
        now: str = "",
        time_zone: str = "",
        history: tuple[Exchange, ...] = (),
        timeout: float | None = None,
        cancel: threading.Event | None = None,
    ) -> PlannedRequest:
        """Say which calls a request asks for.

        ``now`` is local time as YYYY-MM-DDTHH:MM:SS, this machine's clock where empty; ``time_zone`` an IANA
        name, this machine's where empty; ``timeout`` in seconds. Raises AgentError for text, time zone,
        moment or tool set that cannot be used, ToolNameClashError for tool sets that cannot be used together,
        and EngineError where the model gives no answer.
        """
        names = self.tool_set_names(tool_sets)
        _, planner = self._united(names)
        zone = time_zone or tzlocal.get_localzone_name()
        moment = _moment(now, zone)
        request = Request(
            text=text, now=moment, time_zone=zone, history=history, timeout=timeout, cancel=cancel
        )
        return PlannedRequest(text, names, moment, zone, planner.plan(request))

    def check_calls(self, calls: tuple[Call, ...], tool_sets: Iterable[str]) -> tuple[Tool, ...]:
        """Return the tools of calls that came from outside.

        Raises UnknownTool for a tool that the sets lack or whose schema has changed since the call was
        planned, and InvalidCallArguments for arguments that do not fit.
        """
        tool_set = self.tool_set(tool_sets)
        tools = []
        for call in calls:
            tool = tool_set.tool(call.name)
            if tool is None:
                raise UnknownTool(f"the tool set '{tool_set.name}' has no tool '{call.name}'", tool=call.name)
            if call.tool_hash and call.tool_hash != tool.hash:
                raise UnknownTool(
                    f"the tool '{call.name}' has changed since the call was planned; plan again",
                    tool=call.name,
                )
            check_arguments(tool, call)
            tools.append(tool)
        return tuple(tools)

    def execute(
        self,
        call: Call,
        tool: Tool,
        *,
        serial: str = "",
        time_zone: str = "",
        timeout: float = DISPATCH_SECONDS,
        confirmed: bool = False,
        before_sending: BeforeSending | None = None,
        after_sending: AfterSending | None = None,
    ) -> Outcome:
        """Carry one call out and say what happened.

        ``serial`` may be empty where one device is connected; ``time_zone`` is that of the call's times, this
        machine's where empty; ``confirmed`` agrees to a call that would wait for a yes; ``before_sending`` is
        called as its type says, and what it raises goes through. Raises BridgeError where nothing was done.
        """
        return self._bridge.execute(
            call,
            tool,
            serial=serial or None,
            time_zone=time_zone or tzlocal.get_localzone_name(),
            timeout=timeout,
            confirmed=confirmed,
            before_sending=before_sending,
            after_sending=after_sending,
        )

    def close(self) -> None:
        """Release the engine and the connections."""
        self._engine.close()
        self._bridge.close()

    def _unite(self, names: tuple[str, ...]) -> tuple[ToolSet, Planner]:
        tool_set = unite_named(names, self._tool_sets)
        return tool_set, Planner(self._engine, tool_set, self._known, self._asking)


def check_arguments(tool: Tool, call: Call) -> None:
    """Raise InvalidCallArguments where a call's arguments do not fit its tool."""
    if violations := validate(tool, call.arguments):
        raise InvalidCallArguments(tool.name, violations)


def _moment(now: str, time_zone: str) -> datetime:
    try:
        zone = ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UnknownTimeZone(
            f"'{time_zone}' is no time zone; write an IANA name such as 'Europe/Berlin'", time_zone=time_zone
        ) from error
    if not now:
        return datetime.now(zone).replace(tzinfo=None, microsecond=0)
    with suppress(ValueError):
        moment = datetime.fromisoformat(now)
        if moment.tzinfo is None:
            return moment.replace(microsecond=0)
    raise InvalidMoment(
        f"'{now}' is no local time; write YYYY-MM-DDTHH:MM:SS, a date that exists, and no offset", now=now
    )
