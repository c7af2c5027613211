"""What the model is told of a tool that it was not trained on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tools_schema._types import Parameter, Tool

__all__ = ["declaration"]


def declaration(tool: Tool) -> dict[str, Any]:
    """Return the tool as FunctionGemma's chat template takes it: ``{"function": {"name", …}}``.

    Types are upper-case and ``required`` is left out where it is empty, as in Google's Mobile Actions data
    set. Derived parameters are left out, because the model never writes them.
    """
    return {
        "function": {
            "name": tool.name,
            "description": tool.description,
            "parameters": {"type": "OBJECT", **_fields(tool.parameters)},
        }
    }


def _fields(parameters: Iterable[Parameter]) -> dict[str, Any]:
    written = [p for p in parameters if not p.derived]
    fields: dict[str, Any] = {"properties": {p.name: _property(p) for p in written}}
    if required := [p.name for p in written if p.required]:
        fields["required"] = required
    return fields


def _property(parameter: Parameter) -> dict[str, Any]:
    declared: dict[str, Any] = {"type": str(parameter.type)}
    if parameter.description:
        declared["description"] = parameter.description
    if parameter.one_of:
        declared["enum"] = list(parameter.one_of)
    if parameter.items:
        declared["items"] = _property(parameter.items)
    if parameter.properties:
        declared.update(_fields(parameter.properties))
    return declared
