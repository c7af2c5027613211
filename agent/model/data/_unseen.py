"""Invented tools that the model reads from their declaration."""

from __future__ import annotations

import re
import string
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from agent.model.data._errors import PhraseFileError
from agent.model.data._syntax import Line, Section, is_held_out, parse_line, parse_sections
from agent.model.data._tools import Call, Json, convert

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence
    from pathlib import Path

    from agent.model.data._sources import Rendered, Sources

_TOOL = re.compile(r"^tool (?P<name>[\w.]+): (?P<description>.+)$")
_PARAMETER = re.compile(
    r"^(?P<name>\w+) (?P<type>\w+)(?:\((?P<choices>[^)]*)\))?(?P<required>!?): (?P<description>.+)$"
)
_TYPES = {
    "string": ("STRING", ""),
    "integer": ("INTEGER", ""),
    "number": ("NUMBER", ""),
    "boolean": ("BOOLEAN", ""),
    "enum": ("STRING", ""),
    "strings": ("ARRAY", "STRING"),
    "integers": ("ARRAY", "INTEGER"),
    "datetime": ("STRING", ""),
    "date": ("STRING", ""),
    "time": ("STRING", ""),
    "duration": ("INTEGER", ""),
}
MASKED = 0.25
"""How often the names of a declared tool and its parameters are replaced."""


@dataclass(frozen=True, slots=True)
class InventedParameter:
    """A parameter as its line says; ``kind`` is the type's word in the file."""

    name: str
    kind: str
    description: str
    required: bool
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class InventedTool:
    """A tool that no tool set has, with its phrases."""

    name: str
    description: str
    parameters: tuple[InventedParameter, ...]
    lines: tuple[Line, ...]
    file: str = ""
    alias: str = ""
    aliases: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Inventions:
    """The invented tools of one split, and the values that their files bring along."""

    tools: tuple[InventedTool, ...]
    sections: dict[str, dict[str, Section]]


def load_inventions(folder: Path, lang: str, *, held_out: bool) -> Inventions:
    """Read the invented tools of a language.

    Whole tools are held out (one in twelve), so that validation has tools never seen.

    Raises:
        PhraseFileError: a file does not parse.

    """
    tools: list[InventedTool] = []
    sections: dict[str, dict[str, Section]] = {}
    for path in sorted((folder / "tools" / lang).glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        head, at, tail = text.partition("\n@")
        sections[path.stem] = {s.name: s for s in parse_sections(at + tail, "_", f"tools/{lang}/{path.stem}")}
        tools.extend(_parse(head, lang, path.stem))
    chosen = [tool for tool in tools if is_held_out(f"tool {tool.name}") is held_out]
    return Inventions(tuple(chosen), sections)


def _parse(text: str, lang: str, file: str) -> list[InventedTool]:
    tools: list[InventedTool] = []
    for number, raw in enumerate(text.splitlines(), 1):
        entry = raw.strip()
        if not entry or entry.startswith("#"):
            continue
        if match := _TOOL.match(entry):
            tools.append(InventedTool(match["name"], match["description"], (), (), file))
            continue
        if not tools:
            raise PhraseFileError(f"tools/{lang}/{file}.txt:{number}: a line before the first tool")
        tool = tools[-1]
        if not tool.lines and (match := _PARAMETER.match(entry)) and match["type"] in _TYPES:
            choices = tuple(c.strip() for c in (match["choices"] or "").split(",") if c.strip())
            parameter = InventedParameter(
                match["name"], match["type"], match["description"], bool(match["required"]), choices
            )
            tools[-1] = replace(tool, parameters=(*tool.parameters, parameter))
            continue
        try:
            line = parse_line(entry, f"{lang}/{tool.name}")
        except PhraseFileError as error:
            raise PhraseFileError(f"tools/{lang}/{file}.txt:{number}: {error.message}") from None
        if line.mode == "" and entry.partition("=>")[0].rstrip().endswith(("?", "？")):
            line = replace(line, mode="~")  # never after "could you"
        tools[-1] = replace(tool, lines=(*tool.lines, line))
    for tool in tools:
        if not tool.lines:
            raise PhraseFileError(f"tools/{lang}/{file}.txt: {tool.name} has no phrases")
        names = {p.name for p in tool.parameters}
        for line in tool.lines:
            for slot in line.slots:
                if slot.name not in names and not slot.name.startswith(("_", "*")):
                    raise PhraseFileError(
                        f"tools/{lang}/{file}.txt: {tool.name} has no parameter {slot.name!r}"
                    )
    return tools


class Unseen:
    """Draws invented tools, declares them and makes requests for them."""

    def __init__(self, inventions: Inventions, sources: Sources, rng: random.Random) -> None:
        self.tools = inventions.tools
        self._sources = {
            file: sources.with_sections(sections) for file, sections in inventions.sections.items()
        }
        self._rng = rng

    def draw(self, count: int) -> list[InventedTool]:
        """Draw distinct tools; some come with masked names."""
        drawn = self._rng.sample(self.tools, min(count, len(self.tools)))
        return [self._masked(tool) if self._rng.random() < MASKED else tool for tool in drawn]

    def _masked(self, tool: InventedTool) -> InventedTool:
        aliases = tuple((p.name, self._word(f"p{i}")) for i, p in enumerate(tool.parameters))
        return replace(tool, alias=self._word(f"tool_{self._rng.randint(1, 99)}"), aliases=aliases)

    def _word(self, short: str) -> str:
        if self._rng.random() < 0.4:
            return short
        letters = string.ascii_lowercase
        return "".join(self._rng.choice(letters) for _ in range(self._rng.randint(4, 8)))

    def request(self, tool: InventedTool) -> tuple[Rendered, Call, str]:
        """Return a request for a tool, its call, and the phrase's id."""
        line = self._rng.choices(tool.lines, [line.weight for line in tool.lines])[0]
        rendered = self._sources[tool.file].render(line.nodes, line.written)
        kinds = {p.name: p.kind for p in tool.parameters}
        names = dict(tool.aliases)
        arguments = {}
        for name, written in rendered.arguments.items():
            if name not in kinds:
                raise PhraseFileError(f"{line.id}: {tool.name} has no parameter {name!r}")
            type_ = {"strings": "STRINGS", "integers": "INTEGERS"}.get(kinds[name], _TYPES[kinds[name]][0])
            arguments[names.get(name, name)] = convert(written, type_)
        return rendered, Call(tool.alias or tool.name, arguments), line.id

    def declare(self, tools: Sequence[InventedTool]) -> tuple[Json, ...]:
        """Return the declarations, sorted by name."""
        return tuple(self._declaration(tool) for tool in sorted(tools, key=lambda t: t.alias or t.name))

    def _declaration(self, tool: InventedTool) -> Json:
        names = dict(tool.aliases)
        properties: dict[str, Json] = {}
        required: list[Json] = []
        for parameter in tool.parameters:
            name = names.get(parameter.name, parameter.name)
            type_, items = _TYPES[parameter.kind]
            declared: dict[str, Json] = {"type": type_, "description": parameter.description}
            if parameter.choices:
                declared["enum"] = list(parameter.choices)
            if items:
                declared["items"] = {"type": items}
            properties[name] = declared
            if parameter.required:
                required.append(name)
        parameters: dict[str, Json] = {"type": "OBJECT", "properties": properties}
        if required:
            parameters["required"] = required
        return {
            "function": {
                "name": tool.alias or tool.name,
                "description": tool.description,
                "parameters": parameters,
            }
        }
