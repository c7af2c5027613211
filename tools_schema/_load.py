"""Finds a tool set and loads it."""

from __future__ import annotations

import re
from pathlib import Path

from google.protobuf.descriptor_pb2 import FileDescriptorSet

from tools_schema._compile import SCHEMA_ROOT, compile_folder
from tools_schema._hash import set_hash
from tools_schema._tools import read_tools
from tools_schema._types import ToolSet
from tools_schema.errors import SchemaError, UnknownToolSetError

__all__ = ["built_in_tool_sets", "load_tool_set"]

_BUILT_IN = {
    "mobile_actions": "intentagent/tools/mobile_actions/v1",
    "phone": "intentagent/tools/phone/v1",
}
_VERSION = re.compile(r"v\d+\w*")


def built_in_tool_sets() -> tuple[str, ...]:
    """Return the names of the tool sets that come with the package, sorted."""
    return tuple(sorted(_BUILT_IN))


def load_tool_set(name_or_folder: str | Path) -> ToolSet:
    """Load a built-in tool set by its name, or the tool set that a folder of ``.proto`` files holds.

    A folder's set is named after the folder, or after the one above where the folder is a version (``v1``).
    It takes about 50 ms for the largest built-in set; nothing is kept, so that an edited file counts at once.

    Raises:
        UnknownToolSetError: Neither a built-in name nor a folder.
        SchemaError: The files do not describe tools.

    """
    if isinstance(name_or_folder, str) and name_or_folder in _BUILT_IN:
        return _load(SCHEMA_ROOT / _BUILT_IN[name_or_folder])
    folder = Path(name_or_folder)
    if folder.is_file():
        raise SchemaError("is a file: give the folder that holds it", file=str(folder))
    if not str(name_or_folder) or not folder.is_dir():
        raise UnknownToolSetError(str(name_or_folder), built_in_tool_sets())
    return _load(folder.resolve())


def _load(folder: Path) -> ToolSet:
    name = folder.parent.name if _VERSION.fullmatch(folder.name) else folder.name
    compiled = compile_folder(folder)
    tools = read_tools(compiled)
    if not tools:
        raise SchemaError(
            "has no tools: give a method the option (intentagent.tools.v1.tool)", file=str(folder)
        )
    descriptors = FileDescriptorSet(file=compiled.files).SerializeToString()
    return ToolSet(name, tools, set_hash(tools), descriptors)
