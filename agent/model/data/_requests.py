"""Requests for one or several tools: a phrase, rendered, wrapped and joined as people do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from agent.model.data._copies import keep_copies
from agent.model.data._deck import Deck
from agent.model.data._errors import PhraseFileError
from agent.model.data._noise import STOPS, capitalised, without_stop
from agent.model.data._sources import Segment, Sources
from agent.model.data._syntax import Choice, Line, Slot, Text
from agent.model.data._tool_weights import TOOL_WEIGHTS
from agent.model.data._tools import MOBILE_ACTIONS, Argument, Call, built_in_copied, convert

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator, Mapping, Sequence

    from agent.model.data._phrases import Phrases

TOGETHER = "_together"
"""The phrases that ask for several calls at once."""

REASONS = 0.1
"""How often somebody says why, where no free text ends the request."""

ASIDES = 0.14
"""How often something is said beside a request that asks for nothing."""

DETAILS = 0.35
"""How often such a statement has a name, a time, a number or a place in it."""

POLITE_ENDING = 30
"""How many characters a polite ending has at most (", if you'd be so kind."), with what is around it."""

FREE_TEXTS = frozenset({"body", "text", "title", "subject", "label"})
"""Arguments into which a reason after them would run; so would it into the query of `web_search`."""

OPEN_TEXTS = {
    "create_calendar_event": "title",
    "create_note": "text",
    "send_email": "body",
    "send_sms": "body",
    "share_text": "text",
    "web_search": "query",
}
"""The argument of a tool for which what is said after a request would be taken, were it not said."""

SAME_TOOL = 0.15
"""How often a request of several calls names one tool twice."""


@dataclass(slots=True)
class Request:
    """A part of a row before its final spelling."""

    segments: list[Segment]
    calls: tuple[Call, ...]
    template: str
    mode: str = ""


class Requests:
    """Makes requests from the phrases and values of one language."""

    def __init__(
        self, phrases: Phrases, sources: Sources, rng: random.Random, types: Mapping[str, Mapping[str, str]]
    ) -> None:
        self.phrases = phrases
        self.sources = sources
        self.rng = rng
        self.types = types
        self.copied = built_in_copied()
        unknown = sorted({*phrases.requests, *phrases.missing} - set(types))
        if unknown:
            raise PhraseFileError(f"phrases for tools that do not exist: {', '.join(unknown)}")
        self.tools = sorted(phrases.requests)
        self.weights = [TOOL_WEIGHTS.get(tool, 1.0) for tool in self.tools]
        self.mobile = [tool for tool in MOBILE_ACTIONS if tool in phrases.requests]
        per_tool = [*phrases.requests.items(), *phrases.missing.items(), ("", phrases.none)]
        self._deck = Deck([(tool, line) for tool, lines in per_tool for line in lines], rng)

    def line(self, line: Line, tool: str = "") -> Request:
        """Render a phrase; with a tool, the arguments are of a call to it."""
        rendered = self.sources.render_line(line)
        calls: tuple[Call, ...] = ()
        if tool == TOGETHER:
            calls = self._calls(line, rendered.arguments)
        elif tool:
            types = self.types[tool]
            missing = sorted(set(rendered.arguments) - set(types))
            if missing:
                raise PhraseFileError(
                    f"{line.id}: {tool} has no parameter {', '.join(missing)}: {line.source!r}"
                )
            calls = (Call(tool, {k: convert(v, types[k]) for k, v in rendered.arguments.items()}),)
        copied = (
            value
            for call in calls
            for name, value in call.arguments.items()
            if name in self.copied[call.name]
        )
        return Request(keep_copies(rendered.segments, copied), calls, line.id, line.mode)

    def _calls(self, line: Line, arguments: Mapping[str, str]) -> tuple[Call, ...]:
        """Return the calls of a phrase with arguments named ``tool.parameter`` or ``tool#2.parameter``.

        Those named with a ``^`` before them come first.
        """
        grouped: dict[str, dict[str, Argument]] = {}
        first = {key[1:].partition(".")[0] for key in arguments if key.startswith("^")}
        for key, written in arguments.items():
            target, _, name = key.removeprefix("^").partition(".")
            tool = target.partition("#")[0]
            if tool not in self.types or (name and name not in self.types[tool]):
                raise PhraseFileError(f"{line.id}: no tool or parameter {key!r}: {line.source!r}")
            call = grouped.setdefault(target, {})
            if name:
                call[name] = convert(written, self.types[tool][name])
        order = sorted(grouped, key=lambda target: target not in first)
        return tuple(Call(target.partition("#")[0], grouped[target]) for target in order)

    def together(self) -> Request | None:
        """Return a request that asks for several calls in one phrase, or None where there is none."""
        for _ in range(20):
            if not self.phrases.together:
                return None
            request = self.line(self.pick_line(self.phrases.together), TOGETHER)
            if all(call not in request.calls[:at] for at, call in enumerate(request.calls)):
                return self.politely(request)
        return None

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

    def plain(self) -> Request:
        """Return the next phrase of all files as it stands there, without anything around it.

        Each comes as often as its weight says before one comes again: with tens of thousands of phrases,
        most would never be drawn otherwise.
        """
        tool, line = self._deck.draw()
        return self.line(line, tool)

    def draw_tools(self, count: int) -> list[str]:
        """Draw the tools of one row; a third of the rows of several calls keep to Mobile Actions."""
        if count > 1 and len(self.mobile) >= count and self.rng.random() < 0.38:
            return self._distinct(self.mobile, [1.6 if self.types[t] else 1.0 for t in self.mobile], count)
        return self._distinct(self.tools, self.weights, count)

    def can_draw(self, count: int) -> bool:
        """Return whether there are tools for so many calls: one without arguments is called once."""
        return len(self.tools) >= count or any(self.types[tool] for tool in self.tools)

    def _distinct(self, tools: Sequence[str], weights: Sequence[float], count: int) -> list[str]:
        drawn: list[str] = []
        while len(drawn) < count:
            tool = self.rng.choices(tools, weights)[0]
            if tool not in drawn or (self.types[tool] and self.rng.random() < SAME_TOOL):
                drawn.append(tool)
        return drawn

    def wrap(self, section: str, parts: Sequence[Request], *, last: int | None = None) -> Request:
        """Put requests into a wrapper: ``{1}`` is the first one; calls keep the order of the numbers.

        Where ``last`` is given, that part stands last. A wrapper marked ``!`` takes only imperatives behind
        the first request ("could you also {2}?").
        """
        imperatives = all(part.mode == "" for part in parts[1:])
        wrappers = self.phrases.wrappers[section]
        every = [line for line in wrappers if line.mode != "!" or imperatives] or wrappers
        lines = [line for line in every if last is None or int(line.slots[-1].source) == last] or every
        line = self.pick_line(lines)
        if (followed := _goes_on_after(line)) and self._ends_in_words(parts[followed - 1]):
            line = self.pick_line([other for other in lines if not _goes_on_after(other)] or lines)
        segments: list[Segment] = []
        for node in self._flat(line.nodes):
            if isinstance(node, Text):
                segments.append(Segment(node.text))
                continue
            inner = without_stop(parts[int(node.source) - 1].segments)
            before = "".join(s.text for s in segments)
            segments.extend(capitalised(inner) if before.rstrip().endswith(tuple(STOPS)) else inner)
        calls = tuple(call for part in parts for call in part.calls)
        return Request(segments, calls, "+".join(part.template for part in parts))

    def _ends_in_words(self, request: Request) -> bool:
        """Return whether a request ends in the words of an argument, into which more words would run."""
        if not request.segments or not request.segments[-1].value:
            return False
        end = request.segments[-1].text
        return any(
            end.endswith(value)
            for call in request.calls
            for name, value in call.arguments.items()
            if name in self.copied.get(call.name, call.arguments) and isinstance(value, str) and " " in value
        )

    def _ends_in_free_text(self, request: Request) -> bool:
        """Return whether a free text is at the end, or a polite word alone stands behind it."""
        said = "".join(segment.text for segment in request.segments)
        return any(
            str(value) in said[-len(str(value)) - POLITE_ENDING :]
            for call in request.calls
            for name, value in call.arguments.items()
            if name in FREE_TEXTS or call.name == "web_search"
        )

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

    def with_reason(self, request: Request) -> Request:
        """Return a request with why it is made, after it or before it, some of the time."""
        if request.mode != "" or "reason" not in self.phrases.wrappers or self._ends_in_free_text(request):
            return request
        return self.wrap("reason", [request]) if self.rng.random() < REASONS else request

    def with_aside(self, request: Request, chance: float = ASIDES, *, details: bool = True) -> Request:
        """Return a request beside a statement that asks for nothing, some of the time.

        Without ``details`` the statement names nothing that the request could lack. Behind a free text
        nothing is said, it would run into it, nor where a text is lacking, it would be that.
        """
        asides = self.phrases.asides
        if request.mode == "!" or "beside" not in self.phrases.wrappers or self.rng.random() >= chance:
            return request
        kind = "detail" if details and self.rng.random() < DETAILS else "aside"
        if kind not in asides:
            return request
        aside = self.line(self.pick_line(asides[kind]))
        text = self._ends_in_free_text(request) or _lacks_text(request)
        whole = self.wrap("beside", [request, aside], last=1 if text else None)
        return Request(whole.segments, whole.calls, whole.template, "!")

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
        for at, part in enumerate(parts[1:], 1):
            polite = self.politely(part, 0.06)
            parts[at] = part if polite is part else replace(polite, mode="~")
        return self.wrap("two" if count == 2 else "three", parts)


def _lacks_text(request: Request) -> bool:
    return any(
        call.name in OPEN_TEXTS and OPEN_TEXTS[call.name] not in call.arguments for call in request.calls
    )


def _goes_on_after(line: Line) -> int:
    """Return the request after which a wrapper goes on without a comma or a stop ("{1} right away"), or 0."""
    before, last = line.nodes[-2:] if len(line.nodes) > 1 else (None, None)
    goes_on = isinstance(before, Slot) and isinstance(last, Text) and last.text.startswith(" ")
    return int(before.source) if goes_on and isinstance(before, Slot) else 0
