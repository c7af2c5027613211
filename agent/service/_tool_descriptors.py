"""The descriptors that the server speaks of: its own services' and those of the tool sets."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from google.protobuf import descriptor_pool, message_factory
from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet
from google.rpc import error_details_pb2

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from google.protobuf.descriptor import Descriptor, FileDescriptor
    from google.protobuf.descriptor_pb2 import DescriptorProto
    from google.protobuf.message import Message

    from tools_schema import ToolSet

__all__ = ["request_classes", "server_pool"]

_LOG = logging.getLogger(__name__)

_SHARED = ("google/", "intentagent/")
"""Files with one meaning everywhere; the others are a user's, and two sets may have a file of one name."""


def server_pool(
    services: Iterable[str], tool_sets: Mapping[str, ToolSet]
) -> tuple[descriptor_pool.DescriptorPool, frozenset[str]]:
    """Return a pool with the files of services that this program has, of error details, and of tool sets.

    Also returns the names of the tool sets that are in it: one that declares a message or service of the
    same name as an earlier set is left out, which is logged.
    """
    pool = descriptor_pool.DescriptorPool()
    added: set[str] = set()
    for service in services:
        _add_own(pool, descriptor_pool.Default().FindServiceByName(service).file, added)
    # So that whoever knows the service by reflection alone can read what an error carries.
    _add_own(pool, error_details_pb2.DESCRIPTOR, added)
    served = {name for name, tool_set in tool_sets.items() if _add_tool_set(pool, tool_set, added)}
    return pool, frozenset(served)


def request_classes(pool: descriptor_pool.DescriptorPool, tool_set: ToolSet) -> dict[str, type[Message]]:
    """Return the class of the request of each tool's RPC, by the RPC's full name ("pkg.Service/Method")."""
    classes = {}
    for tool in tool_set.tools:
        service, _, method = tool.method.partition("/")
        request = pool.FindServiceByName(service).methods_by_name[method].input_type
        classes[tool.method] = message_factory.GetMessageClass(request)
    return classes


def _add_own(pool: descriptor_pool.DescriptorPool, file: FileDescriptor, added: set[str]) -> None:
    if file.name in added:
        return
    added.add(file.name)
    for dependency in file.dependencies:
        _add_own(pool, dependency, added)
    proto = FileDescriptorProto()
    file.CopyToProto(proto)
    for message in proto.message_type:
        _add_json_names(message, file.message_types_by_name[message.name])
    pool.Add(proto)


def _add_json_names(proto: DescriptorProto, message: Descriptor) -> None:
    # protoc leaves them out of the Python code, and clients that go by reflection write what they find.
    for field in proto.field:
        field.json_name = message.fields_by_name[field.name].json_name
    for nested in proto.nested_type:
        _add_json_names(nested, message.nested_types_by_name[nested.name])


def _add_tool_set(pool: descriptor_pool.DescriptorPool, tool_set: ToolSet, added: set[str]) -> bool:
    for file in FileDescriptorSet.FromString(tool_set.descriptors).file:
        file.name = _file_name(tool_set, file.name)
        file.dependency[:] = [_file_name(tool_set, name) for name in file.dependency]
        if file.name in added:
            continue
        try:
            pool.Add(file)
        except TypeError as error:
            _LOG.warning("the methods of the tool set '%s' cannot be called: %s", tool_set.name, error)
            return False
        added.add(file.name)
    return True


def _file_name(tool_set: ToolSet, name: str) -> str:
    return name if name.startswith(_SHARED) else f"{tool_set.name}/{name}"
