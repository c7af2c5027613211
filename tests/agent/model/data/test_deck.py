"""A deck: each phrase as often as its weight says, before one comes again."""

from __future__ import annotations

import random
from collections import Counter

from agent.model.data._deck import Deck
from agent.model.data._syntax import parse_sections

PHRASES = "<3> play {query}\nput on {query}\n~ {query} please\n"
(SECTION,) = parse_sections(PHRASES, "play_music", "en/play_music")


def deck(seed: int = 1) -> Deck:
    return Deck([("play_music", line) for line in SECTION.lines], random.Random(seed))  # noqa: S311 - data


def test_every_phrase_comes_as_often_as_its_weight_before_one_comes_again() -> None:
    drawn = deck()
    for _ in range(3):
        times = Counter(line.source for _, line in (drawn.draw() for _ in range(5)))
        assert sorted(times.values()) == [1, 1, 3]


def test_a_phrase_comes_with_its_tool() -> None:
    assert deck().draw()[0] == "play_music"


def test_the_order_is_the_seeds() -> None:
    first, second, other = deck(), deck(), deck(2)
    drawn = [[each.draw()[1].source for _ in range(50)] for each in (first, second, other)]
    assert drawn[0] == drawn[1] != drawn[2]
