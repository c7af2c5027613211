from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from agent.model.data._copies import keep_copies
from agent.model.data._noise import finish
from agent.model.data._sources import Segment


def test_a_literal_word_that_is_copied_counts_as_a_value() -> None:
    said = [Segment("take me to the nearest "), Segment("restaurant", value=True), Segment(" now")]
    assert keep_copies(said, ["nearest restaurant"]) == [
        Segment("take me to the "),
        Segment("nearest restaurant", value=True),
        Segment(" now"),
    ]


def test_copies_in_values_and_values_that_were_not_said_change_nothing() -> None:
    said = [Segment("call "), Segment("Anna Lee", value=True)]
    assert keep_copies(said, ["Anna", "+1h", True, 3, ["weekdays"]]) == said


@given(st.integers(0, 3000))
def test_a_copied_word_gets_no_typo_and_no_capital(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 - data, not secrets
    segments = [Segment("nearest "), Segment("bakery", value=True), Segment(", please show the way")]
    text, _ = finish(keep_copies(segments, ["nearest bakery"]), rng, cased=True)
    assert text.startswith("nearest bakery")


@given(st.lists(st.tuples(st.text("ab ", min_size=1), st.booleans())), st.text("ab ", min_size=1))
def test_the_text_stays_the_same(pieces: list[tuple[str, bool]], copied: str) -> None:
    segments = [Segment(text, value) for text, value in pieces]
    kept = keep_copies(segments, [copied])
    text = "".join(segment.text for segment in segments)
    assert "".join(segment.text for segment in kept) == text
    assert copied not in text or any(copied in segment.text for segment in kept if segment.value)
