"""What is guessed from the training's answers: the file for llama.cpp, and that answers stay the same."""

from __future__ import annotations

import struct
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from agent.engines import open_engine
from agent.engines._guesses import guesses_file
from agent.engines._model_file import check_model_file
from agent.errors import EngineFailed, ModelFileCorrupt
from agent.model import GUESSES_KEY, Adapter, AdapterMetadata, build, read_base
from agent.prompt import render

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from agent.engines import Generation

GRAMMAR = 'root ::= "alarm the timer set alarm the timer set"'
"""What is written is decided by the grammar, and so where a guess is right."""


def built(tiny_gemma: Path, target: Path, guesses: NDArray[np.int32] | None) -> Path:
    adapter = Adapter(AdapterMetadata(scale=1.0), {}, guesses=guesses)
    build(read_base(tiny_gemma), adapter, target)
    return target


def untimed(generation: Generation) -> Generation:
    return replace(generation, prefill_ms=0, decode_ms=0)


def test_each_guess_is_two_tokens_and_one_follower_seen_twice() -> None:
    with guesses_file(np.array([[7, 8, 9], [8, 9, 10]], dtype=np.int32)) as path:
        written = list(struct.iter_unpack("<4i i 2i", path.read_bytes()))
    assert written == [(7, 8, -1, -1, 1, 9, 2), (8, 9, -1, -1, 1, 10, 2)]
    assert not path.exists()


@pytest.mark.parametrize("right", [True, False])
def test_the_answer_is_the_same_whether_guesses_are_right_or_wrong(
    tiny_gemma: Path, tmp_path: Path, right: bool
) -> None:
    prompt = render([{"role": "user", "content": "wake me"}])
    plain = open_engine(built(tiny_gemma, tmp_path / "plain.gguf", None), threads=1)
    expected = plain.generate(prompt, grammar=GRAMMAR)
    plain.close()
    tokenizer = check_model_file(tmp_path / "plain.gguf").tokenizer
    ids = tokenizer.encode(expected.pieces)
    threes = np.array([ids[at : at + 3] for at in range(len(ids) - 2)], dtype=np.int32)
    if not right:
        threes[:, 2] = ids[0]
    guessing = open_engine(built(tiny_gemma, tmp_path / "guessing.gguf", threes), threads=1)
    answer = guessing.generate(prompt, grammar=GRAMMAR)
    assert untimed(answer) == untimed(expected)
    guessing.close()


@pytest.mark.parametrize("threes", [0, 2])
def test_llama_cpp_looks_guesses_up_where_there_are_any(
    tiny_gemma: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, threes: int
) -> None:
    given: list[tuple[int, int]] = []

    def server(params: Any) -> None:
        path = params.speculative.ngram_cache.lookup_cache_static
        given.append((len(params.speculative.types), len(Path(path).read_bytes()) if path else 0))
        raise RuntimeError("seen enough")

    monkeypatch.setattr("agent.engines._llamacpp.xllamacpp.Server", server)
    guesses = np.array([[46, 47, 48], [47, 48, 49]][:threes], dtype=np.int32).reshape(-1, 3)
    with pytest.raises(EngineFailed, match="seen enough"):
        open_engine(built(tiny_gemma, tmp_path / "model.gguf", guesses))
    assert given == [(2, 2 * 28) if threes else (1, 0)]


def test_a_file_whose_guesses_are_no_tokens_is_refused(tiny_gemma: Path, tmp_path: Path) -> None:
    whole = read_base(tiny_gemma)
    too_high = np.array([[46, 47, 48]], dtype=np.int32)
    path = built(tiny_gemma, tmp_path / "model.gguf", too_high)
    assert check_model_file(path).guesses.tolist() == too_high.tolist()
    data = path.read_bytes()
    start = data.index(GUESSES_KEY.encode()) + len(GUESSES_KEY) + 4 + 4 + 8  # kind, kind of items, number
    beyond = struct.pack("<3i", 46, 47, len(whole.tokens) + 1)
    path.write_bytes(data[:start] + beyond + data[start + len(beyond) :])
    with pytest.raises(ModelFileCorrupt, match="build the model again"):
        check_model_file(path)
