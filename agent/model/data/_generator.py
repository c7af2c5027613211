"""Rows without end: which kinds in which shares, in which languages."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from agent.model.data._errors import DataOptionsError, PhraseFileError
from agent.model.data._language import Language
from agent.model.data._noise import SPOKEN, finish, hesitant
from agent.model.data._spelling import lower_copied
from agent.model.data._unseen import declarations

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agent.model.data._requests import Request
    from agent.model.data._tools import Call, Json

    _Made = tuple[str, Request, tuple[Json, ...], tuple[Json, ...]]
    """A kind, a request, the declarations it comes with, and its history."""

FOLDER = Path(__file__).parent
"""Where the phrase, value and tool files are."""

KINDS: Mapping[str, float] = {
    "plain": 0.38,
    "one": 0.11,
    "two": 0.165,
    "three": 0.03,
    "none": 0.06,
    "partial": 0.01,
    "missing": 0.015,
    "unseen": 0.054,
    "unseen_none": 0.011,
    "unseen_mixed": 0.013,
    "follow_up": 0.13,
}
"""How often each kind is drawn; one with declared tools makes `BESIDE` rows more, in training."""

DECLARED = ("unseen", "unseen_none", "unseen_mixed")
"""The kinds whose rows declare tools."""

BESIDE = 5
"""How many further requests are made while the same tools are declared.

The trainer reads the declarations once for all of them (``agent/model/train/_batches.py``), and what tells
them apart is in the declarations alone.
"""

SPOKEN_PLAIN = 0.4
"""How often a plain row is spelt as a speech recogniser writes it: most short requests are said aloud."""

HESITANT = 0.03
"""How often somebody hesitates before a value, in languages that have fillers."""


@dataclass(frozen=True, slots=True)
class Row:
    """One training or validation row; ``calls`` are in the order said."""

    id: str
    lang: str
    kind: str
    text: str
    calls: tuple[Call, ...]
    template: str
    tools: tuple[Json, ...] = ()
    history: tuple[Json, ...] = ()

    def to_json(self) -> dict[str, Json]:
        """Return the row as it is written."""
        return {
            "id": self.id,
            "lang": self.lang,
            "kind": self.kind,
            "text": self.text,
            "tools": list(self.tools),
            "history": list(self.history),
            "calls": [call.to_json() for call in self.calls],
            "template": self.template,
        }


@dataclass(frozen=True, slots=True)
class DataOptions:
    """What is generated: the seed, the languages with their shares, and where the files are.

    Raises:
        DataOptionsError: there is no language, one has no name, or its share is not a positive number.

    """

    seed: int = 7
    languages: Mapping[str, float] = field(default_factory=lambda: {"en": 1.0})
    folder: Path = FOLDER

    def __post_init__(self) -> None:
        if not self.languages or not all(self.languages):
            raise DataOptionsError("a language is missing: write language=share, as in en=6,de=1")
        for lang, share in self.languages.items():
            if not 0 < share < math.inf:
                raise DataOptionsError(f"the share of {lang} is {share:g}, it should be a number above 0")


class Generator:
    """Rows of one split, without end; the same options give the same rows."""

    def __init__(self, options: DataOptions, *, held_out: bool) -> None:
        self._held_out = held_out
        self._rng = random.Random(f"{options.seed}/{held_out}")  # noqa: S311 - data, not secrets
        self._languages = [
            Language(options.folder, lang, self._rng, held_out=held_out) for lang in sorted(options.languages)
        ]
        for language in self._languages:
            if not language.has("one"):
                rows = "validation" if held_out else "training"
                raise PhraseFileError(
                    f"there are no requests for {rows} rows in phrases/{language.name}: "
                    "add a <tool>.txt with two phrases or more"
                )
        self._shares = [options.languages[language.name] for language in self._languages]

    def rows(self) -> Iterator[Row]:
        """Yield rows for ever; those that declare the same tools stand together."""
        kinds, shares = list(KINDS), list(KINDS.values())
        number = 0
        while True:
            language = self._rng.choices(self._languages, self._shares)[0]
            kind = self._rng.choices(kinds, shares)[0]
            if not language.has(kind):
                kind = "one"
            for made in self._declared(language, kind) if kind in DECLARED else self._alone(language, kind):
                yield self._row(language, number, *made)
                number += 1

    def _alone(self, language: Language, kind: str) -> Iterator[_Made]:
        request, history = language.make(kind)
        yield kind, request, (), history

    def _declared(self, language: Language, kind: str) -> Iterator[_Made]:
        """Yield requests that declare the same tools; validation has one for each set of them."""
        rows = language.declared_rows
        declared = rows.draw(kind)
        tools = declarations(declared)
        yield kind, rows.request(kind, declared), tools, ()
        possible = [other for other in DECLARED if language.has(other)]
        for _ in range(0 if self._held_out else BESIDE):
            kind = self._rng.choices(possible, [KINDS[other] for other in possible])[0]
            yield kind, rows.request(kind, rows.turned(declared)), tools, ()

    def _row(
        self,
        language: Language,
        number: int,
        kind: str,
        request: Request,
        tools: tuple[Json, ...],
        history: tuple[Json, ...],
    ) -> Row:
        """Return the row of a request, spelt as somebody may write it."""
        segments = request.segments
        if language.fillers and self._rng.random() < HESITANT:
            segments = hesitant(segments, self._rng.choice(language.fillers), self._rng)
        chance = SPOKEN_PLAIN if kind == "plain" else SPOKEN
        text, lowered = finish(segments, self._rng, cased=language.cased, chance=chance)
        calls = (
            lower_copied(
                request.calls,
                text,
                language.unseen.choices if tools else (),
                " ".join(str(past["text"]) for past in history if isinstance(past, Mapping)),
            )
            if lowered
            else request.calls
        )
        id_ = f"{language.name}-{'v' if self._held_out else 't'}-{number:06d}"
        return Row(id_, language.name, kind, text, calls, request.template, tools, history)
