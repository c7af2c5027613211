"""The kinds of rows of one language: requests, refusals, missing arguments, unseen tools, follow-ups."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agent.model.data._conversations import Conversations
from agent.model.data._declared_rows import DeclaredRows
from agent.model.data._follow_ups import FollowUps
from agent.model.data._inventions import load_inventions
from agent.model.data._phrases import load_phrases
from agent.model.data._requests import Request, Requests
from agent.model.data._sources import Sources, load_sections
from agent.model.data._tool_weights import TOOL_WEIGHTS
from agent.model.data._tools import Json, built_in_types
from agent.model.data._unseen import Unseen

if TYPE_CHECKING:
    import random
    from pathlib import Path

ASKED = frozenset({"navigate_to", "find_contact", "show_map"})
"""Tools that a question ("how do I …?") may well ask for."""

STATEMENTS = 0.06
"""How often a refusal is to a statement that is otherwise said beside a request."""


class Language:
    """Makes the rows of one language and split before their final spelling.

    ``cased`` is false for languages whose values have a source named ``uncased``: a script without capitals.
    """

    def __init__(self, folder: Path, lang: str, rng: random.Random, *, held_out: bool) -> None:
        self.name = lang
        self.rng = rng
        sources = Sources(load_sections(folder, lang), rng, held_out=held_out)
        self.phrases = load_phrases(folder, lang, held_out=held_out)
        types = built_in_types()
        self.requests = Requests(self.phrases, sources, rng, types)
        self.unseen = Unseen(load_inventions(folder, lang, held_out=held_out), sources, rng)
        self.cased = "uncased" not in sources.names
        self.fillers = tuple(line.source for line in self.phrases.wrappers.get("filler", ()))
        self.declared_rows = DeclaredRows(self.requests, self.unseen, rng, self.nothing)
        follow_ups = FollowUps(self.phrases.follow_ups, sources, rng, types)
        self.conversations = Conversations(self.requests, follow_ups, rng, self.nothing, cased=self.cased)

    def has(self, kind: str) -> bool:
        """Return whether the files of the language hold what rows of a kind are made of.

        All but plain rows may have a request for a tool in them: one that is refused, one that comes first.
        """
        phrases, tools, joint = self.phrases, bool(self.requests.tools), "two" in self.phrases.wrappers
        two = tools and joint and self.requests.can_draw(2)
        none = tools and bool(phrases.none)
        unseen = tools and bool(self.unseen.tools)
        has = {
            "plain": tools or bool(phrases.missing or phrases.none),
            "two": two,
            "three": tools and "three" in phrases.wrappers and self.requests.can_draw(3),
            "missing": bool(phrases.missing),
            "none": none,
            "partial": tools and joint and bool(phrases.impossible),
            "unseen": unseen,
            "unseen_none": unseen and none,
            "unseen_mixed": unseen and joint,
            "follow_up": two and none and bool(phrases.follow_ups),
        }
        return has.get(kind, tools)

    def make(self, kind: str) -> tuple[Request, tuple[Json, ...]]:
        """Return a request of a kind that declares no tools, and its history."""
        rng = self.rng
        if kind == "plain":
            return self.requests.plain(), ()
        if kind == "one":
            polite = self.requests.politely(self.requests.request(self.requests.draw_tools(1)[0]))
            return self._with_words(polite), ()
        if kind == "two" and rng.random() < 0.12 and (both := self.requests.together()) is not None:
            return self.requests.with_aside(both), ()
        if kind in {"two", "three"}:
            return self._with_words(self.requests.joined(2 if kind == "two" else 3)), ()
        if kind == "missing":
            tools = sorted(self.phrases.missing)
            tool = rng.choices(tools, [TOOL_WEIGHTS.get(t, 1.0) for t in tools])[0]
            asked = self.requests.line(self.requests.pick_line(self.phrases.missing[tool]), tool)
            return self.requests.with_aside(self.requests.politely(asked), details=False), ()
        if kind == "none":
            if self.phrases.asides and rng.random() < STATEMENTS:
                lines = self.phrases.asides[rng.choice(sorted(self.phrases.asides))]
                return self.requests.line(self.requests.pick_line(lines)), ()
            refused = self.nothing()
            return self.requests.with_aside(replace(refused, mode="")), ()
        if kind == "partial":
            doable = self.requests.request(self.requests.draw_tools(1)[0], joined=True)
            other = self.requests.line(self.requests.pick_line(self.phrases.impossible))
            parts = [doable, other] if rng.random() < 0.5 else [other, doable]
            parts[0] = self.requests.politely(parts[0])
            return self.requests.wrap("two", parts), ()
        return self.follow_up()

    def _with_words(self, request: Request) -> Request:
        """Return a request with words around it that ask for nothing: a reason, or something else."""
        return self.requests.with_aside(self.requests.with_reason(request))

    def nothing(self) -> Request:
        """Return something said that must call nothing."""
        if "never" in self.phrases.wrappers and self.rng.random() < 0.35:
            tool = self.requests.draw_tools(1)[0]
            request = self.requests.request(tool, joined=True)
            if request.mode == "":
                asked = "asked" in self.phrases.wrappers and tool not in ASKED and self.rng.random() < 0.4
                whole = self.requests.wrap("asked" if asked else "never", [request])
                return Request(whole.segments, (), whole.template, "!")
        line = self.requests.pick_line(self.phrases.none)
        request = self.requests.line(line)
        return self.requests.politely(Request(request.segments, (), request.template, request.mode), 0.2)

    def follow_up(self) -> tuple[Request, tuple[Json, ...]]:
        """Return what is said after an earlier request: an answer, a correction, something new."""
        made = self.conversations.make()
        if made is None:
            return self.make("one")
        request, history = made
        template = ">".join(filter(None, (*(past.template for past in history), request.template)))
        return (
            Request(request.segments, request.calls, template, "!"),
            tuple(past.to_json() for past in history),
        )
