"""The calls of a plan while they are made, and what became of the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.errors import InvalidValue, NoSuchDate
from agent.planning._plan import Missing
from agent.planning._values import Circumstances, resolve_arguments
from tools_schema import Call, validate

if TYPE_CHECKING:
    from agent.prompt import ParsedCall
    from tools_schema import Tool, ToolSet

__all__ = ["Drafts"]


class Drafts:
    """The calls of a plan while they are made, and what became of the others.

    ``written`` are the names of all tools that were called, ``unreadable`` tool and parameter of values for
    which a call was dropped, since they cannot be what the parameter is.
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
            return
        call = Call(tool.name, resolved.arguments, tool.hash)
        if self.calls[-1:] == [call]:
            self.problems.append(f"{tool.name}: the same call twice in a row; it is called once")
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
