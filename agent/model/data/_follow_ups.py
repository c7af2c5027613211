"""What is said after an earlier request: the answer to a question, a correction, a repeat, a cancellation."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.errors import InvalidValue
from agent.model.data._copies import keep_copies
from agent.model.data._history import as_remembered
from agent.model.data._relative import is_relative, named_part, parts_of, resolved
from agent.model.data._sources import NotBoundError, Segment, Sources
from agent.model.data._tools import Argument, Call, built_in_copied, built_in_families, convert

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from agent.model.data._syntax import Line

SWAPPED: Mapping[str, tuple[str, str]] = {
    "create_calendar_event": ("title", "location"),
    "create_contact": ("first_name", "last_name"),
    "create_note": ("title", "text"),
    "send_email": ("subject", "body"),
    "send_email.cc": ("to", "cc"),
}
"""The two arguments of a tool that "the other way round" exchanges; with a point, in lines that mean it."""

OPPOSITES: Mapping[Argument, Argument] = {"up": "down", "down": "up", "next": "previous", "previous": "next"}
"""Values that "the other way round" turns into each other; true and false do too."""

WHOLE = ("repeat", "cancel", "thanks")
"""The sections whose lines fit whatever was called."""

MOVABLE = 2.0
"""How much oftener a time or a length is corrected than something else, by tool and by argument."""

JOINABLE = 6.0
"""How much oftener days are: they are one argument of one tool, and join, leave or change places."""

_MOVED = re.compile(r" [+-]\d")
_ADDS = re.compile(r"\{was\.\w+\} [+-]")
_JOINS = re.compile(r"\bdays=[+-]")
_DATE = re.compile(r"\d{4}-\d\d-\d\d(T|$)")
_CLOCK_OR_LENGTH = re.compile(r"\d\d?:\d\d|(?:\d+[dhms])+")
_TRIES = 8


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A follow-up: what is said and what is called now."""

    segments: list[Segment]
    calls: tuple[Call, ...]
    template: str


class FollowUps:
    """Makes follow-ups from ``_followups.txt``: answers, corrections, repeats, cancellations, exchanges."""

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
        self._weights = {
            name: weight
            for pattern, weight in ((_ADDS, MOVABLE), (_JOINS, JOINABLE))
            for name, lines in sections.items()
            if any(pattern.search(line.written or "") for line in lines)
        }

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of follow-ups that the language has lines for."""
        return frozenset(name.partition(" ")[0] for name in self._sections)

    def parameters(self, kind: str, tool: str) -> list[str]:
        """Return the parameters of a tool that can be answered or corrected, or the tools that follow."""
        prefix = f"{kind} {tool}."
        return [name.removeprefix(prefix) for name in sorted(self._sections) if name.startswith(prefix)]

    def weight(self, kind: str, tool: str, parameter: str | None = None) -> float:
        """Return how often a kind of follow-up concerns a tool, or one of its parameters, relative to 1."""
        names = self.parameters(kind, tool) if parameter is None else [parameter]
        return max((self._weights.get(f"{kind} {tool}.{name}", 1.0) for name in names), default=1.0)

    def make(self, kind: str, calls: Sequence[Call]) -> FollowUp | None:
        """Return a follow-up to the calls of a request, or None where there is none of that kind."""
        if kind in WHOLE:
            return self._said(kind, calls if kind == "repeat" else ())
        if kind == "swap":
            return self._swap(calls)
        if kind == "then":
            return self._then(calls)
        if kind == "drop":
            return self._drop(calls)
        return self._change(kind, calls)

    def _said(
        self, section: str, calls: Sequence[Call], before: Mapping[str, str] | None = None
    ) -> FollowUp | None:
        lines = self._sections.get(section)
        if not lines:
            return None
        line = self._line(lines)
        try:
            rendered = self._sources.render(line.nodes, before=before)
        except NotBoundError:
            return None
        return FollowUp(rendered.segments, tuple(calls), line.id)

    def _swap(self, calls: Sequence[Call]) -> FollowUp | None:
        """Return "the other way round": two values change places, or one becomes its opposite."""
        if len(calls) != 1:
            return None
        tool = calls[0].name
        found: dict[str, Call] = {}
        for name in sorted(self._sections):
            kind, _, target = name.partition(" ")
            if kind == "swap" and target.partition(".")[0] in {"", tool}:
                swapped = other_way_round(calls[0], target)
                found |= {name: swapped} if swapped is not None else {}
        if not found:
            return None
        section = self._rng.choice(list(found))
        return self._said(section, (found[section],), earlier(calls[0]))

    def _then(self, calls: Sequence[Call]) -> FollowUp | None:
        """Return a call of another tool with values of an earlier one: "call her too", "take me there"."""
        call = self._rng.choice(calls)
        tools = self.parameters("then", call.name)
        for _ in range(_TRIES if tools else 0):
            tool = self._rng.choice(tools)
            line = self._line(self._sections[f"then {call.name}.{tool}"])
            said = self._arguments(line, tool, earlier(call))
            if said is None:
                continue
            segments, arguments = said
            after = Call(tool, arguments)
            if _resolves(after, call, arguments):
                return FollowUp(segments, (after,), line.id)
        return None

    def _drop(self, calls: Sequence[Call]) -> FollowUp | None:
        """Return the same call without one of its arguments: "leave the place out"."""
        call = self._rng.choice(calls)
        others = {name for other in calls if other is not call for name in other.arguments}
        open_ = [p for p in self.parameters("drop", call.name) if p in call.arguments and p not in others]
        if not open_:
            return None
        parameter = self._rng.choice(open_)
        kept = {name: value for name, value in call.arguments.items() if name != parameter}
        section = f"drop {call.name}.{parameter}"
        return self._said(section, (Call(call.name, kept),), earlier(call, parameter))

    def _change(self, kind: str, calls: Sequence[Call]) -> FollowUp | None:
        """Return the answer to a question, a value more, or a correction of one of the calls."""
        call = self._rng.choice(calls)
        open_ = [
            p
            for p in self.parameters(kind, call.name)
            if (p in call.arguments if kind == "correct" else p not in call.arguments)
        ]
        for _ in range(_TRIES if open_ else 0):
            parameter = self._rng.choices(open_, [self.weight(kind, call.name, p) for p in open_])[0]
            line = self._line(self._sections[f"{kind} {call.name}.{parameter}"])
            was = call.arguments.get(parameter)
            parts = parts_of(was, self._rng) if isinstance(was, str) else {}
            said = self._relative(line, call, parameter, earlier(call, parameter) | parts)
            if said is None:
                continue
            segments, arguments = said
            # An end that was not said is copied, and moves with the start (decision 0020).
            after = Call(call.name, {**call.arguments, **arguments})
            if not _resolves(after, call, arguments):
                continue
            if after == call or any(
                not _apart(arguments, call, other) for other in calls if other is not call
            ):
                continue
            return FollowUp(segments, (after,), line.id)
        return None

    def _relative(
        self, line: Line, call: Call, parameter: str, before: Mapping[str, str]
    ) -> tuple[list[Segment], dict[str, Argument]] | None:
        """Return what a line says and its arguments; values said by what they were are put in full."""
        was, part = call.arguments.get(parameter), before.get(named_part(line) or "number")
        for _ in range(_TRIES):
            said = self._arguments(line, call.name, before)
            if said is None:
                return None
            value = said[1].get(parameter)
            written = ",".join(map(str, value)) if isinstance(value, list) else str(value)
            if not is_relative(written):
                return said
            try:
                return said[0], {**said[1], parameter: resolved(written, was or "", part)}
            except NotBoundError:
                continue
        return None

    def _arguments(
        self, line: Line, tool: str, before: Mapping[str, str]
    ) -> tuple[list[Segment], dict[str, Argument]] | None:
        """Return what a line says and the arguments in it, or None where it needs what was not said."""
        try:
            rendered = self._sources.render(line.nodes, line.written, before)
        except NotBoundError:
            return None
        types = self._types[tool]
        arguments = {name: convert(value, types[name]) for name, value in rendered.arguments.items()}
        copied = (value for name, value in arguments.items() if name in built_in_copied()[tool])
        return keep_copies(rendered.segments, copied), arguments

    def _line(self, lines: Sequence[Line]) -> Line:
        return self._rng.choices(lines, [line.weight for line in lines])[0]


def earlier(call: Call, parameter: str = "") -> dict[str, str]:
    """Return what a follow-up may refer to.

    ``was.x`` is a value as it was written, ``date_of.x`` and ``time_of.x`` are a moment's date and time;
    ``was`` is the parameter's value where it can be said so. A semicolon would end a value on a line's right.
    """
    found: dict[str, str] = {}
    for name, value in call.arguments.items():
        if isinstance(value, str) and _DATE.match(value):
            found[f"date_of.{name}"] = value[:10]
            if len(value) > 10:
                found[f"time_of.{name}"] = value[11:16].removeprefix("0")
            found[f"was.{name}"] = " ".join((value[:10], found.get(f"time_of.{name}", ""))).strip()
        elif isinstance(value, bool):
            found[f"was.{name}"] = str(value).lower()
        elif isinstance(value, str) and _CLOCK_OR_LENGTH.fullmatch(value):
            found[f"was.{name}"] = value
        elif isinstance(value, list) or ";" in str(value):
            continue
        elif name in built_in_copied()[call.name] or type(value) is int:
            found[f"was.{name}"] = str(value)
    sayable = parameter in built_in_copied()[call.name] or type(call.arguments.get(parameter)) is int
    if sayable and f"was.{parameter}" in found:
        found["was"] = found[f"was.{parameter}"]
    return found


def _resolves(after: Call, before: Call, said: Mapping[str, Argument]) -> bool:
    """Return whether what was said can be: a moved time is one, an event ends after it begins, on its day."""
    start, end = after.arguments.get("datetime"), said.get("end_datetime")
    ends = isinstance(end, str) and not end.startswith("+") and isinstance(start, str) and len(start) >= 16
    if not ends and not any(_MOVED.search(str(value)) for value in said.values()):
        return True
    try:
        rng = random.Random(0)  # noqa: S311 - data, not secrets
        made = as_remembered((after,), "", rng, (before,))[0]
    except InvalidValue:
        return False
    return not ends or str(made.arguments["end_datetime"])[:10] == str(start)[:10]


def other_way_round(call: Call, target: str = "") -> Call | None:
    """Return the call with two values exchanged or one turned into its opposite, or None.

    ``target`` is what a line names: a tool, or a tool and its argument that changes places (``SWAPPED``).
    """
    arguments = dict(call.arguments)
    one, other = SWAPPED.get(target if "." in target else call.name, ("", ""))
    if one in arguments and other in arguments:
        return Call(call.name, {**arguments, one: arguments[other], other: arguments[one]})
    if "." in target:
        return None
    turned = {
        name: not value if isinstance(value, bool) else OPPOSITES[value]
        for name, value in arguments.items()
        if isinstance(value, bool) or (isinstance(value, str) and value in OPPOSITES)
    }
    return Call(call.name, {**arguments, **turned}) if len(turned) == 1 else None


def _apart(said: Mapping[str, Argument], call: Call, other: Call) -> bool:
    """Return whether what was said can mean the one call alone, by the kinds of its values."""
    families = built_in_families()
    return {families[call.name][name] for name in said}.isdisjoint(
        families[other.name][name] for name in other.arguments
    )
