"""Makes rows: requests of one to three calls, refusals, missing arguments, unseen tools, follow-ups."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from agent.model.data._follow_ups import FollowUps
from agent.model.data._noise import capitalised, finish, without_stop
from agent.model.data._phrases import load_phrases
from agent.model.data._sources import NotBoundError, Segment, Sources, load_sections
from agent.model.data._syntax import Choice, Line, Slot, Text
from agent.model.data._tools import (
    MOBILE_ACTIONS,
    Argument,
    Call,
    Json,
    built_in_required,
    built_in_types,
    convert,
)
from agent.model.data._unseen import Unseen, load_inventions

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

FOLDER = Path(__file__).parent
"""Where the phrase, value and tool files are."""

KINDS: Mapping[str, float] = {
    "one": 0.385,
    "two": 0.19,
    "three": 0.05,
    "none": 0.105,
    "partial": 0.015,
    "missing": 0.04,
    "unseen": 0.12,
    "unseen_none": 0.03,
    "unseen_mixed": 0.03,
    "follow_up": 0.035,
}
"""The share of each kind of row."""

TOOL_WEIGHTS: Mapping[str, float] = {
    **dict.fromkeys(MOBILE_ACTIONS, 1.6),
    "create_calendar_event": 3.5,
    "send_email": 3.0,
    "create_contact": 3.0,
    "show_map": 2.2,
    "set_alarm": 2.5,
    "set_timer": 2.0,
    "set_volume": 1.8,
    "web_search": 1.8,
    "send_sms": 1.8,
    "navigate_to": 1.4,
    "open_app": 1.4,
    "play_music": 1.4,
    "open_settings": 1.4,
    "create_note": 1.3,
    "share_text": 1.2,
}
"""How often a tool is drawn, relative to 1."""

ASKED = frozenset({"navigate_to", "find_contact", "show_map"})
"""Tools that a question ("how do I …?") may well ask for."""

SAME_TOOL = 0.15
"""How often a request of several calls names one tool twice."""


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
    """What is generated: the seed, the languages with their shares, and where the files are."""

    seed: int = 7
    languages: Mapping[str, float] = field(default_factory=lambda: {"en": 1.0})
    folder: Path = FOLDER


@dataclass(slots=True)
class Request:
    """A part of a row before its final spelling."""

    segments: list[Segment]
    calls: tuple[Call, ...]
    template: str
    mode: str = ""


class _Language:
    """The phrases and values of one language for one split."""

    def __init__(self, options: DataOptions, lang: str, rng: random.Random, *, held_out: bool) -> None:
        self.lang = lang
        self.rng = rng
        self.sources = Sources(load_sections(options.folder, lang), rng, held_out=held_out)
        self.phrases = load_phrases(options.folder, lang, held_out=held_out)
        self.types = built_in_types()
        unknown = sorted({*self.phrases.requests, *self.phrases.missing} - set(self.types))
        if unknown:
            raise ValueError(f"phrases/{lang}: no such tool: {', '.join(unknown)}")
        self.tools = sorted(self.phrases.requests)
        self.weights = [TOOL_WEIGHTS.get(tool, 1.0) for tool in self.tools]
        self.mobile = [tool for tool in MOBILE_ACTIONS if tool in self.phrases.requests]
        self.cased = "cased" not in self.sources.names
        self.unseen = Unseen(load_inventions(options.folder, lang, held_out=held_out), self.sources, rng)
        self.follow_ups = FollowUps(
            self.phrases.follow_ups, self.sources, rng, self.types, built_in_required()
        )

    # -- requests -------------------------------------------------------------------------------

    def line(self, line: Line, tool: str = "") -> Request:
        """Render a phrase; with a tool, the arguments are of a call to it."""
        for _ in range(50):
            try:
                rendered = self.sources.render(line.nodes, line.written)
            except NotBoundError:
                continue
            break
        else:
            raise ValueError(f"{line.id}: a slot {{^…}} is never bound in {line.source!r}")
        calls: tuple[Call, ...] = ()
        if tool:
            types = self.types[tool]
            missing = sorted(set(rendered.arguments) - set(types))
            if missing:
                raise ValueError(f"{line.id}: {tool} has no parameter {', '.join(missing)}: {line.source!r}")
            calls = (Call(tool, {k: convert(v, types[k]) for k, v in rendered.arguments.items()}),)
        return Request(rendered.segments, calls, line.id, line.mode)

    def pick_line(self, lines: Sequence[Line]) -> Line:
        """Draw a line by its weight."""
        return self.rng.choices(lines, weights=[line.weight for line in lines])[0]

    def request(self, tool: str, *, joined: bool = False) -> Request:
        """Return a request for a tool; ``joined`` leaves out phrases that stand alone."""
        lines = self.phrases.requests[tool]
        for _ in range(20):
            line = self.pick_line(lines)
            if not (joined and line.mode == "!"):
                break
        return self.line(line, tool)

    def draw_tools(self, count: int) -> list[str]:
        """Draw the tools of one row; a third of the rows of several calls keep to Mobile Actions."""
        if count > 1 and len(self.mobile) >= count and self.rng.random() < 0.38:
            return self._distinct(
                self.mobile, [1.0 if "flash" in t or "wifi" in t else 1.6 for t in self.mobile], count
            )
        return self._distinct(self.tools, self.weights, count)

    def _distinct(self, tools: Sequence[str], weights: Sequence[float], count: int) -> list[str]:
        drawn: list[str] = []
        while len(drawn) < count:
            tool = self.rng.choices(tools, weights)[0]
            if tool not in drawn or (self.types[tool] and self.rng.random() < SAME_TOOL):
                drawn.append(tool)
        return drawn

    # -- wrapping -------------------------------------------------------------------------------

    def wrap(self, section: str, parts: Sequence[Request]) -> Request:
        """Put requests into a wrapper: ``{1}`` is the first one; calls keep the order of the numbers."""
        line = self.pick_line(self.phrases.wrappers[section])
        segments: list[Segment] = []
        for node in self._flat(line.nodes):
            if isinstance(node, Text):
                segments.append(Segment(node.text))
                continue
            inner = without_stop(parts[int(node.source) - 1].segments)
            before = "".join(s.text for s in segments)
            segments.extend(
                capitalised(inner) if before.rstrip().endswith((".", "!", "?", "。", "।")) else inner
            )
        calls = tuple(call for part in parts for call in part.calls)
        return Request(segments, calls, "+".join(part.template for part in parts))

    def _flat(self, nodes: Sequence[Text | Slot | Choice]) -> Iterator[Text | Slot]:
        for node in nodes:
            if isinstance(node, Choice):
                yield from self._flat(self.rng.choice(node.options))
            else:
                yield node

    def politely(self, request: Request, chance: float = 0.35) -> Request:
        """Wrap a request as people do, some of the time."""
        wrappers = self.phrases.wrappers
        if request.mode == "" and "polite" in wrappers and self.rng.random() < chance:
            request = self.wrap("polite", [request])
        if request.mode != "!" and "opening" in wrappers and self.rng.random() < chance / 4:
            request = self.wrap("opening", [request])
        return request

    def joined(self, count: int) -> Request:
        """Return a request of several calls."""
        tools = self.draw_tools(count)
        parts = [self.request(tool, joined=True) for tool in tools]
        wrappers = self.phrases.wrappers
        plain = all(part.mode == "" for part in parts)
        if count == 2 and plain and self.rng.random() < 0.05 and "reversed" in wrappers:
            return self.wrap("reversed", parts)
        if count == 2 and plain and self.rng.random() < 0.05 and "instead" in wrappers:
            whole = self.wrap("instead", parts)
            return Request(whole.segments, parts[1].calls, whole.template)
        parts[0] = self.politely(parts[0])
        parts[1:] = [self.politely(part, 0.06) for part in parts[1:]]
        return self.wrap("two" if count == 2 else "three", parts)

    # -- kinds ----------------------------------------------------------------------------------

    def make(self, kind: str) -> tuple[Request, tuple[Json, ...], tuple[Json, ...]]:
        """Return a request of a kind, the declarations it comes with, and its history."""
        rng = self.rng
        if kind == "one":
            return self.politely(self.request(self.draw_tools(1)[0])), (), ()
        if kind in {"two", "three"}:
            return self.joined(2 if kind == "two" else 3), (), ()
        if kind == "missing":
            tools = sorted(self.phrases.missing)
            tool = rng.choices(tools, [TOOL_WEIGHTS.get(t, 1.0) for t in tools])[0]
            return self.politely(self.line(self.pick_line(self.phrases.missing[tool]), tool)), (), ()
        if kind == "none":
            return self.nothing(), (), ()
        if kind == "partial":
            doable = self.request(self.draw_tools(1)[0], joined=True)
            other = self.line(self.pick_line(self.phrases.impossible))
            parts = [doable, other] if rng.random() < 0.5 else [other, doable]
            parts[0] = self.politely(parts[0])
            return self.wrap("two", parts), (), ()
        if kind == "follow_up":
            return self.follow_up()
        return self.with_declarations(kind)

    def nothing(self) -> Request:
        """Return something said that must call nothing."""
        if "never" in self.phrases.wrappers and self.rng.random() < 0.35:
            tool = self.draw_tools(1)[0]
            request = self.request(tool, joined=True)
            if request.mode == "":
                asked = "asked" in self.phrases.wrappers and tool not in ASKED and self.rng.random() < 0.4
                whole = self.wrap("asked" if asked else "never", [request])
                return Request(whole.segments, (), whole.template, "!")
        line = self.pick_line(self.phrases.none)
        request = self.line(line)
        return self.politely(Request(request.segments, (), request.template, request.mode), 0.2)

    def follow_up(self) -> tuple[Request, tuple[Json, ...], tuple[Json, ...]]:
        """Return an answer, a correction, a repeat, or an unrelated request after an earlier one."""
        kind = self.rng.choices(("answer", "correct", "repeat", "new"), (4, 4, 1, 3))[0]
        if kind == "answer":
            tools = [t for t in sorted(self.phrases.missing) if self.follow_ups.answerable(t)]
            tool = self.rng.choice(tools) if tools else ""
        else:
            tool = self.draw_tools(1)[0]
        if not tool:
            kind, tool = "new", self.draw_tools(1)[0]
        if kind == "answer":
            first = self.line(self.pick_line(self.phrases.missing[tool]), tool)
        else:
            first = self.politely(self.request(tool))
        said, lowered = finish(first.segments, self.rng, cased=self.cased)
        call = lower_copied(first.calls, said)[0] if lowered else first.calls[0]
        answer = self.follow_ups.make(kind, call)
        if answer is None:
            request = self.politely(self.request(self.draw_tools(1)[0]))
            calls: tuple[Call, ...] = request.calls
            missing: list[Json] = []
        else:
            request = Request(answer.segments, answer.calls, f"{first.template}>{answer.template}", "!")
            missing = list(answer.missing)
            calls = answer.calls
        history: Json = {
            "text": said,
            "calls": [] if missing else [call.to_json()],
            "missing": missing,
        }
        return Request(request.segments, calls, request.template, "!"), (), (history,)

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
            built_in = self.politely(self.request(self.draw_tools(1)[0], joined=True))
            if rng.random() < 0.5:
                return built_in, declared, ()
            other = self._unseen(tools[0])
            parts = [built_in, other] if rng.random() < 0.5 else [other, built_in]
            return self.wrap("two", parts), declared, ()
        request = self._unseen(tools[0])
        if len(tools) > 1 and rng.random() < 0.25:
            return self.wrap("two", [request, self._unseen(tools[1])]), declared, ()
        return self.politely(request), declared, ()

    def _unseen(self, tool: object) -> Request:
        rendered, call, template = self.unseen.request(tool)  # type: ignore[arg-type]
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


class Generator:
    """Rows of one split, without end; the same options give the same rows."""

    def __init__(self, options: DataOptions, *, held_out: bool) -> None:
        self._held_out = held_out
        self._rng = random.Random(f"{options.seed}/{held_out}")  # noqa: S311 - data, not secrets
        self._languages = [
            _Language(options, lang, self._rng, held_out=held_out) for lang in sorted(options.languages)
        ]
        self._shares = [options.languages[language.lang] for language in self._languages]

    def rows(self) -> Iterator[Row]:
        """Yield rows for ever."""
        kinds, shares = list(KINDS), list(KINDS.values())
        split = "v" if self._held_out else "t"
        number = 0
        while True:
            language = self._rng.choices(self._languages, self._shares)[0]
            kind = self._rng.choices(kinds, shares)[0]
            request, tools, history = language.make(kind)
            text, lowered = finish(request.segments, self._rng, cased=language.cased)
            calls = lower_copied(request.calls, text) if lowered else request.calls
            yield Row(
                f"{language.lang}-{split}-{number:06d}",
                language.lang,
                kind,
                text,
                calls,
                request.template,
                tools,
                history,
            )
            number += 1
