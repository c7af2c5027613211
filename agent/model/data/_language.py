"""The kinds of rows of one language: requests, refusals, missing arguments, unseen tools, follow-ups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.errors import InvalidValue
from agent.model.data._follow_ups import FollowUps
from agent.model.data._history import as_remembered
from agent.model.data._noise import finish
from agent.model.data._phrases import load_phrases
from agent.model.data._requests import TOOL_WEIGHTS, Request, Requests
from agent.model.data._sources import Sources, load_sections
from agent.model.data._tools import Argument, Call, Json, built_in_required, built_in_types
from agent.model.data._unseen import InventedTool, Unseen, load_inventions

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence
    from pathlib import Path

ASKED = frozenset({"navigate_to", "find_contact", "show_map"})
"""Tools that a question ("how do I …?") may well ask for."""


FOLLOW_UPS = {"answer": 4, "correct": 4, "repeat": 0.8, "cancel": 0.6, "new": 2.6}
"""The shares of what is said after an earlier request."""


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
        self.required = built_in_required()
        self.requests = Requests(self.phrases, sources, rng, types)
        self.unseen = Unseen(load_inventions(folder, lang, held_out=held_out), sources, rng)
        self.follow_ups = FollowUps(self.phrases.follow_ups, sources, rng, types)
        self.cased = "uncased" not in sources.names

    def make(self, kind: str) -> tuple[Request, tuple[Json, ...], tuple[Json, ...]]:
        """Return a request of a kind, the declarations it comes with, and its history."""
        rng = self.rng
        if kind == "one":
            return self.requests.politely(self.requests.request(self.requests.draw_tools(1)[0])), (), ()
        if kind == "two" and rng.random() < 0.12 and (both := self.requests.together()) is not None:
            return both, (), ()
        if kind in {"two", "three"}:
            return self.requests.joined(2 if kind == "two" else 3), (), ()
        if kind == "missing":
            tools = sorted(self.phrases.missing)
            tool = rng.choices(tools, [TOOL_WEIGHTS.get(t, 1.0) for t in tools])[0]
            return (
                self.requests.politely(
                    self.requests.line(self.requests.pick_line(self.phrases.missing[tool]), tool)
                ),
                (),
                (),
            )
        if kind == "none":
            return self.nothing(), (), ()
        if kind == "partial":
            doable = self.requests.request(self.requests.draw_tools(1)[0], joined=True)
            other = self.requests.line(self.requests.pick_line(self.phrases.impossible))
            parts = [doable, other] if rng.random() < 0.5 else [other, doable]
            parts[0] = self.requests.politely(parts[0])
            return self.requests.wrap("two", parts), (), ()
        if kind == "follow_up":
            return self.follow_up()
        if not self.unseen.tools:
            return self.make("one")
        return self.with_declarations(kind)

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

    def follow_up(self) -> tuple[Request, tuple[Json, ...], tuple[Json, ...]]:
        """Return what is said after an earlier request: an answer, a correction, something new."""
        kind = self.rng.choices(tuple(FOLLOW_UPS), tuple(FOLLOW_UPS.values()))[0]
        tools = sorted(self.phrases.missing if kind == "answer" else self.phrases.requests)
        if kind in {"answer", "correct"}:
            tools = [tool for tool in tools if self.follow_ups.parameters(kind, tool)]
        for _ in range(20):
            tool = self.rng.choices(tools, [TOOL_WEIGHTS.get(t, 1.0) for t in tools])[0] if tools else ""
            missing = kind == "answer" or (kind == "new" and self.rng.random() < 0.2)
            if missing and tool in self.phrases.missing:
                first = self.requests.line(self.requests.pick_line(self.phrases.missing[tool]), tool)
            elif tool:
                first = self.requests.politely(self.requests.request(tool))
            else:
                break
            said, lowered = finish(first.segments, self.rng, cased=self.cased)
            call = lower_copied(first.calls, said)[0] if lowered else first.calls[0]
            unsaid = [p for p in self.required[tool] if p not in call.arguments]
            try:
                call = call if unsaid else as_remembered(call, said, self.rng)
            except InvalidValue:
                continue  # a date that the drawn year does not have
            past: Json = {"text": said, "calls": [] if unsaid else [call.to_json()], "missing": unsaid}
            if kind == "new":
                request = self.requests.politely(self.requests.request(self.requests.draw_tools(1)[0]))
                return Request(request.segments, request.calls, request.template, "!"), (), (past,)
            answer = self.follow_ups.make(kind, call)
            if answer is not None and (kind == "answer") == bool(unsaid):
                template = f"{first.template}>{answer.template}"
                return Request(answer.segments, answer.calls, template, "!"), (), (past,)
        return self.make("one")

    def with_declarations(self, kind: str) -> tuple[Request, tuple[Json, ...], tuple[Json, ...]]:
        """Return a row with declared tools: one of them asked for, none, or a built-in one."""
        rng = self.rng
        if kind == "unseen_none":
            tools = self.unseen.draw(rng.randint(1, 3))
            request = self.nothing() if rng.random() < 0.5 else self._elsewhere({t.name for t in tools})
            return request, self.unseen.declare(tools), ()
        tools = self.unseen.draw(rng.randint(1, 3))
        declared = self.unseen.declare(tools)
        if kind == "unseen_mixed":
            built_in = self.requests.politely(
                self.requests.request(self.requests.draw_tools(1)[0], joined=True)
            )
            if rng.random() < 0.5:
                return built_in, declared, ()
            other = self._unseen(tools[0])
            parts = [built_in, other] if rng.random() < 0.5 else [other, built_in]
            return self.requests.wrap("two", parts), declared, ()
        request = self._unseen(tools[0])
        if len(tools) > 1 and rng.random() < 0.25:
            return self.requests.wrap("two", [request, self._unseen(tools[1])]), declared, ()
        return self.requests.politely(request), declared, ()

    def _unseen(self, tool: InventedTool) -> Request:
        rendered, call, template = self.unseen.request(tool)
        return Request(rendered.segments, (call,), template)

    def _elsewhere(self, names: set[str]) -> Request:
        """Return a request for an invented tool that is not declared."""
        for _ in range(20):
            (tool,) = self.unseen.draw(1)
            if tool.name not in names:
                break
        rendered, _, template = self.unseen.request(tool)
        return Request(rendered.segments, (), template)


def lower_copied(calls: Sequence[Call], text: str) -> tuple[Call, ...]:
    """Return the calls with copied values spelt as in a text that was made lower-case."""

    def lower(value: Argument) -> Argument:
        if isinstance(value, str) and value not in text and value.lower() in text:
            return value.lower()
        if isinstance(value, list):
            return [v.lower() if isinstance(v, str) and v.lower() in text else v for v in value]  # type: ignore[return-value]
        return value

    return tuple(Call(call.name, {k: lower(v) for k, v in call.arguments.items()}) for call in calls)
