from __future__ import annotations

import pytest

pytest.importorskip("torch")

from agent.model.train._options import Recipe
from agent.model.train._steps import rate


def test_the_learning_rate_rises_and_falls_to_its_floor() -> None:
    recipe = Recipe(warm_up=10, floor=0.05)
    rates = [rate(recipe, step, 100) for step in range(100)]

    assert rates[0] == pytest.approx(0.1)
    assert max(rates) == rates[10] == 1.0
    assert rates[10:] == sorted(rates[10:], reverse=True)
    assert rates[-1] == pytest.approx(0.05, abs=0.001)
