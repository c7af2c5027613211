"""Cutting the vocabulary in merge order."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from agent.errors import ModelFileCorrupt
from agent.model import TokenType, cut_vocabulary
from agent.model._vocabulary import unreachable_pieces
from agent.prompt import CONTROL_TOKENS

if TYPE_CHECKING:
    from agent.model import BaseModel


def test_control_tokens_keep_their_ids_and_have_functiongemmas_names(tiny: BaseModel) -> None:
    cut = cut_vocabulary(tiny, merges=5)
    for name, identity in CONTROL_TOKENS.items():
        assert cut.tokens[identity] == name
        assert cut.types[identity] == TokenType.CONTROL
        assert cut.kept[identity] == identity


def test_the_block_before_the_first_merge_stays_in_place(tiny: BaseModel) -> None:
    first = tiny.tokens.index("▁t")
    cut = cut_vocabulary(tiny, merges=0)
    assert cut.kept[:first].tolist() == list(range(first))


def test_the_first_merges_and_all_single_characters_are_kept(tiny: BaseModel) -> None:
    cut = cut_vocabulary(tiny, merges=3)
    first = tiny.tokens.index("▁t")
    assert cut.tokens[first : first + 3] == ("▁t", "▁th", "▁the")
    rest = cut.tokens[first + 3 :]
    assert all(len(token) == 1 for token in rest)
    assert {"▁", "\t", "a", "明"} <= set(rest)


def test_new_ids_point_back_to_old_ones(tiny: BaseModel) -> None:
    cut = cut_vocabulary(tiny, merges=3)
    new = cut.new_ids(len(tiny.tokens))
    assert np.array_equal(new[cut.kept], np.arange(len(cut.kept)))
    assert new[tiny.tokens.index("▁timer")] == -1


def test_more_merges_than_there_are_keep_all_text(tiny: BaseModel) -> None:
    cut = cut_vocabulary(tiny)
    dropped = {tiny.tokens[old] for old in range(len(tiny.tokens)) if old not in set(cut.kept.tolist())}
    assert dropped == {"\t\t", "<unused99>"}


def test_a_piece_that_cannot_be_merged_is_found() -> None:
    assert unreachable_pieces(["a", "b", "c", "ab", "abc", "acb"]) == ["acb"]


def test_a_vocabulary_out_of_merge_order_is_refused(tiny: BaseModel) -> None:
    tokens = list(tiny.tokens)
    tokens[tokens.index("▁t")] = "zz"
    with pytest.raises(ModelFileCorrupt, match="merge order"):
        cut_vocabulary(replace(tiny, tokens=tuple(tokens)))


def test_ordinary_tokens_among_the_control_ids_are_refused(tiny: BaseModel) -> None:
    types = tiny.token_types.copy()
    types[50] = TokenType.NORMAL
    with pytest.raises(ModelFileCorrupt, match="control tokens"):
        cut_vocabulary(replace(tiny, token_types=types))


def test_a_negative_number_of_merges_is_refused(tiny: BaseModel) -> None:
    with pytest.raises(ValueError, match="0 or more"):
        cut_vocabulary(tiny, merges=-1)
