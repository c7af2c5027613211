"""The calls of a plan while they are made, and what became of the others."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent.errors import InvalidValue, NoSuchDate
from agent.planning._plan import Missing
from agent.planning._values import Circumstances, resolve_arguments
from tools_schema import Call, Kind, validate

if TYPE_CHECKING:
    from agent.prompt import ParsedCall
    from tools_schema import Tool, ToolSet, Value

__all__ = ["Drafts"]


class Drafts:
    """The calls of a plan while they are made, and what became of the others.

    ``written`` are the names of all tools that were called, ``unreadable`` tool and parameter of values for
    which a call was dropped, since they cannot be what the parameter is or are outside its limits.
    """

    def __init__(self, tool_set: ToolSet, elsewhere: dict[str, Tool], circumstances: Circumstances) -> None:
        self._tool_set = tool_set
        self._elsewhere = elsewhere
        self._circumstances = circumstances
        self._no_such_date: NoSuchDate | None = None
        self.written: list[str] = []
        self.unreadable: list[tuple[str, str]] = []
        self.calls: list[Call] = []
        self.missing: list[Missing] = []
        self.problems: list[str] = []

    def add(self, written: ParsedCall) -> None:
        """Make a call canonical, and keep it where it is complete and valid."""
        self.written.append(written.name)
        tool = self._tool_set.tool(written.name)
        if tool is None:
            self.problems.append(self._not_in_set(written.name))
            return
        try:
            resolved = resolve_arguments(tool.parameters, written.arguments, self._circumstances)
        except InvalidValue as error:
            self.problems.append(f"{tool.name}: {error.message}")
            if isinstance(error, NoSuchDate):
                self._no_such_date = self._no_such_date or error
            else:
                self.unreadable.append((tool.name, error.metadata["parameter"]))
            return
        if resolved.missing:
            asked = (Missing(tool.name, parameter) for parameter in resolved.missing)
            self.missing += [missing for missing in asked if missing not in self.missing]
            return
        if violations := validate(tool, resolved.arguments):
            self.problems += [f"{tool.name}: {each.field}: {each.description}" for each in violations]
            self.unreadable += [(tool.name, re.split(r"[.\[]", each.field)[0]) for each in violations]
            return
        call = Call(tool.name, resolved.arguments, tool.hash)
        last = self.calls[-1] if self.calls else None
        if call == last:
            self.problems.append(f"{tool.name}: the same call twice in a row; it is called once")
        elif last and (whole := _halves(tool, last, call)):
            self.problems.append(f"{tool.name}: two calls, each with a part of the same; it is called once")
            self.calls[-1] = whole
        else:
            self.calls.append(call)

    def reason(self) -> str:
        """Return why nothing is called; raise NoSuchDate where that alone is why."""
        if self.calls:
            return ""
        if self.missing:
            wanted = ", ".join(f"{missing.parameter} of {missing.tool}" for missing in self.missing)
            return f"not said: {wanted}"
        if self._no_such_date is not None:
            raise self._no_such_date
        if self.problems:
            return "; ".join(self.problems)
        return f"no tool of the set `{self._tool_set.name}` serves this request"

    def _not_in_set(self, name: str) -> str:
        tool = self._elsewhere.get(name)
        package = f" ({tool.method.rpartition('.')[0]})" if tool else ""
        return f"{name}{package} is not in the tool set `{self._tool_set.name}`"


def _halves(tool: Tool, first: Call, second: Call) -> Call | None:
    """Return the one call that two of a tool are the halves of, or None.

    They have the same required arguments, and each has an optional one that the other lacks: a contact's
    number and, once more with its name, the mail address. Weekdays are no half: an alarm once and one every
    Saturday are two.
    """
    required = {parameter.name for parameter in tool.parameters if parameter.required}
    shared = first.arguments.keys() & second.arguments.keys()
    if first.tool_hash != second.tool_hash or not required or not required <= shared:
        return None
    if len(shared) in {len(first.arguments), len(second.arguments)}:
        return None
    different = first.arguments.keys() ^ second.arguments.keys()
    if any(p.kind is Kind.WEEKDAYS for p in tool.parameters if p.name in different):
        return None
    if any(_plain(first.arguments[name]) != _plain(second.arguments[name]) for name in shared):
        return None
    both = {**second.arguments, **first.arguments}
    arguments = {
        parameter.name: both[parameter.name] for parameter in tool.parameters if parameter.name in both
    }
    return None if validate(tool, arguments) else Call(tool.name, arguments, tool.hash)


def _plain(value: Value) -> Value:
    return value.casefold() if isinstance(value, str) else value
