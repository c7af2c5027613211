"""How an invented tool is declared: in which style of names, with how many words."""

from __future__ import annotations

import re
import string
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.model.data._inventions import TYPES
from agent.prompt._declarations import RESERVED

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Collection, Mapping

    from agent.model.data._inventions import InventedParameter, InventedTool
    from agent.model.data._tools import Json

MASKED = 0.16
"""How often the names of a declared tool and its parameters are replaced by meaningless ones."""

RENAMED = 0.4
"""How often the words of a tool's names give way to other words for the same."""

BARE = 0.1
"""How often the parameters of a tool that keeps its names are not described."""

MORE_WORDS = 0.3
"""How often a parameter's description gets words about its default or its choices."""

AS_NUMBERS = 0.15
"""How often a tool's integers are declared as numbers: whole values stay as they are."""

LEAN = 0.5
"""How often a row's tools come without some of the parameters that nobody says, and in a long row always."""

MANY = 4
"""How many declared tools make a row long."""

ORDERED = 0.35
"""How often a tool's description is an order ("Turn on …" for "Turns on …")."""

RESPELT = 0.3
"""How often a parameter's choices are spelt in another way than in the file (``WARM_WHITE``)."""

_WORD = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")


@dataclass(frozen=True, slots=True)
class Style:
    """What the declarations of one row have in common: how names are written, how much is said."""

    names: str
    lean: bool = False
    bare: bool = False


@dataclass(frozen=True, slots=True)
class Declared:
    """An invented tool as one row declares it.

    ``names`` gives the declared name of each parameter that is declared, ``choices`` the declared spelling of
    the choices of those that have some.
    """

    tool: InventedTool
    name: str
    names: Mapping[str, str]
    declaration: Json
    choices: Mapping[str, Mapping[str, str]]


class Declarer:
    """Declares invented tools in changing styles.

    ``words`` are the sources of a language's ``_words.txt``.
    """

    def __init__(self, words: Mapping[str, tuple[str, ...]], rng: random.Random) -> None:
        self._words = words
        self._rng = rng
        pairs = [line.partition(":") for line in words.get("names", ())]
        self._others = {word.strip(): others.replace(",", " ").split() for word, _, others in pairs}
        orders = [line.partition(":") for line in words.get("orders", ())]
        self._orders = {verb.strip(): order.strip() for verb, _, order in orders}

    def style(self, count: int = 1) -> Style:
        """Draw the style of a row that declares ``count`` tools: the more, the fewer words."""
        names = self._rng.choices(("snake", "dotted", "camel", "pascal"), (64, 16, 15, 5))[0]
        lean = count >= MANY or self._rng.random() < LEAN
        return Style(names, lean, bare=count >= MANY and self._rng.random() < 0.5)

    def declare(self, tool: InventedTool, style: Style) -> Declared:
        """Return a tool declared in a style; one of its phrases at least can be said of what is left."""
        said = self._rng.choice(tool.lines) if style.lean else None
        parameters = tool.parameters
        if said is not None:
            kept = tool.said_by(said)
            parameters = tuple(
                p for p in parameters if p.required or p.name in kept or self._rng.random() < 0.35
            )
        masked = self._rng.random() < MASKED
        name, names = self._masked(parameters) if masked else self._named(tool, parameters, style.names)
        bare = not masked and (style.bare or self._rng.random() < BARE)
        as_numbers = self._rng.random() < AS_NUMBERS
        properties: dict[str, Json] = {}
        choices: dict[str, Mapping[str, str]] = {}
        for parameter in parameters:
            type_, items = TYPES[parameter.kind]
            if as_numbers and parameter.kind == "integer":
                type_ = "NUMBER"
            spelt = self._spelt(parameter)
            description = "" if bare else self._described(parameter, tuple(spelt.values()))
            declared: dict[str, Json] = {"type": type_, "description": description}
            if spelt:
                choices[parameter.name] = spelt
                declared["enum"] = list(spelt.values())
            if items:
                declared["items"] = {"type": items}
            properties[names[parameter.name]] = declared
        schema: dict[str, Json] = {"type": "OBJECT", "properties": properties}
        if required := [names[p.name] for p in parameters if p.required]:
            schema["required"] = required
        function: dict[str, Json] = {
            "name": name,
            "description": self._purpose(tool.description, short=style.bare),
            "parameters": schema,
        }
        return Declared(tool, name, names, {"function": function}, choices)

    def _masked(self, parameters: Collection[InventedParameter]) -> tuple[str, dict[str, str]]:
        names: dict[str, str] = {}
        for number, parameter in enumerate(parameters):
            name = self._letters(f"p{number}")
            while name in RESERVED or name in names.values():
                name = self._letters(f"p{number}")
            names[parameter.name] = name
        return self._letters(f"tool_{self._rng.randint(1, 99)}"), names

    def _letters(self, short: str) -> str:
        if self._rng.random() < 0.4:
            return short
        return "".join(self._rng.choice(string.ascii_lowercase) for _ in range(self._rng.randint(4, 8)))

    def _named(
        self, tool: InventedTool, parameters: Collection[InventedParameter], style: str
    ) -> tuple[str, dict[str, str]]:
        """Return the tool's and the parameters' names in a style, at times in other words."""
        renamed = self._rng.random() < RENAMED
        change: Callable[[str], str] = camel if style in {"camel", "pascal"} else str
        names: dict[str, str] = {}
        for parameter in parameters:
            name = change(self._renamed(parameter.name) if renamed else parameter.name)
            taken = {*names.values(), *RESERVED, *(change(p.name) for p in parameters if p is not parameter)}
            names[parameter.name] = change(parameter.name) if name in taken else name
        return self._tool_name(self._renamed(tool.name) if renamed else tool.name, tool.file, style), names

    def _renamed(self, name: str) -> str:
        """Return a name with some of its words replaced by the language's other words for the same."""

        def other(match: re.Match[str]) -> str:
            others = self._others.get(match[0].lower())
            if not others or self._rng.random() < 0.3:
                return match[0]
            word = self._rng.choice(others)
            return word.capitalize() if match[0][0].isupper() else word

        return _WORD.sub(other, name)

    def _tool_name(self, name: str, file: str, style: str) -> str:
        if style == "dotted" and "." not in name:
            verb, _, rest = name.partition("_")
            return f"{rest}.{verb}" if rest and self._rng.random() < 0.4 else f"{file}.{name}"
        if style == "camel":
            return camel(name)
        if style == "pascal":
            return camel(f"_{name}")
        return name

    def _spelt(self, parameter: InventedParameter) -> dict[str, str]:
        """Return how each choice is declared; a description that quotes one keeps them all."""
        plain = {choice: choice for choice in parameter.choices}
        words = set(re.findall(r"\w+", parameter.description))
        if self._rng.random() >= RESPELT or not words.isdisjoint(" ".join(plain).split()):
            return plain
        spell = self._rng.choice(_SPELLINGS)
        spelt = {choice: spell(choice) for choice in parameter.choices}
        return spelt if len(set(spelt.values())) == len(spelt) else plain

    def _purpose(self, text: str, *, short: bool) -> str:
        """Return a tool's description, at times as an order, without its stop, or one sentence of it."""
        if short and ". " in text:
            text = text.partition(". ")[0] + "."
        if self._rng.random() < ORDERED:
            verb, _, rest = text.partition(" ")
            text = f"{self._orders.get(verb, verb)} {rest}"
        return text.removesuffix(".") if self._rng.random() < 0.2 else text

    def _described(self, parameter: InventedParameter, choices: tuple[str, ...]) -> str:
        """Return the description, at times with its default or choices in words where the file has none."""
        text = parameter.description
        if self._rng.random() >= MORE_WORDS:
            return text
        if not parameter.required and parameter.kind in {"enum", "boolean"} and "efault" not in text:
            return self._with("default", text, choices[0] if choices else "false")
        if choices:
            return self._with("choices", text, ", ".join(choices))
        return text

    def _with(self, section: str, text: str, value: str) -> str:
        words = self._words.get(section)
        return f"{text} {self._rng.choice(words).replace('{1}', value)}" if words else text


_SPELLINGS: tuple[Callable[[str], str], ...] = (
    lambda choice: choice.replace(" ", "_"),
    lambda choice: choice.replace("_", " "),
    lambda choice: choice.replace(" ", "_").upper(),
    lambda choice: choice.replace("_", "-").replace(" ", "-"),
    lambda choice: choice[:1].upper() + choice[1:],
)
"""Ways to spell a choice; all hold the words in which it is said."""


def camel(name: str) -> str:
    """Return a name in camel case: ``find_hotel`` becomes ``findHotel``; a leading ``_`` gives a capital."""
    first, *rest = name.split("_")
    return first + "".join(word[:1].upper() + word[1:] for word in rest)


def spellings(choice: str) -> frozenset[str]:
    """Return every way in which a choice may be declared."""
    return frozenset({choice, *(spell(choice) for spell in _SPELLINGS)})
