"""Earlier calls as the planner shows them to the model: resolved, then written in closed time language."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from agent.model.data._tools import Call
from agent.planning import Exchange
from agent.planning._conversation import conversation, spans
from agent.planning._values import Circumstances, resolve_arguments
from tools_schema import Call as CanonicalCall
from tools_schema import ToolSet, load_tool_set

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

_FIRST_DAY = datetime(2024, 1, 1)
_MINUTES = 3 * 365 * 24 * 60


@cache
def _phone() -> ToolSet:
    return load_tool_set("phone")


def as_remembered(
    calls: Sequence[Call], text: str, rng: random.Random, before: Sequence[Call] = ()
) -> tuple[Call, ...]:
    """Return the calls of a request as they stand in the next request's prompt.

    ``before`` are the calls in its own prompt: an end that is copied from them moves with its start.

    The planner resolves calls when they are made, at some moment (drawn here), and later shows the model the
    canonical values in the closed time language: dates and times in ISO 8601, a time of day as ``7:15``.

    Raises:
        InvalidValue: there is no such moment, as for 29 February of a common year.

    """
    now = _FIRST_DAY + timedelta(minutes=rng.randrange(_MINUTES))
    earlier = [CanonicalCall(call.name, call.arguments) for call in before]
    circumstances = Circumstances(now, ZoneInfo("UTC"), (text,), spans(earlier, _phone()))
    return tuple(_remembered(call, text, circumstances) for call in calls)


def _remembered(call: Call, text: str, circumstances: Circumstances) -> Call:
    tool = _phone().tool(call.name)
    if tool is None or not call.arguments:
        return call
    resolved = resolve_arguments(tool.parameters, call.arguments, circumstances)
    exchange = Exchange(text, (CanonicalCall(call.name, resolved.arguments),))
    messages = conversation("", (exchange,), _phone())
    return Call(call.name, messages[1]["tool_calls"][0]["function"]["arguments"])
