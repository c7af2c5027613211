"""The syntax of phrase and value lines: alternatives, slots, weights and what is written."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

from agent.model.data._errors import PhraseFileError
from agent.model.data._filters import FILTERS

HELD_OUT_IN = 12
"""One phrase or open value in this many is kept for validation."""

RANGE = re.compile(r"^(\d+)\.\.(\d+)(?:/(\d+))?$")
"""A source of numbers: ``low..high`` or ``low..high/step``."""

_SLOT = re.compile(r"^(?:(?P<name>[\w*^#.]+)\s*[:=]\s*)?(?P<source>[^~]+?)(?:~(?P<filter>\w+))?$", re.DOTALL)
_WEIGHT = re.compile(r"^<(\d+)>\s*")
_SECTION = re.compile(r"^@(?P<name>[\w.]+(?: [\w.]+)?)(?P<open> open)?$")
_TOUCHING = re.compile(r"\{([\w*^#.]+)\}(?=\{([\w*^#.]+)\})")
_ESCAPED = re.compile(r"\\([\[\]{}|\\])")


@dataclass(frozen=True, slots=True)
class Text:
    """Literal words."""

    text: str


@dataclass(frozen=True, slots=True)
class Slot:
    """A place that a source fills.

    ``name`` is the parameter or binding, ``source`` what fills it: a source's name, a range
    ``low..high[/step]`` or inline alternatives ``a|b``; ``change`` is an optional filter.
    """

    name: str
    source: str
    change: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """Alternatives, each a sequence of nodes."""

    options: tuple[tuple[Node, ...], ...]


Node: TypeAlias = Text | Slot | Choice


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a phrase or value file.

    ``mode`` is "" (plain request), "~" (fragment, statement or question) or "!" (stands alone);
    ``written`` is the right side of ``=>``, or None.
    """

    id: str
    source: str
    nodes: tuple[Node, ...]
    written: str | None
    weight: int = 1
    mode: str = ""
    held_out: bool = False

    @property
    def slots(self) -> tuple[Slot, ...]:
        """All slots of the line, also those inside alternatives."""
        return tuple(_slots(self.nodes))


def _slots(nodes: tuple[Node, ...]) -> list[Slot]:
    found: list[Slot] = []
    for node in nodes:
        if isinstance(node, Slot):
            found.append(node)
        elif isinstance(node, Choice):
            for option in node.options:
                found.extend(_slots(option))
    return found


def parts_of_values(nodes: tuple[Node, ...], written: str | None) -> frozenset[str]:
    """Return the names of slots that stand directly beside another one, as said or as written.

    They are parts of one longer value: digits, syllables, an hour and its half of the day.
    """
    names = {name for pair in _TOUCHING.findall(written or "") for name in pair}
    names |= {
        slot.name
        for pair in pairwise(nodes)
        if all(isinstance(node, Slot) for node in pair)
        for slot in pair
        if isinstance(slot, Slot)
    }
    options = (option for node in nodes if isinstance(node, Choice) for option in node.options)
    return frozenset(names).union(*(parts_of_values(option, None) for option in options))


def stable_hash(text: str) -> int:
    """Return a number that depends on the text alone."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def is_held_out(text: str) -> bool:
    """Return whether a phrase or an open value belongs to the validation file."""
    return stable_hash(text.casefold()) % HELD_OUT_IN == 0


def parse_template(text: str) -> tuple[Node, ...]:
    """Parse the left side of a line.

    Raises:
        PhraseFileError: brackets or braces do not match.

    """
    nodes, end = _parse(text, 0, inside=False)
    if end != len(text):
        raise PhraseFileError(f"unexpected {text[end]!r} at character {end + 1} of {text!r}")
    return nodes


def _parse(text: str, at: int, *, inside: bool) -> tuple[tuple[Node, ...], int]:
    nodes: list[Node] = []
    literal = ""

    def flush() -> None:
        nonlocal literal
        if literal:
            nodes.append(Text(literal))
            literal = ""

    while at < len(text):
        char = text[at]
        if char == "\\":
            if at + 1 == len(text):
                raise PhraseFileError(f"nothing stands after the last backslash of {text!r}")
            literal += text[at + 1]
            at += 2
        elif char == "[":
            flush()
            options: list[tuple[Node, ...]] = []
            while True:
                option, at = _parse(text, at + 1, inside=True)
                options.append(option)
                if at >= len(text):
                    raise PhraseFileError(f"'[' is never closed in {text!r}")
                if text[at] == "]":
                    break
            at += 1
            nodes.append(Choice(tuple(options)))
        elif char in "|]":
            if not inside:
                raise PhraseFileError(
                    f"{char!r} outside of brackets in {text!r}; write \\{char} for the character itself"
                )
            flush()
            return tuple(nodes), at
        elif char == "{":
            flush()
            end = text.find("}", at)
            if end < 0:
                raise PhraseFileError(f"'{{' is never closed in {text!r}")
            nodes.append(_slot(text[at + 1 : end], text))
            at = end + 1
        elif char == "}":
            raise PhraseFileError(f"'}}' without '{{' in {text!r}")
        else:
            literal += char
            at += 1
    flush()
    return tuple(nodes), at


def _slot(body: str, line: str) -> Slot:
    match = _SLOT.match(body.strip())
    if match is None:
        raise PhraseFileError(f"cannot read the slot {{{body}}} in {line!r}")
    source, change = match["source"].strip(), match["filter"] or ""
    if change and change not in FILTERS:
        raise PhraseFileError(
            f"no filter ~{change} for {{{body}}} in {line!r}: there are {', '.join(FILTERS)}"
        )
    if (span := RANGE.match(source)) and not (int(span[1]) <= int(span[2]) and int(span[3] or 1)):
        raise PhraseFileError(f"{{{body}}} in {line!r} has no numbers: write low..high or low..high/step")
    return Slot(match["name"] or source, source, change)


def pairs(text: str) -> list[tuple[str, str]]:
    """Parse ``name=value; name=value``.

    Raises:
        PhraseFileError: a part has no name or no ``=``.

    """
    found: list[tuple[str, str]] = []
    for part in text.split(";"):
        name, equals, value = part.partition("=")
        if not equals or not name.strip():
            raise PhraseFileError(f"{part.strip()!r} should be name=value")
        found.append((name.strip(), value.strip()))
    return found


def _check_names(written: str, line: str) -> None:
    """Raise PhraseFileError where the arguments on the right of a line are not named, each once."""
    names = [name for name, _ in pairs(written)]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise PhraseFileError(f"{', '.join(twice)} is given twice in {line!r}")


def parse_line(text: str, prefix: str, *, arguments: bool = False) -> Line:
    """Parse one entry; ``prefix`` begins its id; with ``arguments`` its right side is ``name=value``.

    Raises:
        PhraseFileError: the line does not parse.

    """
    mode = ""
    rest = text
    if rest.startswith(("~", "!")):
        mode, rest = rest[0], rest[1:].lstrip()
    weight = 1
    if match := _WEIGHT.match(rest):
        weight, rest = int(match[1]), rest[match.end() :]
        if weight < 1:
            raise PhraseFileError(f"the weight in {text!r} should be 1 or more; # leaves a line out")
        if rest.startswith(("~ ", "! ")):
            raise PhraseFileError(f"'{rest[0]}' stands before the weight: {rest[0]} <{weight}> …")
    left, arrow, right = rest.partition("=>")
    nodes = parse_template(left.strip())
    if arguments and right.strip():
        _check_names(right, rest)
    digest = hashlib.sha256(rest.encode()).hexdigest()[:8]
    return Line(
        id=f"{prefix}/{digest}",
        source=rest,
        nodes=nodes,
        written=_ESCAPED.sub(r"\1", right.strip()) if arrow else None,
        weight=weight,
        mode=mode,
    )


@dataclass(frozen=True, slots=True)
class Section:
    """A source: its name, whether it is an open class, and its lines."""

    name: str
    open: bool
    lines: tuple[Line, ...]


def parse_sections(
    text: str, default: str, where: str, *, first: int = 1, arguments: bool = False
) -> tuple[Section, ...]:
    """Parse a file of sections (``@name`` or ``@name open``); lines before the first belong to ``default``.

    ``first`` is the number of the text's first line, where it is the end of a file; with ``arguments`` what
    stands on the right of a line is ``name=value``.

    Raises:
        PhraseFileError: naming the file and line.

    """
    sections: dict[str, tuple[bool, list[Line]]] = {}
    name, is_open = default, False
    for number, raw in enumerate(text.splitlines(), first):
        entry = raw.strip()
        if not entry or entry.startswith("#"):
            continue
        if match := _SECTION.match(entry):
            name, is_open = match["name"], bool(match["open"])
            if name.endswith(" open"):
                name, is_open = name.removesuffix(" open"), True
            sections.setdefault(name, (is_open, []))
            continue
        try:
            line = parse_line(entry, f"{where}#{name}", arguments=arguments)
        except PhraseFileError as error:
            raise PhraseFileError(f"{where}:{number}: {error.message}") from None
        sections.setdefault(name, (is_open, []))[1].append(line)
    return tuple(Section(n, o, tuple(lines)) for n, (o, lines) in sections.items())
