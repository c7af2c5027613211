"""What can go wrong with a tool set, as one tree.

Every class names the gRPC status code and the ``google.rpc.ErrorInfo`` reason that a client sees::

    ToolSchemaError
    ├── SchemaError            a .proto file that does not describe tools
    ├── UnknownToolSetError    neither a built-in tool set nor a folder
    ├── UnknownToolError       a tool that the set does not have
    ├── ToolSetClashError      two tool sets of one name
    └── ToolNameClashError     sets that cannot be used together
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from tools_schema._types import ToolSet

__all__ = [
    "SchemaError",
    "ToolNameClashError",
    "ToolSchemaError",
    "ToolSetClashError",
    "UnknownToolError",
    "UnknownToolSetError",
]


class ToolSchemaError(Exception):
    """Any error of a tool set: INVALID_ARGUMENT, TOOL_SCHEMA_ERROR.

    ``message`` is one line for a person and says what to do; ``metadata`` holds the facts for a program.
    """

    code: ClassVar[str] = "INVALID_ARGUMENT"
    reason: ClassVar[str] = "TOOL_SCHEMA_ERROR"

    def __init__(self, message: str, **metadata: str) -> None:
        super().__init__(message)
        self.message = message
        self.metadata = metadata


class SchemaError(ToolSchemaError):
    """A ``.proto`` file that does not describe tools: INVALID_ARGUMENT, INVALID_SCHEMA.

    The message names file, line and element, and says what to write instead. ``metadata`` has ``file``,
    ``line`` (from 1; empty where no line is to blame) and ``element`` (``SetAlarmRequest.time``).
    """

    reason = "INVALID_SCHEMA"

    def __init__(self, problem: str, *, file: str, line: int | None = None, element: str = "") -> None:
        place = file if line is None else f"{file}:{line}"
        where = f"{place}: {element}" if element else place
        super().__init__(
            f"{where}: {problem}", file=file, line="" if line is None else str(line), element=element
        )


class UnknownToolSetError(ToolSchemaError):
    """Neither a built-in tool set nor a folder: NOT_FOUND, UNKNOWN_TOOL_SET.

    ``metadata`` has ``tool_set``, the name that was asked for.
    """

    code = "NOT_FOUND"
    reason = "UNKNOWN_TOOL_SET"

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        super().__init__(
            f"no tool set {name!r}: write one of {', '.join(known)}, or the path of a folder of .proto files",
            tool_set=name,
        )


class UnknownToolError(ToolSchemaError):
    """A tool that the set does not have: NOT_FOUND, UNKNOWN_TOOL.

    ``metadata`` has ``tool`` and ``tool_set``.
    """

    code = "NOT_FOUND"
    reason = "UNKNOWN_TOOL"

    def __init__(self, name: str, tool_set: ToolSet) -> None:
        names = [tool.name for tool in tool_set.tools]
        near = get_close_matches(name, names) or names
        super().__init__(
            f"tool set {tool_set.name!r} has no tool {name!r}: write {' or '.join(near)}",
            tool=name,
            tool_set=tool_set.name,
        )


class ToolSetClashError(ToolSchemaError):
    """A folder's tool set has the name of another, or a built-in one: INVALID_ARGUMENT, TOOL_SET_CLASH.

    ``metadata`` has ``tool_set`` and ``folder``.
    """

    reason = "TOOL_SET_CLASH"

    def __init__(self, name: str, folder: str) -> None:
        super().__init__(
            f"{folder}: there is another tool set named {name!r}: rename the folder",
            tool_set=name,
            folder=folder,
        )


class ToolNameClashError(ToolSchemaError):
    """Two sets with tools of one name that are called in different ways: INVALID_ARGUMENT, TOOL_NAME_CLASH.

    ``metadata`` has ``tool``, ``tool_set`` and ``source``, and ``other_tool_set`` and ``other_source``.
    """

    reason = "TOOL_NAME_CLASH"

    def __init__(self, tool: str, other: tuple[str, str], own: tuple[str, str]) -> None:
        other_set, other_source = other
        own_set, own_source = own
        super().__init__(
            f"the tool sets {other_set!r} ({other_source}) and {own_set!r} ({own_source}) both have a tool "
            f"{tool!r}, with different parameters: rename one, or use one of the sets alone",
            tool=tool,
            tool_set=own_set,
            source=own_source,
            other_tool_set=other_set,
            other_source=other_source,
        )
