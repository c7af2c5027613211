from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.model.data._noise import capitalised, finish, hesitant, stop_of, with_typo, without_stop
from agent.model.data._sources import Segment


def said(segments: list[Segment]) -> str:
    return "".join(segment.text for segment in segments)


@pytest.mark.parametrize("text", ["do it.", "do it?", "明かりをつけて。", "关灯！", "开灯？", "टाइमर लगाओ।"])
def test_the_stop_of_any_script_is_taken_off(text: str) -> None:
    assert said(without_stop([Segment(text)])) == text[:-1]


def test_a_spanish_question_loses_both_its_marks() -> None:
    assert said(without_stop([Segment("¿puedes abrir "), Segment("Spotify", value=True), Segment("?")])) == (
        "puedes abrir Spotify"
    )


def test_a_stop_inside_a_value_stays() -> None:
    assert said(without_stop([Segment("write "), Segment("really?", value=True)])) == "write really?"


def test_the_first_letter_after_an_inverted_mark_becomes_a_capital() -> None:
    assert said(capitalised([Segment("¿qué hora es?")])) == "¿Qué hora es?"


@pytest.mark.parametrize(
    ("text", "stop"), [("set a timer", "."), ("запусти таймер", "."), ("关灯", "。"), ("टाइमर लगाओ", "।")]
)
def test_a_full_stop_is_of_the_texts_script(text: str, stop: str) -> None:
    assert stop_of(text) == stop


@given(st.integers(0, 3000))
def test_a_typo_keeps_to_the_script_of_its_word(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 - data, not secrets
    text = said(with_typo([Segment("поставь будильник")], rng))
    assert all("а" <= letter <= "ё" or letter == " " for letter in text)


def test_a_typo_in_hindi_takes_the_vowel_of_the_other_length() -> None:
    rng = random.Random(1)  # noqa: S311 - data, not secrets
    assert said(with_typo([Segment("किताब")], rng)) == "कीताब"


@given(st.integers(0, 3000))
def test_text_without_capitals_keeps_its_words(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 - data, not secrets
    text, lowered = finish([Segment("打开手电筒。")], rng, cased=False)
    assert text in {"打开手电筒。", "打开手电筒"}
    assert not lowered


@pytest.mark.parametrize(
    ("before", "filler", "texts"),
    [
        ("wake me at ", "um", {"wake me at um 7", "wake me at at 7"}),
        ("wake me at ", ", uh,", {"wake me at, uh, 7", "wake me at at 7"}),
        ("闹钟定在", "那个", {"闹钟定在那个7"}),
        ('say "', "um", {'say "7'}),
    ],
)
def test_a_hesitation_stands_before_a_value_and_apart_where_words_stand_apart(
    before: str, filler: str, texts: set[str]
) -> None:
    rng = random.Random(2)  # noqa: S311 - data, not secrets
    segments = [Segment(before), Segment("7", value=True)]
    assert {said(hesitant(segments, filler, rng)) for _ in range(40)} == texts


def test_nobody_hesitates_inside_a_value_or_where_there_is_none() -> None:
    rng = random.Random(2)  # noqa: S311 - data, not secrets
    for segments in ([Segment("turn it off")], [Segment("Anna Bell", value=True)]):
        assert hesitant(segments, "um", rng) == segments
