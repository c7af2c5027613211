"""Training a LLaMA: its network is the engine's, and a run ends in a file that the engine loads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("matplotlib")

from agent.engines import open_ctransformers  # noqa: E402 - after the skip
from agent.engines._ctransformers_check import FLOAT_TOLERANCE  # noqa: E402
from agent.engines._ctransformers_network import Network as Engine  # noqa: E402
from agent.model import (  # noqa: E402
    Adapter,
    AdapterMetadata,
    QuantisationPlan,
    WeightFormat,
    build_model,
    save_adapter,
)
from agent.model.train import Options, Precision, Recipe, TrainingError, train  # noqa: E402
from agent.model.train._base_weights import BaseWeights, load_base  # noqa: E402
from agent.model.train._layout import Layout  # noqa: E402
from agent.model.train._network import Network  # noqa: E402
from agent.model.train._rows import Row, to_example  # noqa: E402
from agent.prompt import pieces_from_text, to_text  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FLOAT = QuantisationPlan(WeightFormat.F16, WeightFormat.F16, WeightFormat.F16)
PROMPT = pieces_from_text("<bos><start_of_turn>user\na 1<end_of_turn>\n<start_of_turn>model\n")


@pytest.fixture(scope="module")
def llama(llama_to_train: Path) -> BaseWeights:
    return load_base(llama_to_train)


def trained(base: BaseWeights) -> Network:
    """A network with adapters that do something, in the numbers of the adapter's file."""
    network = Network(base.shape, base.tensors, base.control_ids, rank=2, scale=2.0, seed=1)
    generator = torch.Generator().manual_seed(2)
    with torch.no_grad():
        for name, value in network.trainable.items():
            if not name.endswith("lora_a"):
                value += 0.1 * torch.randn(value.shape, generator=generator)
            value.copy_(value.half())
    network.refresh()
    return network


def log_probabilities(logits: Any) -> Any:
    return torch.log_softmax(torch.as_tensor(logits).double(), dim=-1)


def test_the_network_computes_what_the_engine_computes_with_the_built_file(
    llama: BaseWeights, llama_to_train: Path, tmp_path: Path
) -> None:
    network = trained(llama)
    tensors = {name: value.detach().numpy().astype(np.float16) for name, value in network.trainable.items()}
    save_adapter(Adapter(AdapterMetadata(scale=2.0), tensors), tmp_path / "a.safetensors")
    build_model(llama_to_train, tmp_path / "a.safetensors", tmp_path / "built.gguf", plan=FLOAT)
    engine = Engine(tmp_path / "built.gguf", 1, 64)

    for text in ("a 1", "set the alarm 明天 don't", "Grüße, seven timers"):
        ids = llama.tokenizer.encode([*PROMPT[:2], *pieces_from_text(text), *PROMPT[3:]])
        with torch.no_grad():
            ours = log_probabilities(network.logits(network.hidden(torch.tensor([ids]))[0, -1:])[0])
        engine.read(engine.keep_shared(ids), lambda: None)
        theirs = log_probabilities(engine.logits()[: len(ours)].copy())
        assert float((ours - theirs).abs().max()) < FLOAT_TOLERANCE


def test_a_row_has_the_same_states_alone_and_packed_among_others(llama: BaseWeights) -> None:
    network = trained(llama)
    one, two = torch.tensor([[0, 1, 30, 31, 2]]), torch.tensor([[0, 1, 40, 2]])
    packed = torch.cat([one[0], two[0], torch.zeros(3, dtype=torch.long)]).unsqueeze(0)

    rows = torch.tensor([[0] * 5 + [1] * 4 + [-1] * 3])
    positions = torch.tensor([[*range(5), *range(4), *range(3)]])

    states = network.hidden(packed, Layout(rows, rows, positions))[0]

    assert torch.allclose(states[:5], network.hidden(one)[0], atol=1e-4)
    assert torch.allclose(states[5:9], network.hidden(two)[0], atol=1e-4)


def test_the_gradient_reaches_every_adapter_and_the_control_rows(llama: BaseWeights) -> None:
    network = trained(llama)
    states = network.hidden(torch.tensor([[*llama.control_ids, 30]]))[0]

    total, _ = network.loss(states, torch.tensor([*llama.control_ids, 31]), torch.ones(len(states)))
    total.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped

    for name, value in network.trainable.items():
        assert value.grad is not None
        assert value.grad.abs().sum() > 0, name


def test_tokens_that_decide_weigh_more(llama: BaseWeights) -> None:
    row = {"id": "r", "lang": "en", "kind": "two", "text": "a", "calls": [{"name": "a"}, {"name": "b"}]}

    example = to_example(Row.model_validate(row), llama.tokenizer, decision_weight=3.0)

    end = llama.tokenizer.control_id("<end_function_call>")
    decides = [True, *(example.ids[example.answer : -1] == end).tolist()]
    assert sum(decides) == 3
    assert (example.weights == np.where(decides, 3.0, 1.0)).all()


def test_a_run_ends_in_an_adapter_whose_file_the_engine_answers_with(
    llama_to_train: Path, write_rows: Callable[..., Path], tmp_path: Path, notes: Any
) -> None:
    calls = [{"name": "a", "arguments": {"t": "1:00"}}]
    data = write_rows([{"id": "r", "lang": "en", "kind": "one", "text": "a 1", "calls": calls}])
    options = Options(
        data=data,
        validation=data,
        run=tmp_path / "run",
        base=llama_to_train,
        steps=30,
        recipe=Recipe(rank=8, alpha=16.0, learning_rate=2e-2, warm_up=2),
        precision=Precision.FP32,
        fuse=False,
        threads=1,
        validate_every=15,
    )

    result = train(options, notes)
    build_model(llama_to_train, result.adapter, tmp_path / "built.gguf")

    assert result.exact == 1.0
    engine = open_ctransformers(tmp_path / "built.gguf", threads=1)
    answer = engine.generate(PROMPT)
    engine.close()
    assert to_text(answer.pieces) == (
        "<start_function_call>call:a{t:<escape>1:00<escape>}<end_function_call>"
    )


def test_the_vocabulary_of_a_llama_is_not_cut(
    llama_to_train: Path, write_rows: Callable[..., Path], tmp_path: Path, notes: Any
) -> None:
    data = write_rows([{"id": "r", "lang": "en", "kind": "none", "text": "a", "calls": []}])
    options = Options(
        data=data,
        validation=data,
        run=tmp_path / "run",
        base=llama_to_train,
        steps=1,
        recipe=Recipe(vocabulary=300),
        fuse=False,
    )

    with pytest.raises(TrainingError, match="not cut"):
        train(options, notes)
