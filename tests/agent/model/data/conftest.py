"""Follow-ups of lines that a test writes itself."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Protocol

import pytest

from agent.model.data._follow_ups import FollowUp, FollowUps
from agent.model.data._sources import Sources
from agent.model.data._syntax import parse_sections
from agent.model.data._tools import Argument, Call, built_in_types

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Said = Callable[[FollowUp | None], str]
    NowCalled = Callable[[FollowUp | None], list[Mapping[str, Argument]]]


class Follow(Protocol):
    def __call__(self, kind: str, calls: list[Call], lines: str, seed: int = 5) -> FollowUp | None: ...


@pytest.fixture
def follow() -> Follow:
    """Make a follow-up of one kind from a phrase file: ``follow("repeat", [call], "@repeat\\nagain")``."""

    def make(kind: str, calls: list[Call], lines: str, seed: int = 5) -> FollowUp | None:
        rng = random.Random(seed)  # noqa: S311 - data, not secrets
        sections = {s.name: s.lines for s in parse_sections(lines, "_followups", "en/_followups")}
        return FollowUps(sections, Sources({}, rng, held_out=None), rng, built_in_types()).make(kind, calls)

    return make


@pytest.fixture
def said() -> Said:
    """Return a function that gives the words of a follow-up."""

    def words(follow_up: FollowUp | None) -> str:
        assert follow_up is not None
        return "".join(segment.text for segment in follow_up.segments)

    return words


@pytest.fixture
def now_called() -> NowCalled:
    """Return a function that gives the arguments of a follow-up's calls."""

    def arguments(follow_up: FollowUp | None) -> list[Mapping[str, Argument]]:
        assert follow_up is not None
        return [call.arguments for call in follow_up.calls]

    return arguments
