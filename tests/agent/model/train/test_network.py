from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

torch = pytest.importorskip("torch")

from agent.model import TRAINED_ROWS, WeightFormat  # noqa: E402 - after the skip
from agent.model._quantise import rounded  # noqa: E402
from agent.model.train._base_weights import start_control_rows  # noqa: E402
from agent.model.train._batches import collate  # noqa: E402
from agent.model.train._network import EMBEDDING, PROJECTIONS, Network, Noise, Shape  # noqa: E402
from agent.model.train._options import Recipe, TrainingError  # noqa: E402
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

    train_step(network, make_optimiser(network, recipe), [collate([[example(base)]])], recipe, 1.0)

    assert len(before) == 2 * len(PROJECTIONS) * base.shape.layers + 1
    for name, value in network.trainable.items():
        assert not torch.equal(value, before[name]), name
    used = [TRAINED_ROWS.index(identity) for identity in (48, 49, 50, 52, 105, 106)]
    assert (network.rows[used] != before["token_embd.rows"][used]).any(dim=1).all()


def test_noise_is_as_large_as_its_share_and_the_same_for_the_same_seed(network: Network) -> None:
    def noise() -> Noise:
        return Noise(0.25, torch.Generator().manual_seed(3))

    x = torch.randn(200, 64) * torch.linspace(0.1, 5, 200).unsqueeze(1)
    added = noise().added(x) - x
    shares = added.square().mean(-1).sqrt() / x.square().mean(-1).sqrt()
    assert shares.mean().item() == pytest.approx(0.25, abs=0.01)
    assert torch.equal(network.hidden(IDS, None, noise()), network.hidden(IDS, None, noise()))
    assert not torch.equal(network.hidden(IDS, None, noise()), network.hidden(IDS))


def test_the_noise_of_a_step_depends_on_its_number_alone(network: Network, base: BaseWeights) -> None:
    recipe, part = Recipe(rank=4, noise=0.3), [collate([[example(base)]])]
    losses = [gradients(network, part, noise_of(recipe, step)) for step in (5, 6, 5)]
    assert losses[0] == losses[2] != losses[1]
    assert noise_of(Recipe(rank=4), 5) is None


def test_frozen_weights_stay_as_they_are(network: Network, base: BaseWeights) -> None:
    tensors = {name: value.clone() for name, value in base.tensors.items()}
    frozen = [value.clone() for layer in network._layers for value in layer.tensors()]
    table = network._table.clone()
    recipe = Recipe(rank=4)

    train_step(network, make_optimiser(network, recipe), [collate([[example(base)]])], recipe, 1.0)

    after = [value for layer in network._layers for value in layer.tensors()]
    assert all(torch.equal(left, right) for left, right in zip(frozen, after, strict=True))
    assert all(torch.equal(base.tensors[name], value) for name, value in tensors.items())
    changed = (network._table != table).any(dim=1).nonzero().flatten().tolist()
    assert set(changed) <= set(TRAINED_ROWS)
    assert changed


def test_control_rows_count_in_the_embedding_and_in_the_head(network: Network) -> None:
    before = network.logits(network.hidden(IDS)[:, -1])
    with torch.no_grad():
        network.rows[TRAINED_ROWS.index(105)] += 1.0
    network.refresh()

    after = network.logits(network.hidden(IDS)[:, -1])

    assert not torch.allclose(before[:, 105], after[:, 105])
    assert not torch.allclose(before[:, 300], after[:, 300])  # it was read


def test_an_untrained_adapter_changes_nothing_and_a_trained_one_equals_merged_weights(
    network: Network, base: BaseWeights
) -> None:
    plain = network.hidden(IDS)
    merged = dict(base.tensors)
    with torch.no_grad():
        for index in range(base.shape.layers):
            for name in PROJECTIONS:
                stem = f"blk.{index}.{name}"
                b = network.trainable[f"{stem}.lora_b"].normal_(std=0.1)
                merged[f"{stem}.weight"] = merged[f"{stem}.weight"] + 2.0 * (
                    b @ network.trainable[f"{stem}.lora_a"]
                )
    fresh = Network(base.shape, merged, TRAINED_ROWS, rank=1, scale=1.0, seed=2)

    assert torch.allclose(fresh.hidden(IDS), network.hidden(IDS), atol=1e-4)
    assert not torch.allclose(plain, network.hidden(IDS), atol=1e-2)


def test_padding_on_the_right_changes_no_state(network: Network) -> None:
    alone = network.hidden(IDS[1:, :5])

    assert torch.allclose(network.hidden(IDS)[1, :5], alone[0], atol=1e-5)


def test_a_state_depends_on_earlier_tokens_only(network: Network) -> None:
    changed = IDS.clone()
    changed[0, 4] = 303

    before, after = network.hidden(IDS)[0], network.hidden(changed)[0]

    assert torch.allclose(before[:4], after[:4], atol=1e-5)
    assert not torch.allclose(before[5], after[5], atol=1e-3)


def test_local_layers_see_a_window_and_every_sixth_layer_all_before_it(base: BaseWeights) -> None:
    window = base.shape.sliding_window

    assert last_change(base, layers=1) == window - 1
    assert last_change(base, layers=2) == 2 * (window - 1)
    assert last_change(base, layers=6) == 8 * window - 1


def last_change(base: BaseWeights, layers: int) -> int:
    """Return the last place of a row of eight windows whose state depends on the first token."""
    weights = dict(base.tensors)
    for index in range(layers):
        weights |= {
            name.replace("blk.0.", f"blk.{index}."): value
            for name, value in base.tensors.items()
            if name.startswith("blk.0.")
        }
    network = Network(replace(base.shape, layers=layers), weights, TRAINED_ROWS, rank=1, scale=1.0, seed=1)
    row = torch.arange(8 * base.shape.sliding_window).unsqueeze(0) % 7 + 300
    changed = row.clone()
    changed[0, 0] = 310
    return int((network.hidden(row) != network.hidden(changed)).any(dim=-1).nonzero()[-1, 1])


def test_the_loss_is_the_weighted_cross_entropy_and_has_its_gradient(network: Network) -> None:
    targets, weights = torch.tensor([48, 300, 106]), torch.tensor([2.0, 1.0, 0.5])
    states = torch.randn(3, 64, generator=torch.Generator().manual_seed(3), requires_grad=True)
    expected = (
        torch.nn.functional.cross_entropy(network.logits(states), targets, reduction="none") * weights
    ).sum()
    (expected_gradient,) = torch.autograd.grad(expected, states)

    total, _ = network.loss(states, targets, weights)
    total.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped

    assert float(total.detach()) == pytest.approx(float(expected.detach()), rel=1e-5)
    assert states.grad is not None
    assert torch.allclose(states.grad, expected_gradient, atol=1e-5)


def test_without_a_gradient_the_loss_names_the_likeliest_tokens(network: Network) -> None:
    states = torch.randn(3, 64, generator=torch.Generator().manual_seed(3))
    with torch.no_grad():
        _, best = network.loss(states, torch.tensor([48, 300, 106]), torch.ones(3))

    assert best.tolist() == network.logits(states).argmax(dim=-1).tolist()


def test_a_row_has_the_same_states_alone_and_packed_among_others(network: Network) -> None:
    packed = torch.cat([IDS[0], IDS[1, :5], torch.zeros(4, dtype=torch.long)]).unsqueeze(0)
    rows = torch.tensor([[0] * 7 + [1] * 5 + [-1] * 4])

    states = network.hidden(packed, rows)[0]

    assert torch.allclose(states[:7], network.hidden(IDS[:1])[0], atol=1e-4)
    assert torch.allclose(states[7:12], network.hidden(IDS[1:, :5])[0], atol=1e-4)


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
    train_step(network, make_optimiser(network, Recipe()), [collate([[example(base)]])], Recipe(rank=4), 1.0)

    assert torch.allclose(ours, theirs, atol=1e-4)
    assert not torch.equal(network.rows, before)


def test_training_goes_on_through_rounded_weights(base: BaseWeights) -> None:
    network = rounding_network(base, torch.float32)
    recipe = Recipe(rank=4)
    before = {name: value.detach().clone() for name, value in network.trainable.items()}

    network.round_weights()
    train_step(network, make_optimiser(network, recipe), [collate([[example(base)]])], recipe, 1.0)

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


def test_a_line_longer_than_the_context_is_refused(network: Network) -> None:
    with pytest.raises(ValueError, match="longer than the context"):
        network.hidden(torch.zeros(1, network.shape.context + 1, dtype=torch.long))


def test_two_key_value_heads_are_refused() -> None:
    with pytest.raises(ValueError, match="one key-value head"):
        Shape(layers=1, width=8, hidden=8, heads=2, head_size=4, key_value_heads=2)


def test_control_rows_start_from_different_ordinary_tokens(base: BaseWeights) -> None:
    rows = base.tensors["token_embd.weight"][list(TRAINED_ROWS)]

    assert len({tuple(row.tolist()) for row in rows}) == len(TRAINED_ROWS)


def test_a_vocabulary_without_the_words_for_control_rows_is_refused() -> None:
    with pytest.raises(TrainingError, match="no token"):
        start_control_rows(torch.zeros(2, 4), ["x", "y"])
