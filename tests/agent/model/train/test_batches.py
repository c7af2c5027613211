from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

torch = pytest.importorskip("torch")

from agent.model.train._batches import BLOCKS, Schedule, collate, pack  # noqa: E402 - after the skip
from agent.model.train._options import MICRO_BATCH  # noqa: E402
from agent.model.train._rows import Example  # noqa: E402


def make(number: int, prompt: int, answer: int) -> Example:
    ids = np.arange(1, prompt + answer + 1) + 1000 * number
    return Example(f"r{number:03d}", "en", "one", ids, prompt, np.ones(answer, np.float32))


SIZES = st.lists(st.tuples(st.integers(1, 460), st.integers(1, 40)), min_size=1, max_size=60)


@given(SIZES)
def test_every_example_is_in_one_block_that_holds_it(sizes: list[tuple[int, int]]) -> None:
    examples = [make(number, *size) for number, size in enumerate(sizes)]

    packed = list(pack(examples))

    blocks = [block for part in packed for block in part]
    assert Counter(e.id for block in blocks for e in block) == Counter(e.id for e in examples)
    for part in packed:
        batch = collate(part)
        assert batch.ids.numel() == MICRO_BATCH
        assert batch.ids.shape[1] in BLOCKS


def test_many_examples_leave_little_padding() -> None:
    examples = [make(number, 20 + 37 * number % 300, 10) for number in range(3000)]

    parts = [collate(part) for part in pack(examples)]

    assert sum(part.tokens for part in parts) > 0.93 * MICRO_BATCH * len(parts)


def test_each_answer_token_is_predicted_from_the_token_before_it() -> None:
    part = collate([[make(1, 5, 3)], [make(2, 2, 4), make(3, 2, 1)]])

    read = part.ids.flatten()[part.places]
    assert (read + 1 == part.targets).all()
    assert part.targets.tolist() == [1006, 1007, 1008, 2003, 2004, 2005, 2006, 3003]
    assert part.owners.tolist() == [0, 0, 0, 1, 1, 1, 1, 2]


def test_the_rows_of_a_block_are_numbered_and_padding_is_none_of_them() -> None:
    part = collate([[make(1, 2, 2), make(2, 1, 2)]])

    assert part.rows[0, :6].tolist() == [0, 0, 0, 1, 1, -1]
    assert (part.rows[1:] == -1).all()


@given(st.integers(1, 60), st.integers(0, 5))
def test_an_epoch_takes_every_example_once(count: int, seed: int) -> None:
    examples = [make(number, 1 + 67 * number % 400, 5) for number in range(count)]
    schedule = Schedule(examples, seed)
    number = 0
    for _ in range(3):
        taken: list[str] = []
        while len(taken) < count:
            taken += [example.id for example in schedule.take(number).examples]
            number += 1
        assert sorted(taken) == [example.id for example in examples]


def test_a_schedule_that_begins_in_the_middle_takes_the_same_examples() -> None:
    examples = [make(number, 1 + 67 * number % 400, 5) for number in range(50)]
    first = Schedule(examples, 3)
    taken = [[e.id for e in first.take(number).examples] for number in range(40)]

    assert [e.id for e in Schedule(examples, 3).take(33).examples] == taken[33]


def test_a_schedule_goes_back_to_an_earlier_epoch() -> None:
    examples = [make(number, 60, 5) for number in range(100)]
    schedule = Schedule(examples, 3)
    first = schedule.take(0).examples
    schedule.take(20)

    assert schedule.take(0).examples == first


def test_another_seed_gives_another_order() -> None:
    examples = [make(number, 60, 5) for number in range(100)]
    assert Schedule(examples, 1).take(0).examples != Schedule(examples, 2).take(0).examples
