"""The options of ``annotations.proto`` as typed values: the one place that knows the generated code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, cast

from tools_schema._types import ExtraForm, Kind, Operation, ReadBack, Risk, Tile
from tools_schema.intentagent.tools.v1 import annotations_pb2

if TYPE_CHECKING:
    from enum import StrEnum

    from google.protobuf.descriptor_pb2 import FieldOptions, MethodOptions
    from google.protobuf.internal.enum_type_wrapper import EnumTypeWrapper

    from tools_schema.intentagent.tools.v1.annotations_pb2 import ParameterRule, ToolRule

__all__ = [
    "extra_form",
    "kind",
    "operation",
    "parameter_rule",
    "read_back",
    "risk",
    "tile",
    "tool_rule",
]

_E = TypeVar("_E", bound="StrEnum")

# protoc types extensions as plain descriptors, which the stubs of protobuf do not take as keys.
_TOOL = cast("Any", annotations_pb2.tool)
_PARAMETER = cast("Any", annotations_pb2.param)


def tool_rule(options: MethodOptions) -> ToolRule | None:
    """Return the rule of a method, or None where the method is no tool."""
    return cast("ToolRule", options.Extensions[_TOOL]) if options.HasExtension(_TOOL) else None


def parameter_rule(options: FieldOptions) -> ParameterRule:
    """Return the rule of a field; an empty one where the field has none."""
    return cast("ParameterRule", options.Extensions[_PARAMETER])


def risk(rule: ToolRule) -> Risk:
    """Return the risk; READ where unsaid."""
    return _member(annotations_pb2.Risk, rule.risk, "RISK_", Risk) or Risk.READ


def read_back(rule: ToolRule) -> ReadBack:
    """Return what is read back; NONE where unsaid."""
    return _member(annotations_pb2.ReadBack, rule.read_back, "READ_BACK_", ReadBack) or ReadBack.NONE


def operation(rule: ToolRule) -> Operation | None:
    """Return the operation, or None where it is unspecified."""
    return _member(annotations_pb2.Operation, rule.operation, "OPERATION_", Operation)


def tile(rule: ToolRule) -> Tile | None:
    """Return the tile, or None where it is unspecified."""
    return _member(annotations_pb2.Tile, rule.tile.tile, "TILE_", Tile)


def kind(rule: ParameterRule) -> Kind | None:
    """Return the kind, or None where it is unspecified."""
    return _member(annotations_pb2.Kind, rule.kind, "KIND_", Kind)


def extra_form(extra: annotations_pb2.ParameterExtra) -> ExtraForm:
    """Return the form of an extra; PLAIN where unsaid."""
    return _member(annotations_pb2.ExtraForm, extra.form, "EXTRA_FORM_", ExtraForm) or ExtraForm.PLAIN


def _member(wrapper: object, number: int, prefix: str, enum: type[_E]) -> _E | None:
    if number == 0:
        return None
    name = cast("EnumTypeWrapper", wrapper).Name(number)
    return enum(name.removeprefix(prefix))
