"""What a grammar is once it is read: rules over bytes, control tokens and other rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

__all__ = ["Bytes", "Control", "Ref", "Rules", "Symbol", "Symbols"]


@dataclass(frozen=True, slots=True)
class Bytes:
    """One byte from ``first`` to ``last``."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Control:
    """One control token, by its name in ``CONTROL_TOKENS``."""

    name: str


@dataclass(frozen=True, slots=True)
class Ref:
    """What another rule gives."""

    rule: int


Symbol: TypeAlias = Bytes | Control | Ref
Symbols: TypeAlias = tuple[Symbol, ...]
Rules: TypeAlias = tuple[tuple[Symbols, ...], ...]
"""The alternatives of each rule; rule 0 is ``root``."""
