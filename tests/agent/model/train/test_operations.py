from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from agent.model.train._operations import times  # noqa: E402 - after the skip


@pytest.mark.parametrize("rows", [1, 384, 385, 1000])
def test_multiplying_in_blocks_is_multiplying(rows: int) -> None:
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(rows, 8, generator=generator, requires_grad=True)
    weight = torch.randn(5, 8, generator=generator)
    gradient = torch.randn(rows, 5, generator=generator)

    product = times(x, weight)
    product.backward(gradient)

    assert torch.allclose(product, x @ weight.T, atol=1e-5)
    assert x.grad is not None
    assert torch.allclose(x.grad, gradient @ weight, atol=1e-5)
