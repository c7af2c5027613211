"""A tiny model and toy rows that it can learn in a few steps.

Nothing here imports PyTorch before a test asks for it: the modules that need it skip where it is missing.
"""

from __future__ import annotations

import importlib.util
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from agent.model import TRAINED_ROWS
from agent.model.train import Options, Precision, Recipe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from agent.model.train._base_weights import BaseWeights
    from agent.model.train._network import Network


@pytest.fixture(autouse=True)
def _own_precision() -> Iterator[None]:
    """Undo what a run sets for its process: later tests compare float32 results."""
    yield
    if torch := sys.modules.get("torch"):
        torch.set_float32_matmul_precision("highest")


def toy_row(number: int, text: str, calls: list[dict[str, Any]], **more: object) -> dict[str, Any]:
    kind = "one" if calls else "none"
    return {"id": f"r{number}", "lang": "en", "kind": kind, "text": text, "calls": calls, **more}


def toy_rows(count: int) -> list[dict[str, Any]]:
    rows = []
    for number in range(count):
        hour = number % 3
        calls = [{"name": "a", "arguments": {"t": f"{hour}:00"}}] if hour else []
        rows.append(toy_row(number, f"a {hour}" if hour else "no", calls))
    return rows


class Notes:
    """A reporter that remembers; ``on_step`` is called after each step."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.losses: list[float] = []
        self.on_step: Callable[[int], None] = lambda _done: None

    def note(self, text: str) -> None:
        self.lines.append(text)

    def step(self, done: int, steps: int, loss: float, tokens_per_second: float) -> None:
        assert 0 < done <= steps
        assert tokens_per_second > 0
        self.losses.append(loss)
        self.on_step(done)


@pytest.fixture
def notes() -> Notes:
    return Notes()


@pytest.fixture
def write_rows(tmp_path: Path) -> Callable[..., Path]:
    def write(rows: list[dict[str, Any]], name: str = "rows.jsonl") -> Path:
        path = tmp_path / name
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        return path

    return write


@pytest.fixture
def base(tiny_file: Path, monkeypatch: pytest.MonkeyPatch) -> BaseWeights:
    from agent.model.train import _base_weights

    # The tiny vocabulary has none of the words that the real rows start from.
    sources = dict(zip(TRAINED_ROWS, "abcdefghi", strict=True))
    monkeypatch.setattr(_base_weights, "CONTROL_ROW_SOURCES", sources)
    loaded = _base_weights.load_base(tiny_file)
    # Random embeddings of variance one give logits that training could hardly move in a few steps.
    embedding = {"token_embd.weight": 0.1 * loaded.tensors["token_embd.weight"]}
    shape = replace(loaded.shape, context=1024)  # as long as a block may be
    return replace(loaded, shape=shape, tensors={**loaded.tensors, **embedding})


@pytest.fixture(scope="session")
def llama_to_train(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny LLaMA with control tokens to spare, of the converter's tests, whose folder is no package."""
    tests = Path(__file__).parent.parent / "convert" / "conftest.py"
    spec = importlib.util.spec_from_file_location("tiny_llama_to_train", tests)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # for its dataclasses
    spec.loader.exec_module(module)
    path = tmp_path_factory.mktemp("llama") / "llama.gguf"
    written: Path = module.write_llama(path, module.TinyLlama(spare=8))
    return written


@pytest.fixture
def network(base: BaseWeights) -> Network:
    from agent.model.train._network import Network

    return Network(base.shape, base.tensors, TRAINED_ROWS, rank=4, scale=2.0, seed=1)


@pytest.fixture
def make_options(
    base: BaseWeights,
    tiny_file: Path,
    tmp_path: Path,
    write_rows: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[..., Options]:
    from agent.model.train import _inputs

    monkeypatch.setattr(_inputs, "load_base", lambda _path, _entries: base)
    data = write_rows(toy_rows(12))
    (tmp_path / "rows.jsonl.manifest.json").write_text('{"known_signatures": ["s1", "s2"]}', encoding="utf-8")
    validation = write_rows(toy_rows(3), "held-out.jsonl")

    def make(run: str = "run", **changes: Any) -> Options:
        values: dict[str, Any] = {
            "data": data,
            "validation": validation,
            "run": tmp_path / run,
            "base": tiny_file,
            "steps": 6,
            "recipe": Recipe(rank=4, alpha=8.0, learning_rate=1e-2, warm_up=2),
            "precision": Precision.FP32,
            "fuse": False,
            "threads": 1,
            "validate_every": 3,
        }
        return Options(**(values | changes))

    return make


@pytest.fixture
def without_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make PyTorch impossible to import, and forget the modules that did."""
    import agent.model.train as package

    for name in [name for name in sys.modules if name.startswith("agent.model.train._")]:
        if not name.endswith(("._options", "._terminal")):
            monkeypatch.delitem(sys.modules, name)
            monkeypatch.delattr(package, name.rpartition(".")[2], raising=False)
    monkeypatch.setitem(sys.modules, "torch", None)
