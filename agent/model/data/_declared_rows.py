"""Rows with declared tools: what is asked while a set of invented tools is declared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.model.data._requests import Request, Requests

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Sequence

    from agent.model.data._declarations import Declared
    from agent.model.data._unseen import Unseen

TWO_UNSEEN = 0.17
"""How often a request for a declared tool asks for a second one of them."""

UNSEEN_ASIDES = 0.07
"""How often something is said beside a request for a declared tool."""


class DeclaredRows:
    """Makes requests beside declared tools: for one of them or two, for a built-in tool too, for none.

    ``nothing`` makes what is said to a phone and calls nothing.
    """

    def __init__(
        self, requests: Requests, unseen: Unseen, rng: random.Random, nothing: Callable[[], Request]
    ) -> None:
        self._requests = requests
        self._unseen = unseen
        self._rng = rng
        self._nothing = nothing

    def draw(self, kind: str) -> list[Declared]:
        """Draw the tools that are declared together; the first suits a request of the kind."""
        refused = kind == "unseen_none" and self._unseen.refuses and self._rng.random() < 0.22
        return self._unseen.draw(refused=refused)

    def turned(self, declared: Sequence[Declared]) -> list[Declared]:
        """Return the same tools with another one first that can be asked for, drawn anew."""
        first = self._rng.choice([other for other in declared if self._unseen.is_askable(other)])
        return [first, *(other for other in declared if other is not first)]

    def request(self, kind: str, declared: Sequence[Declared]) -> Request:
        """Return a request of a kind, where it asks for a declared tool most often for the first."""
        if kind == "unseen_none":
            return self._for_none(declared)
        if kind == "unseen_mixed" and (mixed := self._with_built_in(declared)) is not None:
            return mixed
        request = self._unseen.request(declared[0])
        other = self._unseen.second(declared) if self._rng.random() < TWO_UNSEEN else None
        if other is not None and "two" in self._requests.phrases.wrappers:
            parts = [request, self._plain(other)]
            if all(part.mode != "!" for part in parts):
                return self._joined(parts)
        return self._requests.with_aside(self._requests.politely(request), UNSEEN_ASIDES)

    def _with_built_in(self, declared: Sequence[Declared]) -> Request | None:
        """Return a request for a built-in tool, often beside one for a declared tool.

        None where a declared tool does the same as the built-in one that was drawn.
        """
        (name,) = self._requests.draw_tools(1)
        if any(name in other.tool.like for other in declared):
            return None
        request, built_in = self._plain(declared[0]), self._requests.request(name, joined=True)
        if self._rng.random() < 0.4 or "!" in {request.mode, built_in.mode}:
            return self._requests.politely(built_in)
        parts = [built_in, request] if self._rng.random() < 0.5 else [request, built_in]
        parts[0] = self._requests.politely(parts[0])
        return self._requests.wrap("two", parts)

    def _plain(self, declared: Declared) -> Request:
        """Return a request for a declared tool, in the imperative where it has one: it follows a joint."""
        for _ in range(4):
            request = self._unseen.request(declared)
            if request.mode == "":
                break
        return request

    def _joined(self, parts: Sequence[Request]) -> Request:
        """Return two requests in one sentence; of a few the first is not wanted ("don't …, …")."""
        plain = all(part.mode == "" for part in parts) and "instead" in self._requests.phrases.wrappers
        if plain and self._rng.random() < 0.08:
            whole = self._requests.wrap("instead", parts)
            return Request(whole.segments, parts[1].calls, whole.template)
        return self._requests.wrap("two", (self._requests.politely(parts[0]), *parts[1:]))

    def _for_none(self, declared: Sequence[Declared]) -> Request:
        """Return what asks for nothing that declared tools do, most often for what their likes do."""
        style = self._rng.random()
        if style < 0.3 and declared[0].tool.refused:
            return self._unseen.refused(declared[0])
        if style < 0.42 and "never" in self._requests.phrases.wrappers:
            unwanted = self._unseen.request(declared[0])
            if unwanted.mode == "":
                never = self._requests.wrap("never", [unwanted])
                return Request(never.segments, (), never.template, "~")
        request: Request | None = None
        if style < 0.78:
            request = self._unseen.elsewhere(declared, near=style < 0.62)
        elif style < 0.9:
            request = self._unseen.question()
        return self._nothing() if request is None else self._requests.politely(request)
