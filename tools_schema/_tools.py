"""Reads the tools of compiled files."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tools_schema import _rules
from tools_schema._check import check_tool
from tools_schema._hash import tool_hash, tool_signature
from tools_schema._index import Index
from tools_schema._parameters import read_parameters
from tools_schema._types import Extra, ExtraType, IntentRule, OperationRule, Target, TileRule, Tool
from tools_schema._words import description, snake_case

if TYPE_CHECKING:
    from google.protobuf.descriptor_pb2 import MethodDescriptorProto

    from tools_schema._compile import Compiled
    from tools_schema._index import Place
    from tools_schema.intentagent.tools.v1 import annotations_pb2

__all__ = ["read_tools"]

_EXTRA_TYPES = {
    "string_value": ExtraType.STRING,
    "bool_value": ExtraType.BOOL,
    "int_value": ExtraType.INT,
    "long_value": ExtraType.LONG,
}


def read_tools(compiled: Compiled) -> tuple[Tool, ...]:
    """Read the tools of the compiled files' own services, sorted by name.

    Raises:
        SchemaError: A method or field does not describe a tool, or two tools have the same name.

    """
    index = Index.of(compiled.files)
    tools: dict[str, Tool] = {}
    places: dict[str, Place] = {}
    for source in index.sources:
        if source.proto.name not in compiled.own:
            continue
        for service, method, place in source.methods():
            proto = source.proto.service[service].method[method]
            rule = _rules.tool_rule(proto.options)
            if rule is None:
                continue
            full_name = f"{source.proto.package}.{source.proto.service[service].name}/{proto.name}".lstrip(
                "."
            )
            tool = _tool(place, proto, rule, index, full_name)
            if other := places.get(tool.name):
                raise place.error(
                    f"is the tool {tool.name!r}, and so is {other.element} "
                    f"in {other.file}:{other.line}: rename one"
                )
            tools[tool.name] = tool
            places[tool.name] = place
    return tuple(tools[name] for name in sorted(tools))


def _tool(
    place: Place,
    proto: MethodDescriptorProto,
    rule: annotations_pb2.ToolRule,
    index: Index,
    full_name: str,
) -> Tool:
    if proto.client_streaming or proto.server_streaming:
        raise place.error("streams, and a call is one request with one answer: leave `stream` out")
    tool = Tool(
        name=snake_case(proto.name),
        description=description(place, rule.description),
        parameters=read_parameters(proto.input_type, index),
        method=full_name,
        risk=_rules.risk(rule),
        read_back=_rules.read_back(rule),
        target=_target(place, rule),
        private=rule.private,
    )
    check_tool(tool, place, index.messages[proto.input_type])
    return replace(
        tool,
        hash=tool_hash(tool),
        signature=tool_signature(tool),
        source=place.file if place.line is None else f"{place.file}:{place.line}",
    )


def _target(place: Place, rule: annotations_pb2.ToolRule) -> Target | None:
    match rule.WhichOneof("target"):
        case "intent":
            return IntentRule(
                rule.intent.action,
                rule.intent.data,
                rule.intent.mime_type,
                tuple(rule.intent.categories),
                tuple(_extra(place, extra) for extra in rule.intent.extras),
            )
        case "operation":
            if (operation := _rules.operation(rule)) is None:
                raise place.error("names no operation: write one of the OPERATION_… of annotations.proto")
            return OperationRule(operation)
        case "tile":
            if (tile := _rules.tile(rule)) is None:
                raise place.error("names no tile: write one of the TILE_… of annotations.proto")
            return TileRule(tile, rule.tile.on)
        case _:
            return None


def _extra(place: Place, extra: annotations_pb2.Extra) -> Extra:
    if not extra.key:
        raise place.error("an extra of the intent has no key: write the key in full")
    if (name := extra.WhichOneof("value")) is None:
        raise place.error(
            f"the extra {extra.key} has no value: write string_value, bool_value, int_value or long_value"
        )
    value: str | bool | int = getattr(extra, name)
    return Extra(extra.key, _EXTRA_TYPES[name], value)
