from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

import agent.prompt
from agent.prompt import CONTROL_TOKENS, Piece, pieces_from_text, to_text


@given(st.lists(st.one_of(st.text(), st.sampled_from(sorted(CONTROL_TOKENS)))).map("".join))
def test_a_string_is_the_same_after_cutting_it_into_pieces(text: str) -> None:
    pieces = pieces_from_text(text)
    assert to_text(pieces) == text
    assert all(piece.text for piece in pieces)
    assert all(a.control or b.control for a, b in pairwise(pieces))


def test_the_function_tokens_take_the_places_of_gemmas_unused_tokens() -> None:
    assert [CONTROL_TOKENS[name] for name in ("<start_function_declaration>", "<escape>")] == [46, 52]
    assert len(set(CONTROL_TOKENS.values())) == len(CONTROL_TOKENS)


def test_a_control_piece_must_be_a_known_token() -> None:
    with pytest.raises(ValueError, match="no control token"):
        Piece("<unused99>", control=True)


def test_public_names_are_sorted_and_there() -> None:
    assert all(hasattr(agent.prompt, name) for name in agent.prompt.__all__)
