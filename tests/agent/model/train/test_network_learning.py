"""What a step of training changes in a network and what stays, with rounded weights too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

torch = pytest.importorskip("torch")

from agent.model import TRAINED_ROWS, WeightFormat  # noqa: E402 - after the skip
from agent.model._quantise import rounded  # noqa: E402
from agent.model.train._batches import Bundle, collate  # noqa: E402
from agent.model.train._network import EMBEDDING, PROJECTIONS, Network  # noqa: E402
from agent.model.train._options import Recipe  # noqa: E402
from agent.model.train._rows import Row, to_example  # noqa: E402
from agent.model.train._steps import gradients, make_optimiser, noise_of, train_step  # noqa: E402

if TYPE_CHECKING:
    from torch import Tensor

    from agent.model.train._base_weights import BaseWeights
    from agent.model.train._rows import Example

IDS = torch.tensor([[2, 105, 300, 301, 302, 106, 48], [2, 105, 310, 311, 106, 0, 0]])


def example(base: BaseWeights) -> Example:
    row = Row.model_validate(
        {
            "id": "r",
            "lang": "en",
            "kind": "two",
            "text": "a",
            "calls": [{"name": "a", "arguments": {"t": "7"}}, {"name": "b"}],
        }
    )
    return to_example(row, base.tokenizer, decision_weight=2.0)


def test_the_gradient_reaches_every_adapter_and_the_control_rows(network: Network, base: BaseWeights) -> None:
    with torch.no_grad():  # B is zero at first, and so is the gradient of A
        for name, value in network.trainable.items():
            if name.endswith("lora_b"):
                value.normal_(std=0.02)
    recipe = Recipe(rank=4)
    before = {name: value.detach().clone() for name, value in network.trainable.items()}

    train_step(
        network, make_optimiser(network, recipe), [collate([[Bundle((example(base),), 0)]])], recipe, 1.0
    )

    assert len(before) == 2 * len(PROJECTIONS) * base.shape.layers + 1
    for name, value in network.trainable.items():
        assert not torch.equal(value, before[name]), name
    used = [TRAINED_ROWS.index(identity) for identity in (48, 49, 50, 52, 105, 106)]
    assert (network.rows[used] != before["token_embd.rows"][used]).any(dim=1).all()


def test_the_noise_of_a_step_depends_on_its_number_alone(network: Network, base: BaseWeights) -> None:
    recipe, part = Recipe(rank=4, noise=0.3), [collate([[Bundle((example(base),), 0)]])]
    losses = [gradients(network, part, noise_of(recipe, step)) for step in (5, 6, 5)]
    assert losses[0] == losses[2] != losses[1]
    assert noise_of(Recipe(rank=4), 5) is None


def test_frozen_weights_stay_as_they_are(network: Network, base: BaseWeights) -> None:
    tensors = {name: value.clone() for name, value in base.tensors.items()}
    frozen = [value.clone() for layer in network._layers for value in layer.tensors()]
    table = network._table.clone()
    recipe = Recipe(rank=4)

    train_step(
        network, make_optimiser(network, recipe), [collate([[Bundle((example(base),), 0)]])], recipe, 1.0
    )

    after = [value for layer in network._layers for value in layer.tensors()]
    assert all(torch.equal(left, right) for left, right in zip(frozen, after, strict=True))
    assert all(torch.equal(base.tensors[name], value) for name, value in tensors.items())
    changed = (network._table != table).any(dim=1).nonzero().flatten().tolist()
    assert set(changed) <= set(TRAINED_ROWS)
    assert changed


@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float32, 1e-5), (torch.bfloat16, 2e-2)])
def test_rounding_makes_the_sum_of_frozen_matrix_and_adapter_what_a_file_stores(
    base: BaseWeights, dtype: Any, tolerance: float
) -> None:
    network = rounding_network(base, dtype)

    network.round_weights()

    for index, layer in enumerate(network._layers):
        for names, frozen in layer.matrices(base.shape.architecture.parts):
            learnt = torch.cat([learnt_of(network, index, name) for name in names])
            stored = torch.cat(
                [
                    q4_0(base.tensors[f"blk.{index}.{name}.weight"] + learnt_of(network, index, name))
                    for name in names
                ]
            )
            unrounded = torch.cat([base.tensors[f"blk.{index}.{name}.weight"] for name in names])
            assert torch.allclose(frozen.float() + learnt, stored, rtol=tolerance, atol=tolerance)
            assert not torch.allclose(frozen.float(), unrounded, atol=0.05)


def test_matrices_that_no_format_is_named_for_stay_as_they_are(base: BaseWeights) -> None:
    network = rounding_network(base, torch.float32, "ffn_up")

    network.round_weights()

    same = {
        names[0]: torch.equal(frozen, torch.cat([base.tensors[f"blk.0.{name}.weight"] for name in names]))
        for names, frozen in network._layers[0].matrices(base.shape.architecture.parts)
    }
    assert [name for name, equal in same.items() if not equal] == ["ffn_up"]


def test_a_rounded_embedding_is_what_is_read_and_what_scores_and_its_control_rows_still_learn(
    base: BaseWeights,
) -> None:
    stored = {**base.tensors, "token_embd.weight": q4_0(base.tensors["token_embd.weight"])}
    network = rounding_network(base, torch.float32, EMBEDDING)
    alike = Network(base.shape, stored, TRAINED_ROWS, rank=4, scale=2.0, seed=1)

    with torch.no_grad():
        for name in network.trainable:
            if name != "token_embd.rows":
                alike.trainable[name].copy_(network.trainable[name])
    ours, theirs = (each.logits(each.hidden(IDS[:1])[0]).detach() for each in (network, alike))
    before = network.rows.detach().clone()
    train_step(
        network,
        make_optimiser(network, Recipe()),
        [collate([[Bundle((example(base),), 0)]])],
        Recipe(rank=4),
        1.0,
    )

    assert torch.allclose(ours, theirs, atol=1e-4)
    assert not torch.equal(network.rows, before)


def test_training_goes_on_through_rounded_weights(base: BaseWeights) -> None:
    network = rounding_network(base, torch.float32)
    recipe = Recipe(rank=4)
    before = {name: value.detach().clone() for name, value in network.trainable.items()}

    network.round_weights()
    train_step(
        network, make_optimiser(network, recipe), [collate([[Bundle((example(base),), 0)]])], recipe, 1.0
    )

    assert all(not torch.equal(value, before[name]) for name, value in network.trainable.items())


def learnt_of(network: Network, layer: int, name: str) -> Tensor:
    a, b = (network.trainable[f"blk.{layer}.{name}.lora_{side}"].detach() for side in "ab")
    return 2.0 * (b @ a)


def rounding_network(base: BaseWeights, dtype: Any, *names: str) -> Network:
    rounded = dict.fromkeys(names or PROJECTIONS, q4_0)
    network = Network(
        base.shape, base.tensors, TRAINED_ROWS, rank=4, scale=2.0, seed=1, dtype=dtype, rounded=rounded
    )
    with torch.no_grad():
        for name, value in network.trainable.items():
            if name.endswith("lora_b"):
                value.normal_(std=0.02, generator=torch.Generator().manual_seed(2))
    return network


def q4_0(values: Tensor) -> Tensor:
    stored: Tensor = torch.from_numpy(rounded(values.detach().numpy(), WeightFormat.Q4_0))
    return stored
