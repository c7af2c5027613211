"""Checks the phrase, value and tool files of a language without making rows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent.model.data._follow_ups import SWAPPED, WHOLE
from agent.model.data._inventions import QUESTIONS, load_inventions
from agent.model.data._phrases import load_phrases
from agent.model.data._relative import named_part
from agent.model.data._sources import load_sections
from agent.model.data._syntax import pairs, parse_line
from agent.model.data._tools import built_in_required, built_in_types

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from agent.model.data._syntax import Line, Section

_BUILT_IN = re.compile(
    r"^(?:\d+\.\.\d+(?:/\d+)?|.*\|.*|faker\.(?:first_name|last_name|city|street)|\^[\w.]+)$", re.DOTALL
)
_REQUESTS = {
    **dict.fromkeys(("polite", "opening", "reason", "never", "asked"), "1"),
    **dict.fromkeys(("two", "reversed", "instead", "beside"), "12"),
}
"""The slots of wrappers, by source; others have up to three requests."""

_SECOND = re.compile(r"#\w+")
"""What tells a second call of a tool from the first: ``call#2.to``."""

_REFERENCE = re.compile(r"\{(\^?\w+)\}")


def check(folder: Path, lang: str) -> list[str]:
    """Return what is wrong with the files of a language: unknown sources, parameters and references.

    Raises:
        PhraseFileError: a file does not parse.

    """
    sections = load_sections(folder, lang)
    problems: list[str] = []
    for section in sections.values():
        problems += _sources(section.lines, sections)
        problems += _references(section.lines)
    types = built_in_types()
    for held_out in (False, True):
        phrases = load_phrases(folder, lang, held_out=held_out)
        for tool, lines in [*phrases.requests.items(), *phrases.missing.items()]:
            problems += _sources(lines, sections)
            problems += _arguments(lines, types[tool]) if tool in types else [f"there is no tool {tool!r}"]
        problems += _sources(phrases.none, sections)
        problems += _sources(phrases.together, sections) + _together(phrases.together, types, sections)
        for name, lines in phrases.asides.items():
            problems += _sources(lines, sections) + _without_arguments(name, lines)
        for name, lines in phrases.follow_ups.items():
            problems += _sources(lines, sections)
            kind, _, target = name.partition(" ")
            if kind == "swap":
                fits = not target or target in SWAPPED or ("." not in target and target in types)
                problems += [] if fits else [f"@{name}: no such tool, or nothing to exchange"]
            elif kind == "drop":
                problems += _dropped(name, target, lines)
            elif target:
                tool = target.split(".")[kind == "then"]
                problems += _arguments(lines, types[tool]) if tool in types else [f"@{name}: no such tool"]
                problems += _parts(lines)
            elif kind not in WHOLE:
                kinds = ("answer", "correct", "more", "drop", "swap", "then", *WHOLE)
                problems.append(f"@{name}: should be {', '.join(kinds)}")
        inventions = load_inventions(folder, lang, held_out=held_out)
        for tool_ in inventions.tools:
            known = {**sections, **inventions.sections[tool_.file]}
            lines = (*tool_.lines, *tool_.missing, *tool_.refused)
            problems += _sources(lines, known)
            problems += _arguments(lines, {p.name: "" for p in tool_.parameters})
            problems += [
                f"{tool_.name}: no built-in tool {name!r}" for name in sorted(tool_.like - set(types))
            ]
        problems += _sources(inventions.questions, {**sections, **inventions.sections.get(QUESTIONS, {})})
        for extra in inventions.sections.values():
            for section in extra.values():
                problems += _sources(section.lines, {**sections, **extra})
                problems += _references(section.lines)
    problems += _wrappers(folder / "phrases" / lang / "_wrappers.txt")
    return sorted(set(problems))


def _parts(lines: Iterable[Line]) -> list[str]:
    """Return the lines that say a part of a text and replace none."""
    return [
        f"{line.id}: {{^number}}, {{^name}} or {{^word}} goes with =~ on the right of {line.source!r}"
        for line in lines
        if named_part(line) and "=~" not in (line.written or "")
    ]


def _without_arguments(name: str, lines: Iterable[Line]) -> list[str]:
    """Return what is wrong with statements that ask for nothing."""
    if name not in {"aside", "detail"}:
        return [f"@{name}: _asides.txt has the sections @aside and @detail"]
    return [
        f"{line.id}: what stands beside a request has no values: {line.source!r}"
        for line in lines
        if line.written is not None or any(not slot.name.startswith("_") for slot in line.slots)
    ]


def _dropped(name: str, target: str, lines: Iterable[Line]) -> list[str]:
    """Return what is wrong with lines that take an argument away."""
    tool, _, parameter = target.partition(".")
    types, required = built_in_types(), built_in_required()
    if parameter not in types.get(tool, {}) or parameter in required[tool]:
        return [f"@{name}: {target} is no optional parameter"]
    return [
        f"{line.id}: a line that takes an argument away has no values: {line.source!r}"
        for line in lines
        if line.written is not None or any(not slot.name.startswith(("_", "^")) for slot in line.slots)
    ]


def _wrappers(path: Path) -> list[str]:
    """Return the slots of a wrapper file that stand for no request, with file and line."""
    if not path.exists():
        return []
    problems, known = [], ""
    for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        entry = text.strip()
        if entry.startswith("@"):
            known = _REQUESTS.get(entry.removeprefix("@"), "123")
        elif entry and not entry.startswith("#"):
            problems += [
                f"phrases/{path.parent.name}/{path.name}:{number}: {{{slot.source}}} stands for no request; "
                f"write {' or '.join(f'{{{each}}}' for each in known)}"
                for slot in parse_line(entry, "").slots
                if len(slot.source) != 1 or slot.source not in known
            ]
    return problems


def _sources(lines: Iterable[Line], sections: Mapping[str, Section]) -> list[str]:
    return [
        f"{line.id}: there is no source {slot.source!r} in {line.source!r}"
        for line in lines
        for slot in line.slots
        if not _BUILT_IN.match(slot.source) and slot.source not in sections
    ]


def _references(lines: Iterable[Line]) -> list[str]:
    return [
        f"{line.id}: {{{name}}} is not on the left of {line.source!r}"
        for line in lines
        if line.written is not None
        for name in _REFERENCE.findall(line.written)
        if name not in {slot.name for slot in line.slots}
    ]


def _arguments(lines: Iterable[Line], types: Mapping[str, str]) -> list[str]:
    return [
        f"{line.id}: no parameter {name!r} in {line.source!r}"
        for line in lines
        for name in sorted(set(_names(line)) - set(types))
    ]


def _names(line: Line) -> list[str]:
    """Return the names of the arguments that a line says or implies."""
    said = [slot.name for slot in line.slots if not slot.name.startswith(("_", "*", "^"))]
    return said + [name for name, _ in pairs(line.written)] if line.written else said


def _together(
    lines: Iterable[Line], types: Mapping[str, Mapping[str, str]], sections: Mapping[str, Section]
) -> list[str]:
    """Return the names of several calls that are no ``tool.parameter``, and no ``tool`` on the right."""
    known = {f"{tool}.{parameter}" for tool, parameters in types.items() for parameter in parameters}
    problems = []
    for line in lines:
        slots = {slot.name for slot in line.slots}
        named = {written for name in _names(line) for written in _named(name, line, sections)}
        problems += [
            f"{line.id}: no tool or parameter {name!r} in {line.source!r}"
            for name in sorted(named)
            if (plain := _SECOND.sub("", name.removeprefix("^"))) not in known
            and (plain not in types or name in slots)
        ]
    return problems


def _named(name: str, line: Line, sections: Mapping[str, Section]) -> list[str]:
    """Return what a name of several calls stands for: ``{_a}.on`` for one of each tool that ``_a`` may be."""
    if not (match := _REFERENCE.search(name)):
        return [name]
    sources = [slot.source for slot in line.slots if slot.name == match[1]]
    values = [value for source in sources if source in sections for value in sections[source].lines]
    tools = [value.source if value.written is None else value.written for value in values]
    return [name.replace(match[0], tool) for tool in tools if "{" not in tool]
