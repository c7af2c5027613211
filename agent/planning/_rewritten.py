"""Values of some parameters of some tools, each written as a rule says: what such rules share."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from agent.prompt import ParsedCall
    from tools_schema import Parameter, Value

__all__ = ["rewritten"]


def rewritten(
    calls: Sequence[ParsedCall],
    tools: Mapping[str, Mapping[str, Parameter]],
    rule: Callable[[Value, Parameter], Value],
) -> Sequence[ParsedCall]:
    """Return calls with what ``rule`` makes of the values of ``tools``, their parameters by name.

    The rule gets each item of a list with the parameter of the items. Other values stay.
    """

    def of(value: Value, parameter: Parameter) -> Value:
        if isinstance(value, list | tuple):
            return [of(item, parameter.items or parameter) for item in value]
        return rule(value, parameter)

    return [
        replace(
            call,
            arguments={
                name: of(value, tools[call.name][name]) if name in tools[call.name] else value
                for name, value in call.arguments.items()
            },
        )
        if call.name in tools
        else call
        for call in calls
    ]
