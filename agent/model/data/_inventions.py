"""Reads the invented tools of a language: tools that no built-in set has, each with phrases."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from agent.model.data._errors import PhraseFileError
from agent.model.data._phrases import hold_out
from agent.model.data._syntax import Line, Section, is_held_out, parse_line, parse_sections
from agent.prompt._declarations import RESERVED

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_TOOL = re.compile(r"^tool (?P<name>[\w.]+)(?: like (?P<like>\w+(?:, \w+)*))?: (?P<description>.+)$")
_ASSIGNED = re.compile(r"(?:^|;)\s*(\w+)\s*=")
_PARAMETER = re.compile(
    r"^(?P<name>\w+) (?P<type>[a-z]+)(?:\((?P<choices>[^)]*)\))?(?P<required>!?): (?P<description>.+)$"
)
TYPES: Mapping[str, tuple[str, str]] = {
    "string": ("STRING", ""),
    "integer": ("INTEGER", ""),
    "number": ("NUMBER", ""),
    "boolean": ("BOOLEAN", ""),
    "enum": ("STRING", ""),
    "strings": ("ARRAY", "STRING"),
    "integers": ("ARRAY", "INTEGER"),
    "numbers": ("ARRAY", "NUMBER"),
    "datetime": ("STRING", ""),
    "date": ("STRING", ""),
    "time": ("STRING", ""),
    "duration": ("INTEGER", ""),
}
"""What a file's word for a type is in a declaration: the type, and that of an array's items."""

COPIED = frozenset({"string", "strings"})
"""The types whose values are the user's own words."""

QUESTIONS = "_none"
"""The file of things asked that no declared tool does."""

SHARED = "_values"
"""The file of values that all tool files of a language may use."""

WORDS = "_words"
"""The file of words that are added to parameters' descriptions."""


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
    """A tool that no tool set has, with its phrases and the file that it and its likes are in.

    ``missing`` are phrases that leave a required value out, ``refused`` those that speak of the tool and ask
    for nothing that any tool of the file does. ``like`` names the built-in tools that do the same: they are
    not asked for beside this one.
    """

    name: str
    description: str
    parameters: tuple[InventedParameter, ...]
    lines: tuple[Line, ...]
    file: str = ""
    missing: tuple[Line, ...] = ()
    refused: tuple[Line, ...] = ()
    like: frozenset[str] = frozenset()

    def said_by(self, line: Line) -> frozenset[str]:
        """Return the parameters that a phrase may say; a slot of several arguments may say them all."""
        names = {slot.name for slot in line.slots} | set(_ASSIGNED.findall(line.written or ""))
        return frozenset(p.name for p in self.parameters if "*" in names or p.name in names)


@dataclass(frozen=True, slots=True)
class Inventions:
    """The invented tools of one split.

    ``tools`` are asked for; ``neighbours`` may be declared beside them; ``questions`` are for none of them;
    ``sections`` are the values that each file brings along; ``words`` are added to descriptions.
    """

    tools: tuple[InventedTool, ...]
    neighbours: tuple[InventedTool, ...]
    questions: tuple[Line, ...]
    sections: Mapping[str, Mapping[str, Section]]
    words: Mapping[str, tuple[str, ...]]


def load_inventions(folder: Path, lang: str, *, held_out: bool) -> Inventions:
    """Read the invented tools of a language; a language without files has none.

    Whole tools are held out (one in twelve, at least one of each language), so that validation has tools
    never seen. Beside them validation may declare tools that were trained on.

    Raises:
        PhraseFileError: a file does not parse.

    """
    tools: list[InventedTool] = []
    questions: tuple[Line, ...] = ()
    sections: dict[str, dict[str, Section]] = {}
    words: dict[str, tuple[str, ...]] = {}
    for path in sorted((folder / "tools" / lang).glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        where = f"tools/{lang}/{path.stem}"
        if path.stem == WORDS:
            found = parse_sections(text, "_", where)
            words = {s.name: tuple(line.source for line in s.lines) for s in found}
            continue
        head, at, tail = f"\n{text}".partition("\n@")
        values = parse_sections((at + tail).removeprefix("\n"), "_", where, first=head.count("\n") + 1)
        sections[path.stem] = {section.name: section for section in values}
        head = head.removeprefix("\n")
        if path.stem == QUESTIONS:
            asked = parse_sections(head, "_", where)
            questions = hold_out(asked[0].lines if asked else ())[held_out]
        elif path.stem != SHARED:
            tools.extend(_parse(head, lang, path.stem))
    shared = sections.pop(SHARED, {})
    sections = {file: {**shared, **own} for file, own in sections.items()}
    held = {tool.name for tool in tools if is_held_out(f"tool {tool.name}")}
    if not held and len(tools) > 1:
        held = {tools[0].name}
    chosen = tuple(tool for tool in tools if (tool.name in held) is held_out)
    return Inventions(chosen, tuple(tools) if held_out else chosen, questions, sections, words)


def _parse(text: str, lang: str, file: str) -> list[InventedTool]:
    tools: list[InventedTool] = []
    for number, raw in enumerate(text.splitlines(), 1):
        entry = raw.strip()
        if not entry or entry.startswith("#"):
            continue
        where = f"tools/{lang}/{file}.txt:{number}"
        if match := _TOOL.match(entry):
            like = frozenset((match["like"] or "").replace(" ", "").split(",")) - {""}
            tools.append(InventedTool(match["name"], match["description"], (), (), file, like=like))
        elif not tools:
            raise PhraseFileError(f"{where}: a line before the first tool")
        elif not tools[-1].lines and (match := _PARAMETER.match(entry)) and match["type"] in TYPES:
            parameters = (*tools[-1].parameters, _parameter(match, where))
            tools[-1] = replace(tools[-1], parameters=parameters)
        else:
            tools[-1] = _with_line(tools[-1], entry, lang, where)
    for tool in tools:
        if not tool.lines:
            raise PhraseFileError(f"tools/{lang}/{file}.txt: {tool.name} has no phrases")
    return tools


def _with_line(tool: InventedTool, entry: str, lang: str, where: str) -> InventedTool:
    """Return the tool with one more phrase: ``?`` leaves a required value out, ``-`` asks for nothing."""
    if entry.startswith("- "):
        line = replace(_line(entry[2:].lstrip(), tool, lang, where), mode="~")
        return replace(tool, refused=(*tool.refused, line))
    missing = entry.startswith("? ")
    line = _line(entry.removeprefix("? ").lstrip(), tool, lang, where)
    unsaid = {p.name for p in tool.parameters if p.required} - tool.said_by(line)
    if missing is not bool(unsaid):
        wrong = "says every required value" if missing else f"does not say {', '.join(sorted(unsaid))}"
        raise PhraseFileError(f"{where}: the phrase {wrong}; '? ' marks those that leave one out")
    if missing:
        return replace(tool, missing=(*tool.missing, line))
    return replace(tool, lines=(*tool.lines, line))


def _parameter(match: re.Match[str], where: str) -> InventedParameter:
    if match["name"] in RESERVED:
        raise PhraseFileError(f"{where}: no parameter can be called {match['name']!r}: rename it")
    choices = tuple(c.strip() for c in (match["choices"] or "").split(",") if c.strip())
    if (match["type"] == "enum") is not bool(choices):
        raise PhraseFileError(f"{where}: choices belong to an enum, and an enum needs them: enum(a, b)")
    return InventedParameter(
        match["name"], match["type"], match["description"], bool(match["required"]), choices
    )


def _line(entry: str, tool: InventedTool, lang: str, where: str) -> Line:
    """Return a phrase; what ends in a question mark is no imperative even without its ``~``."""
    try:
        line = parse_line(entry, f"{lang}/{tool.name}", arguments=True)
    except PhraseFileError as error:
        raise PhraseFileError(f"{where}: {error.message}") from None
    names = {p.name for p in tool.parameters}
    for slot in line.slots:
        if slot.name not in names and not slot.name.startswith(("_", "*")):
            raise PhraseFileError(f"{where}: {tool.name} has no parameter {slot.name!r}")
    if line.mode == "" and entry.partition("=>")[0].rstrip().endswith(("?", "？")):
        return replace(line, mode="~")
    return line
