from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

torch = pytest.importorskip("torch")

from agent.model.train._batches import collate, micro_batches, step_indices  # noqa: E402 - after the skip
from agent.model.train._rows import Example  # noqa: E402


def make(number: int, prompt: int, answer: int) -> Example:
    ids = np.arange(1, prompt + answer + 1) + 1000 * number
    return Example(f"r{number:03d}", "en", "one", ids, prompt, np.ones(answer, np.float32))


@given(st.lists(st.tuples(st.integers(1, 200), st.integers(1, 40)), min_size=1, max_size=40))
def test_every_example_is_in_one_micro_batch(sizes: list[tuple[int, int]]) -> None:
    examples = [make(number, *size) for number, size in enumerate(sizes)]

    parts = micro_batches(examples, most_tokens=512)

    assert Counter(example.id for part in parts for example in part.examples) == Counter(
        example.id for example in examples
    )
    for part in parts:
        assert part.ids.numel() <= 512 or len(part.examples) == 1


def test_rows_of_like_length_stay_together() -> None:
    examples = [make(number, 20 if number % 4 else 300, 10) for number in range(32)]

    parts = micro_batches(examples, most_tokens=2048)

    padding = sum(part.ids.numel() for part in parts) - sum(example.length for example in examples)
    assert padding < 100


def test_each_answer_token_is_predicted_from_the_token_before_it() -> None:
    examples = [make(1, 5, 3), make(2, 2, 4)]

    part = collate(examples)

    read = part.ids.flatten()[part.places]
    assert (read + 1 == part.targets).all()
    assert part.targets.tolist() == [1006, 1007, 1008, 2003, 2004, 2005, 2006]
    assert part.owners.tolist() == [0, 0, 0, 1, 1, 1, 1]


def test_a_single_row_gets_a_row_of_padding() -> None:
    assert collate([make(1, 5, 3)]).ids.shape == (2, 7)


@given(st.integers(1, 30), st.integers(1, 40), st.integers(0, 5))
def test_an_epoch_takes_every_example_once(count: int, batch: int, seed: int) -> None:
    steps = 3 * count
    taken = [index for step in range(steps) for index in step_indices(count, batch, seed, step)]

    assert len(taken) == steps * batch
    for epoch in range(len(taken) // count):
        assert sorted(taken[epoch * count : (epoch + 1) * count]) == list(range(count))


def test_another_seed_gives_another_order() -> None:
    assert step_indices(100, 32, 1, 0) != step_indices(100, 32, 2, 0)
