"""Invented tools that the model reads from their declaration: which are declared together, what is asked."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from agent.model.data._copies import keep_copies
from agent.model.data._declarations import Declared, Declarer, spellings
from agent.model.data._errors import PhraseFileError
from agent.model.data._inventions import COPIED, QUESTIONS, TYPES
from agent.model.data._requests import Request
from agent.model.data._tools import Call, convert

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

    from agent.model.data._inventions import InventedTool, Inventions
    from agent.model.data._sources import Sources
    from agent.model.data._syntax import Line
    from agent.model.data._tools import Json

COUNTS = (1, 2, 3, 4, 5, 6, 8, 10)
COUNT_WEIGHTS = (17, 11, 15, 17, 15, 12, 8, 5)
"""How many tools a row declares where there is room for them, and how often."""

BUDGET = 1050
"""Bytes of JSON that most rows' declarations may take: 390 tokens, since a row costs what it is long."""

WIDE = 0.18
"""How often a row has room for more: real sets have ten tools, and the right one of three is easily found."""

WIDE_COUNTS = (5, 6, 7, 8, 9, 10)
"""How many tools such a row declares where there is room for them."""

WIDE_BUDGET = 2300
"""Bytes that they may take: 850 tokens, as training leaves out rows over 1,024."""

OTHERS = 30
"""How many tools of any file are tried before a row has fewer tools than drawn."""

MISFITS = 8
"""How many tools that are too long are tried before a row has fewer tools than drawn."""

SIBLINGS = 0.85
"""How often the other declared tools come from the file of the first."""

NEAREST = 6
"""How many neighbours in a file count as the most similar ones; half of the siblings are drawn from them."""

MISSING = 0.12
"""How often a tool that has phrases without a required value is asked for with one of them."""


class Unseen:
    """Draws invented tools, declares them and makes requests for them."""

    def __init__(self, inventions: Inventions, sources: Sources, rng: random.Random) -> None:
        self.tools = inventions.tools
        self.choices = frozenset[str]().union(
            *(spellings(c) for t in inventions.neighbours for p in t.parameters for c in p.choices)
        )
        self._refused = [tool for tool in inventions.tools if tool.refused]
        self._askable = {tool.name for tool in inventions.tools}
        self._neighbours = inventions.neighbours
        self._files: dict[str, list[InventedTool]] = {}
        for tool in self._neighbours:
            self._files.setdefault(tool.file, []).append(tool)
        self._questions = inventions.questions
        self._sources = {
            file: sources.with_sections(sections) for file, sections in inventions.sections.items()
        }
        self._declarer = Declarer(inventions.words, rng)
        self._rng = rng

    @property
    def refuses(self) -> bool:
        """Whether there are phrases that speak of a tool and ask for nothing."""
        return bool(self._refused)

    def draw(self, *, refused: bool = False) -> list[Declared]:
        """Draw tools that are declared together; the first can be asked for, the others may be much like it.

        Those that would make the prompt too long are left out. With ``refused`` the first has phrases that
        ask for nothing.
        """
        first = self._rng.choice(self._refused if refused else self.tools)
        wide = self._rng.random() < WIDE
        count = self._rng.choice(WIDE_COUNTS) if wide else self._rng.choices(COUNTS, COUNT_WEIGHTS)[0]
        style = self._declarer.style(1 if wide else count)  # such a set is declared in full
        declared = [self._declarer.declare(first, style)]
        room = (WIDE_BUDGET if wide else BUDGET) - _size(declared[0])
        misfits = 0
        for tool in self._beside(first) if count > 1 else ():
            if len(declared) == count or misfits == MISFITS:
                break
            another = self._declarer.declare(tool, style)
            if another.name in {other.name for other in declared}:
                continue
            if _size(another) > room:
                misfits += 1
                continue
            declared.append(another)
            room -= _size(another)
        return declared

    def _beside(self, first: InventedTool) -> list[InventedTool]:
        """Return tools to declare beside one, in the order in which they are tried, none of its name."""
        tried: list[InventedTool] = []
        if self._rng.random() < SIBLINGS:
            siblings = self._files[first.file]
            if self._rng.random() < 0.5:
                at = siblings.index(first)
                siblings = siblings[max(0, at - NEAREST // 2) : at + NEAREST // 2 + 1]
            tried += self._rng.sample(siblings, len(siblings))
        tried += self._rng.sample(self._neighbours, min(OTHERS, len(self._neighbours)))
        by_name = {tool.name: tool for tool in tried if tool.name != first.name}
        return list(by_name.values())

    def is_askable(self, declared: Declared) -> bool:
        """Return whether a tool can be asked for in this split."""
        return declared.tool.name in self._askable

    def second(self, declared: Sequence[Declared]) -> Declared | None:
        """Return another declared tool that can be asked for in this split, if there is one."""
        return next((other for other in declared[1:] if self.is_askable(other)), None)

    def request(self, declared: Declared) -> Request:
        """Return a request for a declared tool; it may lack a required value."""
        tool = declared.tool
        missing = self._sayable(tool.missing, declared) if self._rng.random() < MISSING else []
        lines = missing or self._sayable(tool.lines, declared)
        line = self._rng.choices(lines, [line.weight for line in lines])[0]
        rendered = self._sources[tool.file].render_line(line)
        kinds = {p.name: p.kind for p in tool.parameters}
        arguments, copied = {}, []
        for name, written in rendered.arguments.items():
            if name not in kinds:
                raise PhraseFileError(f"{line.id}: {tool.name} has no parameter {name!r}")
            type_, items = TYPES[kinds[name]]
            spelt = declared.choices.get(name, {}).get(written, written)
            value = arguments[declared.names[name]] = convert(spelt, f"{items}S" if items else type_)
            if kinds[name] in COPIED:
                copied.append(value)
        segments = keep_copies(rendered.segments, copied)
        return Request(segments, (Call(declared.name, arguments),), line.id, line.mode)

    @staticmethod
    def _sayable(lines: Sequence[Line], declared: Declared) -> list[Line]:
        """Return the phrases that say nothing but what is declared."""
        return [line for line in lines if declared.tool.said_by(line) <= declared.names.keys()]

    def refused(self, declared: Declared) -> Request:
        """Return what speaks of a declared tool that has such phrases, and asks for nothing."""
        tool = declared.tool
        line = self._rng.choices(tool.refused, [line.weight for line in tool.refused])[0]
        rendered = self._sources[tool.file].render_line(line)
        return Request(rendered.segments, (), line.id, line.mode)

    def elsewhere(self, declared: Sequence[Declared], *, near: bool) -> Request | None:
        """Return a request for a tool that is not declared; a ``near`` one stands beside one that is."""
        names = {other.tool.name for other in declared}
        files = {other.tool.file for other in declared}
        others = [t for t in self.tools if t.name not in names and (not near or t.file in files)]
        if not others:
            return None
        style = self._declarer.style()
        request = self.request(self._declarer.declare(self._rng.choice(others), style))
        return Request(request.segments, (), request.template, request.mode)

    def question(self) -> Request | None:
        """Return something asked that no declared tool does, where the language has such questions."""
        if not self._questions:
            return None
        line = self._rng.choices(self._questions, [line.weight for line in self._questions])[0]
        rendered = self._sources[QUESTIONS].render_line(line)
        return Request(rendered.segments, (), line.id, "~")


def _size(declared: Declared) -> int:
    return len(json.dumps(declared.declaration, ensure_ascii=False).encode())


def declarations(declared: Sequence[Declared]) -> tuple[Json, ...]:
    """Return the declarations as a row has them, sorted by name."""
    return tuple(d.declaration for d in sorted(declared, key=lambda d: d.name))
