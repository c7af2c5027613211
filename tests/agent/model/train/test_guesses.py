"""What mostly follows two tokens in the answers of the training rows."""

from __future__ import annotations

import numpy as np

from agent.model.train._guesses import guesses
from agent.model.train._rows import Example

PROMPT = [5, 6, 7]


def example(*answer: int) -> Example:
    ids = np.array([*PROMPT, *answer])
    return Example("r", "en", "one", ids, len(PROMPT), np.ones(len(answer), dtype=np.float32))


def test_what_follows_two_tokens_at_least_half_the_time_is_a_guess() -> None:
    rows = [example(20, 21, 22)] * 3 + [example(20, 21, 23)] * 3 + [example(30, 31, 32)] * 2
    assert [20, 21, 22] in guesses(rows, None).tolist()
    assert [20, 21] not in [row[:2] for row in guesses([*rows, example(20, 21, 24)], None).tolist()]


def test_what_was_seen_twice_proves_nothing() -> None:
    assert [30, 31, 32] not in guesses([example(30, 31, 32)] * 2, None).tolist()
    assert [30, 31, 32] in guesses([example(30, 31, 32)] * 3, None).tolist()


def test_the_prompt_counts_with_its_last_two_tokens_alone() -> None:
    found = guesses([example(20, 21)] * 3, None).tolist()
    assert found == [[6, 7, 20], [7, 20, 21]]


def test_they_are_ids_of_the_whole_vocabulary() -> None:
    entries = np.arange(0, 400, 10, dtype=np.int32)
    assert guesses([example(20, 21)] * 3, entries).tolist() == [[60, 70, 200], [70, 200, 210]]


def test_rows_without_answers_to_learn_from_give_none() -> None:
    assert guesses([], None).shape == (0, 3)
