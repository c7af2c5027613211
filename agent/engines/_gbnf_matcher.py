"""Where in a grammar a text has got to, and what may come next.

The places are found byte by byte and remembered, so a grammar turns, as far as it is used, into a table of
states. Nothing is approximated: a text is taken exactly when the grammar has a continuation of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from agent.engines._gbnf_rules import Bytes, Control, Ref, Rules

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_MOST_STATES: Final = 20_000
"""States that are remembered; some kilobytes each. A tool set's grammar needs some hundred."""

_MOST_FORCED: Final = 256
"""Bytes that are looked ahead: a grammar can force a text that never ends."""

_Place: TypeAlias = tuple[int, int, int]
"""A rule, one of its alternatives, and how many of its symbols are behind."""
_Stack: TypeAlias = "tuple[_Place, _Stack] | tuple[()]"
"""What is still to come: the innermost place first. Empty where the grammar may end."""


class State:
    """What may follow a text; equal texts' ends are the same object while they are remembered."""

    __slots__ = ("_grammar", "_next", "_stacks", "bytes", "controls", "may_end")

    def __init__(self, grammar: Grammar, stacks: frozenset[_Stack]) -> None:
        self._grammar = grammar
        self._stacks = stacks
        self._next: dict[int | str, State | None] = {}
        self.may_end = () in stacks
        """Whether the grammar may end here."""
        allowed: set[int] = set()
        controls: set[str] = set()
        for stack in stacks:
            if stack:
                symbol = grammar.symbol(stack[0])
                if isinstance(symbol, Bytes):
                    allowed.update(range(symbol.first, symbol.last + 1))
                elif isinstance(symbol, Control):
                    controls.add(symbol.name)
        self.bytes = frozenset(allowed)
        """The bytes that may come next."""
        self.controls = frozenset(controls)
        """The control tokens that may come next."""

    def after(self, what: int | str) -> State | None:
        """Return the state after one byte or one control token; None where it may not come."""
        try:
            return self._next[what]
        except KeyError:
            following = self._grammar.state_after(self._stacks, what)
            self._next[what] = following
            return following

    def forget(self) -> None:
        """Let go of the states after this one."""
        self._next.clear()

    def after_bytes(self, contents: Iterable[int]) -> State | None:
        """Return the state after several bytes; None where they may not come."""
        state: State | None = self
        for byte in contents:
            if state is None:
                break
            state = state.after(byte)
        return state

    def forced(self) -> tuple[bytes, State]:
        """Return the bytes that must come next, and the state after them."""
        found = bytearray()
        state: State = self
        while len(found) < _MOST_FORCED and len(state.bytes) == 1 and not (state.may_end or state.controls):
            byte = next(iter(state.bytes))
            following = state.after(byte)
            if following is None:
                break
            found.append(byte)
            state = following
        return bytes(found), state


class Grammar:
    """A grammar with the states that were found so far. For one thread at a time."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._states: dict[frozenset[_Stack], State] = {}
        starts: set[_Stack] = {((0, alternative, 0), ()) for alternative in range(len(rules[0]))}
        self.start: State = self._state(self._expanded(starts))
        """Before the first byte."""

    def symbol(self, place: _Place) -> Bytes | Control | Ref:
        """Return the symbol that comes next at a place."""
        rule, alternative, at = place
        return self._rules[rule][alternative][at]

    def state_after(self, stacks: frozenset[_Stack], what: int | str) -> State | None:
        """Return the state after a byte or a control token; None where there is none."""
        behind: set[_Stack] = set()
        for stack in stacks:
            if stack and _takes(self.symbol(stack[0]), what):
                (rule, alternative, at), rest = stack
                behind.add(((rule, alternative, at + 1), rest))
        return self._state(self._expanded(behind)) if behind else None

    def _state(self, stacks: frozenset[_Stack]) -> State:
        if stacks not in self._states:
            if len(self._states) >= _MOST_STATES:
                # States that are in use live on; the others are found again when they are needed.
                for state in self._states.values():
                    state.forget()
                self._states.clear()
            self._states[stacks] = State(self, stacks)
        return self._states[stacks]

    def _expanded(self, stacks: set[_Stack]) -> frozenset[_Stack]:
        """Return the stacks, empty or with a byte or a control token on top, that these stand for."""
        found: set[_Stack] = set()
        open_stacks, seen = list(stacks), set(stacks)
        while open_stacks:
            for following in self._step(open_stacks.pop(), found):
                if following not in seen:
                    seen.add(following)
                    open_stacks.append(following)
        return frozenset(found)

    def _step(self, stack: _Stack, found: set[_Stack]) -> Iterator[_Stack]:
        """Add a stack that stands for itself to those that were found; yield what another one stands for."""
        if not stack:
            found.add(stack)
            return
        (rule, alternative, at), rest = stack
        symbols = self._rules[rule][alternative]
        if at == len(symbols):
            yield rest
            return
        symbol = symbols[at]
        if not isinstance(symbol, Ref):
            found.add(stack)
            return
        # Nothing is left of a sequence after its last symbol: repetitions do not grow the stack.
        outer: _Stack = ((rule, alternative, at + 1), rest) if at + 1 < len(symbols) else rest
        for inner in range(len(self._rules[symbol.rule])):
            yield ((symbol.rule, inner, 0), outer)


def _takes(symbol: Bytes | Control | Ref, what: int | str) -> bool:
    if isinstance(symbol, Bytes):
        return isinstance(what, int) and symbol.first <= what <= symbol.last
    return isinstance(symbol, Control) and symbol.name == what
