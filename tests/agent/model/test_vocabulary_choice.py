"""Choosing the entries of the vocabulary by the texts that are to be written with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.errors import AdapterError, ModelFileCorrupt
from agent.model import (
    Adapter,
    Tokenizer,
    build,
    choose_entries,
    cut_vocabulary,
    load_adapter,
    read_base,
    save_adapter,
)
from agent.prompt import Piece

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from agent.model import BaseModel


def smallest(base: BaseModel) -> int:
    """Return how many entries there are without any merge."""
    return len(cut_vocabulary(base, merges=0).kept)


def chosen(base: BaseModel, texts: list[str], merges: int) -> list[str]:
    """Return the merges that are kept."""
    kept = choose_entries(base, texts, smallest(base) + merges).tolist()
    first = base.tokens.index("▁t")
    return [base.tokens[old] for old in kept if old >= first and len(base.tokens[old]) > 1]


def test_what_the_texts_use_is_kept_with_all_that_it_is_merged_from(tiny: BaseModel) -> None:
    assert chosen(tiny, [" 明天"] * 2, merges=2) == ["▁明", "▁明天"]


def test_what_is_used_once_gives_way_to_what_is_common_elsewhere(tiny: BaseModel) -> None:
    assert chosen(tiny, [" 明天"], merges=3) == ["▁t", "▁th", "▁the"]


def test_the_rest_is_filled_in_merge_order(tiny: BaseModel) -> None:
    assert chosen(tiny, [" 明天"] * 2, merges=4) == ["▁t", "▁th", "▁明", "▁明天"]


def test_all_single_characters_of_a_small_vocabulary_are_kept(tiny: BaseModel) -> None:
    entries = choose_entries(tiny, [], smallest(tiny) + 1)
    assert {"▁", "\t", "a", "明"} <= {tiny.tokens[old] for old in entries.tolist()}


def test_no_room_for_a_merge_is_refused(tiny: BaseModel) -> None:
    with pytest.raises(ValueError, match=f"more than {smallest(tiny)} entries"):
        choose_entries(tiny, [], smallest(tiny))


@given(
    merges=st.integers(1, 30),
    texts=st.lists(st.sampled_from(["the alarm", "timer 00", "set", "明天", "...."])),
)
def test_any_choice_splits_text_into_pieces_that_join_to_it(
    shared_tiny: BaseModel, merges: int, texts: list[str]
) -> None:
    cut = cut_vocabulary(
        shared_tiny, entries=choose_entries(shared_tiny, texts, smallest(shared_tiny) + merges)
    )
    tokenizer = Tokenizer(cut.tokens, cut.scores.tolist(), cut.types.tolist())
    for text in ["the timer", *texts]:
        assert tokenizer.decode(tokenizer.encode([Piece(text)])) == (Piece(text),)


def test_an_adapter_brings_its_vocabulary_to_the_built_file(
    tiny: BaseModel, make_adapter: Callable[..., Adapter], tmp_path: Path
) -> None:
    plain = make_adapter()
    entries = choose_entries(tiny, [" 明天"] * 2, smallest(tiny) + 2)
    save_adapter(Adapter(plain.metadata, plain.tensors, entries), tmp_path / "adapter.safetensors")
    loaded = load_adapter(tmp_path / "adapter.safetensors")
    build(tiny, loaded, tmp_path / "built.gguf")
    built = read_base(tmp_path / "built.gguf")
    assert loaded.vocabulary is not None
    assert np.array_equal(loaded.vocabulary, entries)
    assert len(built.tokens) == len(entries)
    assert {"▁明", "▁明天"} <= set(built.tokens)
    assert "▁the" not in built.tokens


def test_a_vocabulary_of_another_base_model_is_refused(tiny: BaseModel) -> None:
    with pytest.raises(ModelFileCorrupt, match="another base model"):
        cut_vocabulary(tiny, entries=np.array([0, 1, 2, 100_000], dtype=np.int32))


def test_a_vocabulary_that_does_not_ascend_is_refused(
    make_adapter: Callable[..., Adapter], tmp_path: Path
) -> None:
    plain = make_adapter()
    path = tmp_path / "adapter.safetensors"
    save_adapter(Adapter(plain.metadata, plain.tensors, np.array([2, 1], dtype=np.int32)), path)
    with pytest.raises(AdapterError, match="ascending"):
        load_adapter(path)
