"""Grammars that never come to a byte: a rule that begins with itself, which llama.cpp refuses too."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

from agent.engines._gbnf_rules import Ref
from agent.errors import GrammarRejected

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agent.engines._gbnf_rules import Rules, Symbols

__all__ = ["refuse_left_recursion"]


def refuse_left_recursion(rules: Rules) -> None:
    """Refuse a grammar that has a rule which begins with itself, maybe by way of other rules.

    Raises:
        GrammarRejected: it has one.

    """
    nullable: set[int] = set()
    while True:
        more = {
            number
            for number, alternatives in enumerate(rules)
            if number not in nullable and any(_is_nullable(symbols, nullable) for symbols in alternatives)
        }
        if not more:
            break
        nullable |= more
    first: Mapping[int, set[int]] = {
        number: set().union(*(_leading(symbols, nullable) for symbols in alternatives))
        for number, alternatives in enumerate(rules)
    }
    try:
        TopologicalSorter(first).prepare()
    except CycleError as error:
        raise GrammarRejected(
            "the grammar has a rule that begins with itself; write it with * or +"
        ) from error


def _is_nullable(symbols: Symbols, nullable: set[int]) -> bool:
    return all(isinstance(symbol, Ref) and symbol.rule in nullable for symbol in symbols)


def _leading(symbols: Symbols, nullable: set[int]) -> set[int]:
    """Return the rules that a sequence may begin with."""
    found: set[int] = set()
    for symbol in symbols:
        if not isinstance(symbol, Ref):
            break
        found.add(symbol.rule)
        if symbol.rule not in nullable:
            break
    return found
