"""Rows with a history: one or two earlier requests and what is said after them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.errors import InvalidValue
from agent.model.data._history import as_remembered
from agent.model.data._noise import finish
from agent.model.data._requests import Request, Requests
from agent.model.data._spelling import lower_copied
from agent.model.data._tool_weights import TOOL_WEIGHTS
from agent.model.data._tools import Call, Json, built_in_required

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Mapping

    from agent.model.data._follow_ups import FollowUps

SHARES = {
    "answer": 4,
    "correct": 5.2,
    "more": 1.3,
    "drop": 2,
    "repeat": 0.8,
    "cancel": 0.9,
    "thanks": 0.3,
    "swap": 0.4,
    "then": 0.6,
    "new": 2.8,
}
"""The shares of what is said after an earlier request."""

TWO_CALLS = 0.12
"""How often the earlier request made two calls."""

WITH: Mapping[str, tuple[str, float]] = {
    "create_calendar_event": ("end_datetime", 0.6),
    "set_alarm": ("days", 0.85),
}
"""An argument that few requests say, and how often a call that is corrected has it: ends move, days join."""

LONGER = 0.14
"""How often there is an exchange more: an earlier follow-up, or a request that has nothing to do with it."""

JOINED = 0.05
"""How often a new request follows in the same breath as an answer or a correction."""

_CHAINED = ("correct", "more", "drop", "repeat", "cancel", "thanks", "swap")
_TRIES = 20


@dataclass(frozen=True, slots=True)
class Past:
    """An earlier request: what was said, the calls as they are remembered, and what was not said."""

    text: str
    calls: tuple[Call, ...]
    missing: tuple[str, ...]
    template: str

    def to_json(self) -> Json:
        """Return the exchange as it stands in a row: a call that lacks something was not made."""
        made = [] if self.missing else [call.to_json() for call in self.calls]
        return {"text": self.text, "calls": made, "missing": list(self.missing)}


class Conversations:
    """Makes rows with a history from requests and follow-ups; ``refusal`` makes what calls nothing."""

    def __init__(
        self,
        requests: Requests,
        follow_ups: FollowUps,
        rng: random.Random,
        refusal: Callable[[], Request],
        *,
        cased: bool,
    ) -> None:
        self._requests = requests
        self._follow_ups = follow_ups
        self._rng = rng
        self._refusal = refusal
        self._cased = cased
        self._required = built_in_required()
        known = follow_ups.kinds | {"new"}
        self._shares = {kind: share for kind, share in SHARES.items() if kind in known}

    def make(self) -> tuple[Request, tuple[Past, ...]] | None:
        """Return what is said and what was before it, or None where the language has nothing that fits."""
        rng = self._rng
        kind = rng.choices(tuple(self._shares), tuple(self._shares.values()))[0]
        for _ in range(_TRIES):
            first = self._first(kind)
            past = first and self._past(first)
            if not first or not past:
                continue
            if kind == "new":
                return self._new(past), self._longer(past)
            said = self._follow_up(kind, past)
            if said is None:
                continue
            if (
                kind in {"answer", "correct"}
                and rng.random() < LONGER / 2
                and (then := self._past(said, past.calls))
            ):
                chained = self._follow_up(rng.choice(_CHAINED), then)
                if chained is not None:
                    return chained, (past, then)
            return self._joined(kind, said), self._longer(past)
        return None

    def _first(self, kind: str) -> Request | None:
        """Return an earlier request that a follow-up of a kind can follow."""
        rng, phrases = self._rng, self._requests.phrases
        asked = {"answer": 1.0, "cancel": 0.5, "new": 0.4}.get(kind, 0.0)
        missing = rng.random() < asked
        if not missing and kind != "swap" and rng.random() < TWO_CALLS:
            return self._requests.joined(2)
        tools = sorted(phrases.missing if missing else phrases.requests)
        if kind in {"answer", "correct", "more", "drop", "then"}:
            tools = [tool for tool in tools if self._follow_ups.parameters(kind, tool)]
        if not tools:
            return None
        weights = [TOOL_WEIGHTS.get(t, 1.0) * self._follow_ups.weight(kind, t) for t in tools]
        tool = rng.choices(tools, weights)[0]
        if missing:
            return self._requests.line(self._requests.pick_line(phrases.missing[tool]), tool)
        request = self._requests.request(tool)
        argument, chance = WITH.get(tool, ("", 0.0))
        if kind == "correct" and rng.random() < chance:
            request = self._with(argument, request)
        return self._requests.politely(request)

    def _with(self, argument: str, request: Request) -> Request:
        """Return a request that says an argument: this one or another; few do, so many are drawn."""
        for _ in range(10 * _TRIES):
            if argument in request.calls[0].arguments:
                break
            request = self._requests.request(request.calls[0].name)
        return request

    def _past(self, request: Request, before: tuple[Call, ...] = ()) -> Past | None:
        """Return a request as the next one's prompt has it; None where it cannot have been made."""
        text, lowered = finish(request.segments, self._rng, cased=self._cased)
        calls = lower_copied(request.calls, text) if lowered else request.calls
        missing = tuple(p for call in calls for p in self._required[call.name] if p not in call.arguments)
        try:
            return Past(
                text,
                calls if missing else as_remembered(calls, text, self._rng, before),
                missing,
                request.template,
            )
        except InvalidValue:
            return None  # a date that the drawn year does not have

    def _follow_up(self, kind: str, past: Past) -> Request | None:
        if (kind == "answer") != bool(past.missing) and not (kind == "cancel" and past.missing):
            return None
        made = self._follow_ups.make(kind, past.calls) if past.calls or kind == "cancel" else None
        return None if made is None else Request(made.segments, made.calls, made.template, "!")

    def _joined(self, kind: str, said: Request) -> Request:
        """Return what is said, now and then with a new request after it."""
        if kind not in {"answer", "correct"} or self._rng.random() >= JOINED:
            return said
        other = self._requests.request(self._requests.draw_tools(1)[0], joined=True)
        return self._requests.wrap("two", [said, other])

    def _new(self, past: Past) -> Request:
        """Return something that has nothing to do with what was said, often for the same tool.

        After a question it is a whole request for another tool, which cannot be taken for the answer.
        """
        style = self._rng.random()
        if style < 0.1 and not past.missing:
            return self._refusal()
        same = style < 0.4 and past.calls and not past.missing
        asked = {call.name for call in past.calls} if past.missing else set()
        for _ in range(_TRIES):
            tool = past.calls[0].name if same else self._requests.draw_tools(1)[0]
            request = self._requests.request(tool)
            if not past.missing or (tool not in asked and request.mode != "~"):
                break
        return self._requests.politely(request)

    def _longer(self, past: Past) -> tuple[Past, ...]:
        """Return the history, now and then with another request before it."""
        if self._rng.random() < LONGER / 2:
            tool = self._requests.draw_tools(1)[0]
            before = self._past(self._requests.politely(self._requests.request(tool)))
            if before is not None:
                return before, past
        return (past,)
