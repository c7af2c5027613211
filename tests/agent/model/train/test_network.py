"""States, scores and the loss of a network, and what it refuses."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

torch = pytest.importorskip("torch")

from agent.model import TRAINED_ROWS  # noqa: E402 - after the skip
from agent.model.train._base_weights import start_control_rows  # noqa: E402
from agent.model.train._layout import Layout  # noqa: E402
from agent.model.train._network import PROJECTIONS, Network, Noise, Shape  # noqa: E402
from agent.model.train._options import TrainingError  # noqa: E402

if TYPE_CHECKING:
    from agent.model.train._base_weights import BaseWeights

IDS = torch.tensor([[2, 105, 300, 301, 302, 106, 48], [2, 105, 310, 311, 106, 0, 0]])


def test_noise_is_as_large_as_its_share_and_the_same_for_the_same_seed(network: Network) -> None:
    def noise() -> Noise:
        return Noise(0.25, torch.Generator().manual_seed(3))

    x = torch.randn(200, 64) * torch.linspace(0.1, 5, 200).unsqueeze(1)
    added = noise().added(x) - x
    shares = added.square().mean(-1).sqrt() / x.square().mean(-1).sqrt()
    assert shares.mean().item() == pytest.approx(0.25, abs=0.01)
    assert torch.equal(network.hidden(IDS, None, noise()), network.hidden(IDS, None, noise()))
    assert not torch.equal(network.hidden(IDS, None, noise()), network.hidden(IDS))


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
    positions = torch.tensor([[*range(7), *range(5), *range(4)]])

    states = network.hidden(packed, Layout(rows, rows, positions))[0]

    assert torch.allclose(states[:7], network.hidden(IDS[:1])[0], atol=1e-4)
    assert torch.allclose(states[7:12], network.hidden(IDS[1:, :5])[0], atol=1e-4)


def test_a_row_has_the_same_states_alone_and_behind_a_lead_that_others_share(network: Network) -> None:
    window = network.shape.sliding_window
    lead = torch.arange(2 * window) % 7 + 300
    one, two = torch.tensor([310, 311, 312]), torch.tensor([320, 321])
    packed = torch.cat([lead, one, two]).unsqueeze(0)
    count = len(lead)
    layout = Layout(
        torch.tensor([[0] * count + [1] * 3 + [2] * 2]),
        torch.zeros(1, count + 5, dtype=torch.long),
        torch.tensor([[*range(count + 3), *range(count, count + 2)]]),
    )

    states = network.hidden(packed, layout)[0]

    first, second = (network.hidden(torch.cat([lead, own]).unsqueeze(0))[0] for own in (one, two))
    assert torch.allclose(states[: count + 3], first, atol=1e-4)
    assert torch.allclose(states[count + 3 :], second[count:], atol=1e-4)


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
