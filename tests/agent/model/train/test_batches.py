from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

torch = pytest.importorskip("torch")

from agent.model.train._batches import BLOCKS, Bundle, Schedule, bundles, collate, pack  # noqa: E402 - after the skip
from agent.model.train._options import MICRO_BATCH  # noqa: E402
from agent.model.train._rows import Example  # noqa: E402


def make(number: int, prompt: int, answer: int) -> Example:
    ids = np.arange(1, prompt + answer + 1) + 1000 * number
    return Example(f"r{number:03d}", "en", "one", ids, prompt, np.ones(answer, np.float32))


def alone(number: int, prompt: int, answer: int) -> Bundle:
    return Bundle((make(number, prompt, answer),), 0)


def declared(number: int, lead: int, text: int, answer: int, tools: int = 9) -> Example:
    ids = np.array([tools] * lead + [1000 * number + at for at in range(text + answer)])
    return Example(f"d{number:03d}", "en", "unseen", ids, lead + text, np.ones(answer, np.float32), lead)


SIZES = st.lists(st.tuples(st.integers(1, 460), st.integers(1, 40)), min_size=1, max_size=60)


@given(SIZES)
def test_every_example_is_in_one_block_that_holds_it(sizes: list[tuple[int, int]]) -> None:
    examples = [make(number, *size) for number, size in enumerate(sizes)]

    packed = list(pack(bundles(examples)))

    within = [e.id for part in packed for block in part for bundle in block for e in bundle.examples]
    assert Counter(within) == Counter(e.id for e in examples)
    for part in packed:
        batch = collate(part)
        assert batch.ids.numel() == MICRO_BATCH
        assert batch.ids.shape[1] in BLOCKS


def test_many_examples_leave_little_padding() -> None:
    examples = [make(number, 20 + 37 * number % 300, 10) for number in range(3000)]

    parts = [collate(part) for part in pack(bundles(examples))]

    assert sum(part.tokens for part in parts) > 0.93 * MICRO_BATCH * len(parts)


def test_each_answer_token_is_predicted_from_the_token_before_it() -> None:
    part = collate([[alone(1, 5, 3)], [alone(2, 2, 4), alone(3, 2, 1)]])

    read = part.ids.flatten()[part.places]
    assert (read + 1 == part.targets).all()
    assert part.targets.tolist() == [1006, 1007, 1008, 2003, 2004, 2005, 2006, 3003]
    assert part.owners.tolist() == [0, 0, 0, 1, 1, 1, 1, 2]


def test_the_rows_of_a_block_are_numbered_and_padding_is_none_of_them() -> None:
    part = collate([[alone(1, 2, 2), alone(2, 1, 2)]])

    assert part.layout.rows[0, :6].tolist() == [0, 0, 0, 1, 1, -1]
    assert (part.layout.rows[1:] == -1).all()


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


def test_neighbours_that_declare_the_same_tools_are_a_bundle() -> None:
    same = [declared(number, 20, 5, 4) for number in range(3)]
    others = [declared(3, 20, 5, 4, tools=8), make(4, 30, 3), make(5, 30, 3)]

    found = list(bundles([*same, *others]))

    assert [[e.id for e in bundle.examples] for bundle in found] == [
        ["d000", "d001", "d002"],
        ["d003"],
        ["r004"],
        ["r005"],
    ]
    assert found[0].length == 20 + 3 * (5 + 4 - 1)
    assert found[1].length == 20 + 5 + 4 - 1


def test_a_bundle_is_no_longer_than_a_block() -> None:
    examples = [declared(number, 600, 60, 20) for number in range(20)]

    found = list(bundles(examples))

    assert [e for bundle in found for e in bundle.examples] == examples
    assert max(bundle.length for bundle in found) <= BLOCKS[-1]
    assert len(found) == 4


def test_the_lead_of_a_bundle_is_read_once_and_seen_by_each_of_its_rows() -> None:
    (bundle,) = bundles([declared(1, 3, 2, 2), declared(2, 3, 1, 2)])

    part = collate([[bundle, Bundle((make(4, 2, 2),), 0)]])

    assert part.ids[0, :11].tolist() == [9, 9, 9, 1000, 1001, 1002, 2000, 2001, 4001, 4002, 4003]
    assert part.layout.rows[0, :12].tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 3, 3, 3, -1]
    assert part.layout.leads[0, :12].tolist() == [0, 0, 0, 0, 0, 0, 0, 0, 3, 3, 3, -1]
    assert part.layout.positions[0, :11].tolist() == [0, 1, 2, 3, 4, 5, 3, 4, 0, 1, 2]
    assert part.targets.tolist() == [1002, 1003, 2001, 2002, 4003, 4004]
    assert (part.ids.flatten()[part.places] + 1 == part.targets).all()
    assert part.owners.tolist() == [0, 0, 1, 1, 2, 2]
    assert part.tokens == 11
