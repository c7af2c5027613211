"""Several tool sets as one, for a request that may use the tools of all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools_schema._hash import set_hash
from tools_schema._types import ToolSet
from tools_schema.errors import ToolNameClashError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tools_schema._types import Tool

__all__ = ["unite"]


def unite(tool_sets: Sequence[ToolSet]) -> ToolSet:
    """Return the set of the tools of all sets, of which there is at least one.

    Its name is those of the sets with ``+`` between them, and its hash covers all its tools. A tool that two
    sets have with one signature is one tool, and the set that comes later says what it does on the phone.

    Raises:
        ToolNameClashError: Two sets have tools of one name that are called in different ways.

    """
    if len(tool_sets) == 1:
        return tool_sets[0]
    found: dict[str, tuple[ToolSet, Tool]] = {}
    for tool_set in tool_sets:
        for tool in tool_set.tools:
            other_set, other = found.get(tool.name, (tool_set, tool))
            if other.signature != tool.signature:
                raise ToolNameClashError(
                    tool.name, (other_set.name, other.source), (tool_set.name, tool.source)
                )
            found[tool.name] = (tool_set, tool)
    tools = tuple(found[name][1] for name in sorted(found))
    return ToolSet("+".join(tool_set.name for tool_set in tool_sets), tools, set_hash(tools))
