"""Checks the phrase, value and tool files of a language without making rows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent.model.data._errors import PhraseFileError
from agent.model.data._follow_ups import SWAPPED, WHOLE
from agent.model.data._inventions import QUESTIONS, load_inventions
from agent.model.data._phrases import load_phrases
from agent.model.data._relative import named_part
from agent.model.data._sources import assignments, load_sections
from agent.model.data._syntax import parse_line
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
    problems += _wrappers(folder / "phrases" / lang / "_wrappers.txt")
    types = built_in_types()
    for held_out in (False, True):
        phrases = load_phrases(folder, lang, held_out=held_out)
        for tool, lines in [*phrases.requests.items(), *phrases.missing.items()]:
            problems += _sources(lines, sections)
            problems += _arguments(lines, types[tool]) if tool in types else [f"there is no tool {tool!r}"]
        problems += _sources(phrases.none, sections)
        problems += _sources(phrases.together, sections)
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
    problems = []
    for line in lines:
        names = {slot.name for slot in line.slots if not slot.name.startswith(("_", "*", "^"))}
        try:
            names |= set(assignments(line.written)) if line.written else set()
        except PhraseFileError as error:
            problems.append(f"{line.id}: {error.message}")
        problems += [
            f"{line.id}: no parameter {name!r} in {line.source!r}" for name in sorted(names - set(types))
        ]
    return problems
