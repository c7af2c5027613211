"""Rows from a user's own examples: spelt in several ways, joined to others, negated, declared."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from agent.model.data._generator import FOLDER, Row
from agent.model.data._language import Language
from agent.model.data._noise import finish
from agent.model.data._requests import Request
from agent.model.data._sources import Segment
from agent.model.data._spelling import lower_copied
from agent.model.data._syntax import Choice, Text
from agent.model.data._unseen import BUDGET
from tools_schema import declaration

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator, Mapping, Sequence

    from agent.model.data._examples import UserExample
    from agent.model.data._tools import Json
    from tools_schema import Tool

KINDS: Mapping[str, float] = {
    "own": 0.62,
    "own_two": 0.14,
    "own_mixed": 0.10,
    "own_instead": 0.03,
    "own_never": 0.05,
    "own_decoy": 0.06,
}
"""The share of each kind of row; ``own_decoy`` only where tools are declared."""

ALL_DECLARED = 0.6
"""How often all tools of the set are declared, where they fit; else one row has some of them."""

_WORD = re.compile(r"\w")
_INNER_STOP = re.compile(r"[.!?。！？।]\s*\S")
_CAPITALISED = re.compile(r"[^\W\d_][a-zß-ÿа-яё]")


class OwnRows:
    """Makes rows without end from examples; ``declared`` are the tools that every prompt declares, if any."""

    def __init__(
        self,
        examples: Sequence[UserExample],
        tools: Sequence[Tool],
        rng: random.Random,
        *,
        declared: bool = False,
        held_out: bool = False,
    ) -> None:
        self._examples = examples
        self._rng = rng
        self._prefix = "own-v" if held_out else "own-t"
        self._choices = {choice for tool in tools for p in tool.parameters for choice in p.one_of}
        self._declarations: dict[str, Json] = (
            {tool.name: declaration(tool) for tool in tools} if declared else {}
        )
        self._languages = {
            lang: Language(FOLDER, lang, rng, held_out=held_out)
            for lang in sorted({example.lang for example in examples})
            if (FOLDER / "phrases" / lang).is_dir()
        }
        verbs = {tool.name.partition("_")[0] for tool in tools}
        self._beginnings = {lang: _beginnings(language) | verbs for lang, language in self._languages.items()}

    def rows(self) -> Iterator[Row]:
        """Yield rows for ever."""
        kinds = {kind: share for kind, share in KINDS.items() if self._declarations or kind != "own_decoy"}
        number = 0
        while True:
            kind = self._rng.choices(list(kinds), list(kinds.values()))[0]
            example = self._rng.choice(self._examples)
            request = self._make(kind, example)
            if request is None:
                kind, request = "own", self._single(example)
            yield self._row(number, kind, example.lang, request)
            number += 1

    def plain_rows(self) -> Iterator[Row]:
        """Yield each example once, as it is written."""
        for number, example in enumerate(self._examples):
            declarations = self._declared({call.name for call in example.calls}, whole=True)
            yield Row(
                f"{self._prefix}-plain-{number:03d}",
                example.lang,
                "own",
                example.text,
                example.calls,
                "own",
                declarations,
            )

    def _make(self, kind: str, example: UserExample) -> Request | None:
        """Return a request of a kind that has this example in it, or None where it does not lend itself."""
        language = self._languages.get(example.lang)
        first = self._request(example)
        if kind == "own_decoy":
            return first if all(call.name in self._declarations for call in example.calls) else None
        if kind == "own" or language is None or first.mode == "!" or not example.calls:
            return None
        wrappers = language.phrases.wrappers
        if kind == "own_never":
            if first.mode or "never" not in wrappers:
                return None
            return Request(language.requests.wrap("never", [first]).segments, (), "own", "!")
        if kind == "own_mixed":
            built_in = language.requests.request(language.requests.draw_tools(1)[0], joined=True)
            parts = [first, built_in] if self._rng.random() < 0.5 else [built_in, first]
        else:
            others = [e for e in self._examples if e.lang == example.lang and e.calls and e is not example]
            if not others:
                return None
            parts = [first, self._request(self._rng.choice(others))]
        if any(part.mode == "!" for part in parts):
            return None
        if kind == "own_instead":
            if any(part.mode for part in parts) or "instead" not in wrappers:
                return None
            return Request(language.requests.wrap("instead", parts).segments, parts[1].calls, "own", "!")
        parts = [language.requests.politely(parts[0]), language.requests.politely(parts[1], 0.06)]
        return language.requests.wrap("two", parts)

    def _single(self, example: UserExample) -> Request:
        request = self._request(example)
        language = self._languages.get(example.lang)
        return request if language is None or not example.calls else language.requests.politely(request)

    def _request(self, example: UserExample) -> Request:
        beginnings = self._beginnings.get(example.lang, set())
        text = example.text.rstrip(" .。।")
        if not _WORD.search(text) or _INNER_STOP.search(text):
            mode = "!"
        elif text.casefold().split()[0].rstrip(",") in beginnings and not text.endswith(("?", "？", "!")):
            mode = ""
        else:
            mode = "~"
        return Request(_small_start(_segments(example)), example.calls, "own", mode)

    def _row(self, number: int, kind: str, lang: str, request: Request) -> Row:
        decoy = kind == "own_decoy"
        names = {call.name for call in request.calls}
        declarations = self._without(names) if decoy else self._declared(names)
        calls = () if decoy else request.calls
        language = self._languages.get(lang)
        nested = any(isinstance(value, dict) for call in calls for value in call.arguments.values())
        # Values inside of objects stay as they are, so such a text keeps its capitals.
        cased = not nested and (language is None or language.cased)
        text, lowered = finish(request.segments, self._rng, cased=cased)
        calls = lower_copied(calls, text, self._choices) if lowered else calls
        return Row(f"{self._prefix}-{number:06d}", lang, kind, text, calls, request.template, declarations)

    def _declared(self, names: set[str], *, whole: bool = False) -> tuple[Json, ...]:
        """Return the declarations of a row: those of the tools called, and others while there is room."""
        needed = [name for name in sorted(names) if name in self._declarations]
        others = [name for name in self._declarations if name not in needed]
        self._rng.shuffle(others)
        if not whole and self._rng.random() > ALL_DECLARED:
            others = others[: self._rng.randrange(len(others) + 1)]
        room = BUDGET - sum(_size(self._declarations[name]) for name in needed)
        for name in others:
            room -= _size(self._declarations[name])
            if room >= 0:
                needed.append(name)
        return tuple(self._declarations[name] for name in sorted(needed))

    def _without(self, names: set[str]) -> tuple[Json, ...]:
        """Return declarations that leave out the tools of these names."""
        others = {name: value for name, value in self._declarations.items() if name not in names}
        chosen = self._rng.sample(sorted(others), self._rng.randint(min(1, len(others)), min(4, len(others))))
        return tuple(others[name] for name in sorted(chosen))


def _beginnings(language: Language) -> set[str]:
    """Return the first words of a language's plain requests: verbs in the imperative."""
    found = set()
    for lines in language.phrases.requests.values():
        for line in lines:
            node = line.nodes[0] if line.mode == "" and line.nodes else None
            firsts = [option[0] for option in node.options if option] if isinstance(node, Choice) else [node]
            texts = [first.text for first in firsts if isinstance(first, Text)]
            found |= {text.casefold().split()[0] for text in texts if text.strip()}
    return found


def _segments(example: UserExample) -> list[Segment]:
    """Part an example's text into literal words and values, which no typo may touch.

    A text without words ("...") is one value: spelt as others are, without its stops, nothing would be left.
    """
    if not _WORD.search(example.text):
        return [Segment(example.text, value=True)]
    values = {
        value
        for call in example.calls
        for argument in call.arguments.values()
        for value in (argument if isinstance(argument, list) else [argument])
        if isinstance(value, str) and value.casefold() in example.text.casefold()
    }
    if not values:
        return [Segment(example.text)]
    pattern = "|".join(re.escape(value) for value in sorted(values, key=len, reverse=True))
    parts = re.split(f"({pattern})", example.text, flags=re.IGNORECASE)
    return [Segment(part, number % 2 == 1) for number, part in enumerate(parts) if part]


def _small_start(segments: list[Segment]) -> list[Segment]:
    """Return the segments without the capital of the first word: it comes back when a row is spelt."""
    first = segments[0]
    if first.value or not _CAPITALISED.match(first.text):
        return segments
    return [Segment(first.text[0].lower() + first.text[1:]), *segments[1:]]


def _size(declared: Json) -> int:
    return len(json.dumps(declared, ensure_ascii=False).encode())
