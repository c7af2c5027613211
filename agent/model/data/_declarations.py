"""How an invented tool is declared: in which style of names, with how many words."""

from __future__ import annotations

import string
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.model.data._inventions import TYPES
from agent.prompt._declarations import RESERVED

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Mapping

    from agent.model.data._inventions import InventedParameter, InventedTool
    from agent.model.data._tools import Json

MASKED = 0.25
"""How often the names of a declared tool and its parameters are replaced by meaningless ones."""

BARE = 0.1
"""How often the parameters of a tool that keeps its names are not described."""

MORE_WORDS = 0.3
"""How often a parameter's description gets words about its default or its choices."""

AS_NUMBERS = 0.15
"""How often a tool's integers are declared as numbers: whole values stay as they are."""


@dataclass(frozen=True, slots=True)
class Declared:
    """An invented tool as one row declares it; ``names`` gives the declared name of each parameter."""

    tool: InventedTool
    name: str
    names: Mapping[str, str]
    declaration: Json


class Declarer:
    """Declares invented tools in changing styles."""

    def __init__(self, words: Mapping[str, tuple[str, ...]], rng: random.Random) -> None:
        self._words = words
        self._rng = rng

    def style(self) -> str:
        """Draw the style of names of one row's tools."""
        return self._rng.choices(("snake", "dotted", "camel", "pascal"), (58, 22, 15, 5))[0]

    def declare(self, tool: InventedTool, style: str) -> Declared:
        """Return a tool declared in a style of names, or with masked names."""
        masked = self._rng.random() < MASKED
        if masked:
            name, names = self._masked(tool)
        else:
            name = self._tool_name(tool, style)
            change: Callable[[str], str] = camel if style in {"camel", "pascal"} else str
            names = {p.name: change(p.name) for p in tool.parameters}
        bare = not masked and self._rng.random() < BARE
        as_numbers = self._rng.random() < AS_NUMBERS
        properties: dict[str, Json] = {}
        for parameter in tool.parameters:
            type_, items = TYPES[parameter.kind]
            if as_numbers and parameter.kind == "integer":
                type_ = "NUMBER"
            declared: dict[str, Json] = {
                "type": type_,
                "description": "" if bare else self._description(parameter),
            }
            if parameter.choices:
                declared["enum"] = list(parameter.choices)
            if items:
                declared["items"] = {"type": items}
            properties[names[parameter.name]] = declared
        parameters: dict[str, Json] = {"type": "OBJECT", "properties": properties}
        if required := [names[p.name] for p in tool.parameters if p.required]:
            parameters["required"] = required
        function: dict[str, Json] = {"name": name, "description": tool.description, "parameters": parameters}
        return Declared(tool, name, names, {"function": function})

    def _masked(self, tool: InventedTool) -> tuple[str, dict[str, str]]:
        names: dict[str, str] = {}
        for number, parameter in enumerate(tool.parameters):
            name = self._word(f"p{number}")
            while name in RESERVED or name in names.values():
                name = self._word(f"p{number}")
            names[parameter.name] = name
        return self._word(f"tool_{self._rng.randint(1, 99)}"), names

    def _word(self, short: str) -> str:
        if self._rng.random() < 0.4:
            return short
        return "".join(self._rng.choice(string.ascii_lowercase) for _ in range(self._rng.randint(4, 8)))

    def _tool_name(self, tool: InventedTool, style: str) -> str:
        if style == "dotted" and "." not in tool.name:
            verb, _, rest = tool.name.partition("_")
            return f"{rest}.{verb}" if rest and self._rng.random() < 0.4 else f"{tool.file}.{tool.name}"
        if style == "camel":
            return camel(tool.name)
        if style == "pascal":
            return camel(f"_{tool.name}")
        return tool.name

    def _description(self, parameter: InventedParameter) -> str:
        """Return the description, at times with its default or choices in words where the file has none."""
        text = parameter.description
        if self._rng.random() >= MORE_WORDS:
            return text
        default = parameter.choices[0] if parameter.choices else "false"
        if not parameter.required and parameter.kind in {"enum", "boolean"} and "efault" not in text:
            return self._with("default", text, default)
        if parameter.choices:
            return self._with("choices", text, ", ".join(parameter.choices))
        return text

    def _with(self, section: str, text: str, value: str) -> str:
        words = self._words.get(section)
        return f"{text} {self._rng.choice(words).replace('{1}', value)}" if words else text


def camel(name: str) -> str:
    """Return a name in camel case: ``find_hotel`` becomes ``findHotel``; a leading ``_`` gives a capital."""
    first, *rest = name.split("_")
    return first + "".join(word[:1].upper() + word[1:] for word in rest)
