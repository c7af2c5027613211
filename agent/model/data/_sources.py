"""Fills slots: expands phrases and values of one language with a random generator of its own."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TYPE_CHECKING, TypeAlias

from agent.model.data._errors import PhraseFileError
from agent.model.data._faker import faker_pool
from agent.model.data._filters import FILTERS
from agent.model.data._syntax import (
    RANGE,
    Choice,
    Line,
    Node,
    Section,
    Slot,
    Text,
    is_held_out,
    pairs,
    parse_sections,
    parts_of_values,
)

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

_REFERENCE = re.compile(r"\{([\w*^#.]+)\}")
_TRIES = 400
_LINE_TRIES = 50
_OTHER_TRIES = 8
_MAX_DEPTH = 24


_Used: TypeAlias = defaultdict[str, set[str]]
"""What was said by the slots of each source, in lower case."""


class NotBoundError(Exception):
    """A line does not fit the values drawn: it asks for one that is not bound, or sets a name twice.

    Another line or other values are taken.
    """


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of rendered text: literal words, or a slot's value when ``value`` is true."""

    text: str
    value: bool = False


@dataclass(slots=True)
class Rendered:
    """What a phrase became: the text in segments and the bound arguments in the order said."""

    segments: list[Segment] = field(default_factory=list)
    arguments: dict[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The text as said."""
        return "".join(segment.text for segment in self.segments)


class Sources:
    """The values of one language.

    ``open_values`` says which values open classes may yield: True those held out for validation, False the
    others, None all.
    """

    def __init__(self, sections: Mapping[str, Section], rng: random.Random, *, held_out: bool | None) -> None:
        self._sections = dict(sections)
        self._sums = {name: cumulative(section.lines) for name, section in self._sections.items()}
        self._rng = rng
        self._held_out = held_out

    @property
    def names(self) -> frozenset[str]:
        """The names of all sources."""
        return frozenset(self._sections)

    def with_sections(self, sections: Mapping[str, Section]) -> Sources:
        """Return sources that know these sections too."""
        return Sources({**self._sections, **sections}, self._rng, held_out=self._held_out)

    def render(
        self, nodes: Sequence[Node], constants: str | None = None, before: Mapping[str, str] | None = None
    ) -> Rendered:
        """Fill a phrase; ``constants`` is the right side of its ``=>``, ``before`` what it may refer to."""
        rendered = Rendered()
        bound: dict[str, str] = dict(before or {})
        written_of: dict[str, str] = dict(before or {})
        used: _Used = defaultdict(set)
        for node in self._flatten(nodes):
            if isinstance(node, Text):
                _append(rendered.segments, node.text, value=False)
                continue
            said, written = self._fill_anew(node, bound, 0, used, (tuple(nodes), constants))
            _append(rendered.segments, said, value=True)
            bound[node.name] = said
            written_of[node.name] = written
            if node.name == "*":
                rendered.arguments.update(assignments(written))
            elif not node.name.startswith(("_", "^")):
                rendered.arguments[node.name] = written.strip()
        if constants:
            rendered.arguments.update(assignments(_substitute(constants, written_of)))
        return rendered

    def render_line(self, line: Line) -> Rendered:
        """Fill a phrase, anew where it asks for what an alternative that was not drawn would have said.

        Raises:
            PhraseFileError: no values fit, or there are none; the phrase is named.

        """
        for _ in range(_LINE_TRIES):
            try:
                return self.render(line.nodes, line.written)
            except NotBoundError:
                continue
            except PhraseFileError as error:
                raise PhraseFileError(f"{line.id}: {error.message}, in {line.source!r}") from None
        raise PhraseFileError(f"{line.id}: a slot or a name on the right is never bound in {line.source!r}")

    def value(self, source: str) -> tuple[str, str]:
        """Return one value of a source: what is said and what is written."""
        return self._fill(Slot(source, source), {}, 0)

    def _flatten(self, nodes: Sequence[Node]) -> Iterator[Text | Slot]:
        for node in nodes:
            if isinstance(node, Choice):
                yield from self._flatten(self._rng.choice(node.options))
            else:
                yield node

    def _fill_anew(
        self,
        slot: Slot,
        bound: Mapping[str, str],
        depth: int,
        used: _Used,
        template: tuple[tuple[Node, ...], str | None],
    ) -> tuple[str, str]:
        """Fill a slot with a value that no other slot of its source has, where that can be had.

        Numbers, and parts of a longer value, may come twice.
        """
        said, written = self._fill(slot, bound, depth)
        if slot.source.startswith("^") or RANGE.match(slot.source):
            return said, written
        for _ in range(_OTHER_TRIES):
            if said.casefold() not in used[slot.source] or slot.name in parts_of_values(*template):
                break
            said, written = self._fill(slot, bound, depth)
        used[slot.source].add(said.casefold())
        return said, written

    def _fill(self, slot: Slot, bound: Mapping[str, str], depth: int) -> tuple[str, str]:
        if depth > _MAX_DEPTH:
            raise PhraseFileError(f"the source {slot.source!r} contains itself")
        if slot.source.startswith("^"):
            if slot.source[1:] not in bound:
                raise NotBoundError(slot.source)
            said = written = bound[slot.source[1:]]
        elif match := RANGE.match(slot.source):
            low, high, step = int(match[1]), int(match[2]), int(match[3] or 1)
            number = self._rng.randrange(low, high + 1, step)
            width = len(match[1]) if match[1].startswith("0") and len(match[1]) > 1 else 0
            said = written = f"{number:0{width}d}"
        elif "|" in slot.source:
            said = written = self._rng.choice(slot.source.split("|")).strip()
        elif slot.source.startswith("faker."):
            said = written = self._pool(slot.source.removeprefix("faker."))
        else:
            said, written = self._from_section(slot.source, bound, depth)
        if slot.change:
            changed = FILTERS[slot.change](said)
            said, written = changed, changed if written == said else written
        return said, written

    def _from_section(self, name: str, bound: Mapping[str, str], depth: int) -> tuple[str, str]:
        section = self._sections.get(name)
        if section is None or not section.lines:
            raise PhraseFileError(f"there is no source {name!r}; add values/<lang>/{name}.txt or @{name}")
        weights = self._sums[name]
        usable: tuple[str, str] | None = None
        for _ in range(_TRIES):
            line = self._rng.choices(section.lines, cum_weights=weights)[0]
            try:
                said, written = self._expand(line, bound, depth)
            except NotBoundError:
                continue
            if not section.open or self._held_out is None or is_held_out(said) is self._held_out:
                return said, written
            usable = said, written
        if self._held_out and usable is not None:
            return usable  # the class is too small to be split
        raise PhraseFileError(f"the source {name!r} has no value that may be trained on: add some")

    def _expand(self, line: Line, bound: Mapping[str, str], depth: int) -> tuple[str, str]:
        here = dict(bound)
        written_of: dict[str, str] = {}
        used: _Used = defaultdict(set)
        segments: list[Segment] = []
        for node in self._flatten(line.nodes):
            if isinstance(node, Text):
                _append(segments, node.text, value=False)
                continue
            said, written = self._fill_anew(node, here, depth + 1, used, (line.nodes, line.written))
            here[node.name] = said
            written_of[node.name] = written
            _append(segments, said, value=True)
        said = "".join(segment.text for segment in segments)
        return said, said if line.written is None else _substitute(line.written, {**here, **written_of})

    def _pool(self, kind: str) -> str:
        locales = self._sections.get("locales")
        if locales is None:
            raise PhraseFileError("faker names need values/<lang>/locales.txt")
        weights = self._sums["locales"]
        for _ in range(_TRIES):
            pool = faker_pool(kind, self._rng.choices(locales.lines, cum_weights=weights)[0].source)
            if pool:
                return self._rng.choice(pool)
        raise PhraseFileError(f"faker has no {kind} for any of the locales in locales.txt")


def cumulative(lines: Sequence[Line]) -> list[int]:
    """Return the running sums of the lines' weights, for ``random.choices``."""
    return list(accumulate(line.weight for line in lines))


def _append(segments: list[Segment], text: str, *, value: bool) -> None:
    if segments and segments[-1].text.endswith(" ") and text.startswith(" "):
        text = text[1:]
    if text:
        segments.append(Segment(text, value))


def _substitute(template: str, bound: Mapping[str, str]) -> str:
    def replace(match: re.Match[str]) -> str:
        if match[1] not in bound:
            raise NotBoundError(match[1])
        return bound[match[1]]

    return _REFERENCE.sub(replace, template)


def assignments(text: str) -> dict[str, str]:
    """Parse ``name=value; name=value``; values that give a name twice do not fit each other.

    Raises:
        PhraseFileError: a part has no name or no ``=``.

    """
    found: dict[str, str] = {}
    for name, value in pairs(text):
        if name in found:
            raise NotBoundError(name)
        found[name] = value
    return found


def load_sections(folder: Path, lang: str) -> dict[str, Section]:
    """Read all value files of a language; a source in two files gets the lines of both."""
    merged: dict[str, Section] = {}
    for path in sorted((folder / "values" / lang).glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        for section in parse_sections(text, path.stem, f"values/{lang}/{path.name}"):
            old = merged.get(section.name)
            lines = (*old.lines, *section.lines) if old else section.lines
            merged[section.name] = Section(section.name, section.open or bool(old and old.open), lines)
    return merged


__all__ = [
    "NotBoundError",
    "Rendered",
    "Segment",
    "Sources",
    "assignments",
    "cumulative",
    "load_sections",
]
