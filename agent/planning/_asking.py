"""How the model is asked: what a service does, and what is changed to measure it."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Asking"]


@dataclass(frozen=True, slots=True)
class Asking:
    """How the model is asked. The defaults are what a service does; anything else is for measuring.

    ``declare_all`` puts also the tools that the model knows into the prompt. ``caution`` is how cautious our
    own model is (``Engine.generate``), in nats: an action that nobody wants is worse than one that has to be
    asked for again; chosen on generated rows (docs/decisions/0012-caution.md). ``again`` lets it answer again
    where the words of the request speak against its answer (decisions 0014, 0015, 0017 and 0023).
    """

    declare_all: bool = False
    caution: float = 1.5
    again: bool = True
