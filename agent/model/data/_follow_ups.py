"""What is said after an earlier request: the answer to a question, a correction, a repeat, a cancellation."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.model.data._copies import keep_copies
from agent.model.data._sources import NotBoundError, Segment, Sources
from agent.model.data._tools import Call, built_in_copied, convert

if TYPE_CHECKING:
    import random
    from collections.abc import Mapping, Sequence

    from agent.model.data._syntax import Line


_DATE = re.compile(r"\d{4}-\d\d-\d\d(T|$)")


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A follow-up: what is said and what is called now."""

    segments: list[Segment]
    calls: tuple[Call, ...]
    template: str


class FollowUps:
    """Makes follow-ups from ``_followups.txt``: answers, corrections, repeats, cancellations."""

    def __init__(
        self,
        sections: Mapping[str, Sequence[Line]],
        sources: Sources,
        rng: random.Random,
        types: Mapping[str, Mapping[str, str]],
    ) -> None:
        self._sections = sections
        self._sources = sources
        self._rng = rng
        self._types = types

    def parameters(self, kind: str, tool: str) -> list[str]:
        """Return the parameters of a tool that can be answered or corrected."""
        prefix = f"{kind} {tool}."
        return [name.removeprefix(prefix) for name in sorted(self._sections) if name.startswith(prefix)]

    def make(self, kind: str, call: Call) -> FollowUp | None:
        """Return a follow-up to a call, or None where there is none of that kind."""
        if kind in {"repeat", "cancel"}:
            if not self._sections.get(kind):
                return None
            line = self._line(self._sections[kind])
            rendered = self._sources.render(line.nodes)
            return FollowUp(rendered.segments, (call,) if kind == "repeat" else (), line.id)
        open_ = [
            p
            for p in self.parameters(kind, call.name)
            if (p not in call.arguments if kind == "answer" else p in call.arguments)
        ]
        if not open_:
            return None
        parameter = self._rng.choice(open_)
        line = self._line(self._sections[f"{kind} {call.name}.{parameter}"])
        dates = {
            f"date_of.{k}": v[:10] for k, v in call.arguments.items() if isinstance(v, str) and _DATE.match(v)
        }
        try:
            rendered = self._sources.render(line.nodes, line.written, dates)
        except NotBoundError:
            return None
        types = self._types[call.name]
        said = {k: convert(v, types[k]) for k, v in rendered.arguments.items()}
        after = Call(call.name, {**call.arguments, **said})
        copied = (value for name, value in said.items() if name in built_in_copied()[call.name])
        return FollowUp(keep_copies(rendered.segments, copied), (after,), line.id)

    def _line(self, lines: Sequence[Line]) -> Line:
        return self._rng.choices(lines, [line.weight for line in lines])[0]
