"""Tool sets by their names: which there are, and several of them as one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.errors import UnknownToolSet
from tools_schema import ToolSet, ToolSetClashError, built_in_tool_sets, load_tool_set, unite

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

__all__ = ["DEFAULT_TOOL_SET", "load_tool_sets", "unite_named"]

DEFAULT_TOOL_SET = "phone"


def load_tool_sets(folders: tuple[Path, ...]) -> dict[str, ToolSet]:
    """Return the built-in tool sets, and those in the folders in their order, by name.

    Raises ToolSchemaError; of its kinds ToolSetClashError where a folder's set has the name of another one.
    """
    loaded = {name: load_tool_set(name) for name in built_in_tool_sets()}
    for folder in folders:
        tool_set = load_tool_set(folder)
        if loaded.setdefault(tool_set.name, tool_set) != tool_set:
            raise ToolSetClashError(tool_set.name, str(folder))
    return loaded


def unite_named(names: Iterable[str], tool_sets: Mapping[str, ToolSet]) -> ToolSet:
    """Return the tools of the named sets as one set.

    Raises UnknownToolSet, and ToolNameClashError for sets that cannot be used together.
    """
    chosen = []
    for name in names:
        if name not in tool_sets:
            known = ", ".join(sorted(tool_sets))
            raise UnknownToolSet(f"there is no tool set '{name}'; there are: {known}", tool_set=name)
        chosen.append(tool_sets[name])
    return unite(chosen)
