"""A request and what came before it, as the messages of a prompt."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from agent.prompt._history import exchange_messages
from tools_schema import Call, Kind, Parameter, Tool, Value, ValueType

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from agent.planning._plan import Exchange
    from tools_schema import ToolSet

__all__ = ["conversation", "moments", "spans"]


def conversation(text: str, history: Sequence[Exchange], tool_set: ToolSet) -> list[dict[str, Any]]:
    """Return the messages of a request after its history, oldest first.

    Canonical values of earlier calls are written as the model writes them, as far as they still say what
    was said; arguments of tools that the set lacks are taken as they are.
    """
    messages: list[dict[str, Any]] = []
    for exchange in history:
        calls = [(call.name, _written_arguments(call, tool_set.tool(call.name))) for call in exchange.calls]
        messages += exchange_messages(
            exchange.text, calls, [missing.parameter for missing in exchange.missing]
        )
    return [*messages, {"role": "user", "content": text}]


def spans(calls: Iterable[Call], tool_set: ToolSet) -> tuple[tuple[datetime, datetime], ...]:
    """Return start and end of what calls made, where both were said."""
    found = []
    for call in calls:
        tool = tool_set.tool(call.name)
        ends_of = [parameter for parameter in tool.parameters if parameter.relative_to] if tool else []
        for parameter in ends_of:
            times = call.arguments.get(parameter.relative_to), call.arguments.get(parameter.name)
            try:
                begins, ends = (datetime.fromisoformat(str(time)).replace(tzinfo=None) for time in times)
            except ValueError:
                continue  # one of them was not said
            if begins < ends:
                found.append((begins, ends))
    return tuple(found)


def moments(calls: Iterable[Call], tool_set: ToolSet) -> tuple[datetime, ...]:
    """Return when what calls made begins, where a time of day was said."""
    found = []
    for call in calls:
        tool = tool_set.tool(call.name)
        for parameter in tool.parameters if tool else ():
            if parameter.kind is not Kind.DATE_TIME or parameter.relative_to:
                continue
            try:
                begins = datetime.fromisoformat(str(call.arguments.get(parameter.name)))
            except ValueError:
                continue  # it was not said, or a client's own history has something else
            if tool and not _is_all_day(call, tool, parameter.name):
                found.append(begins.replace(tzinfo=None))
    return tuple(found)


def _written_arguments(call: Call, tool: Tool | None) -> dict[str, Value]:
    if tool is None:
        return dict(call.arguments)
    written: dict[str, Value] = {}
    for name, value in call.arguments.items():
        parameter = tool.parameter(name)
        if parameter is None or parameter.derived:
            continue
        written[name] = _written(value, parameter, all_day=_is_all_day(call, tool, name))
    return written


def _is_all_day(call: Call, tool: Tool, name: str) -> bool:
    return any(
        other.all_day_of == name and call.arguments.get(other.name) is True for other in tool.parameters
    )


def _written(value: Value, parameter: Parameter, *, all_day: bool) -> Value:
    """Return a canonical value in the closed time language; other values are written as they are."""
    match parameter.kind, value:
        case Kind.DATE_TIME, str() if all_day:
            return value.partition("T")[0]
        case Kind.TIME_OF_DAY, str():
            return value.removeprefix("0")
        case Kind.DURATION, int() if parameter.type is ValueType.INTEGER:
            return _written_duration(value)
        case Kind.WEEKDAYS, [*days]:
            return [str(day).lower() for day in days]
        case _:
            return value


def _written_duration(seconds: int) -> str:
    whole = timedelta(seconds=seconds)
    amounts = {
        "d": whole.days,
        "h": whole.seconds // 3_600,
        "m": whole.seconds // 60 % 60,
        "s": whole.seconds % 60,
    }
    return "".join(f"{amount}{unit}" for unit, amount in amounts.items() if amount) or "0s"
