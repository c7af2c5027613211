"""BFCL's functions as tools, and calls of those tools back in BFCL's form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from agent.errors import EvaluationFileError
from agent.prompt._declarations import RESERVED
from tools_schema import Parameter, Tool, ToolSet, Value, ValueType

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tools_schema import Call

__all__ = ["bfcl_call", "bfcl_tool_set"]

_TYPES: Final = {
    "string": ValueType.STRING,
    "any": ValueType.STRING,
    "integer": ValueType.INTEGER,
    "float": ValueType.NUMBER,
    "boolean": ValueType.BOOLEAN,
    "array": ValueType.ARRAY,
    "tuple": ValueType.ARRAY,
    "dict": ValueType.OBJECT,
}


def bfcl_tool_set(functions: Iterable[Mapping[str, Any]]) -> ToolSet:
    """Return functions as a tool set that no model knows, so that all of them are declared.

    Dots of a name become underscores, as BFCL itself writes them for models that cannot have dots. A
    parameter that FunctionGemma's template would leave out (``type``) gets an underscore at its end. A
    dictionary without fields can only be written empty: our grammar has no free keys.

    Raises EvaluationFileError for a function that cannot be expressed.
    """
    tools = sorted((_tool(function) for function in functions), key=lambda tool: tool.name)
    return ToolSet("bfcl", tuple(tools))


def bfcl_call(call: Call, tool_set: ToolSet) -> dict[str, dict[str, Any]]:
    """Return a call as BFCL's checker takes it, ``{name: {argument: value}}``.

    Parameters have their own names again. Numbers of a parameter that is a float are floats, also in lists.
    """
    tool = tool_set.tool(call.name)
    return {call.name: _fields(tool.parameters if tool else (), call.arguments)}


def _tool(function: Mapping[str, Any]) -> Tool:
    try:
        return Tool(
            name=function["name"].replace(".", "_"),
            description=function["description"],
            parameters=_parameters(function["parameters"]),
            method=function["name"],
        )
    except (LookupError, TypeError, AttributeError) as error:
        raise EvaluationFileError(f"a function cannot be made a tool: {error!r}") from error


def _parameters(schema: Mapping[str, Any]) -> tuple[Parameter, ...]:
    required = schema.get("required", ())
    return tuple(
        _parameter(_written(name), field, required=name in required)
        for name, field in schema.get("properties", {}).items()
    )


def _parameter(name: str, schema: Mapping[str, Any], *, required: bool = False) -> Parameter:
    kind = _TYPES[schema["type"]]
    is_list = kind is ValueType.ARRAY
    return Parameter(
        name=name,
        type=kind,
        description=schema.get("description", ""),
        required=required,
        one_of=tuple(schema.get("enum", ())) if kind is ValueType.STRING else (),
        items=_parameter("", schema["items"]) if is_list else None,
        properties=_parameters(schema) if kind is ValueType.OBJECT else (),
    )


def _fields(parameters: Sequence[Parameter], arguments: Mapping[str, Value]) -> dict[str, Any]:
    types = {parameter.name: parameter for parameter in parameters}
    return {_own(name): _value(types.get(name), value) for name, value in arguments.items()}


def _value(parameter: Parameter | None, value: Value) -> Any:
    if parameter is None:
        return value
    if isinstance(value, Mapping):
        return _fields(parameter.properties, value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_value(parameter.items, item) for item in value]
    if parameter.type is ValueType.NUMBER and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return value


def _written(name: str) -> str:
    return f"{name}_" if name in RESERVED else name


def _own(name: str) -> str:
    return name.removesuffix("_") if name.removesuffix("_") in RESERVED else name
