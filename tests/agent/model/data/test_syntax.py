from __future__ import annotations

import contextlib
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.model.data._errors import PhraseFileError
from agent.model.data._noise import finish
from agent.model.data._sources import Rendered, Segment, Sources, assignments
from agent.model.data._syntax import parse_line, parse_sections, parse_template


def rng(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - data, not secrets


def sources(text: str, *, held_out: bool | None = None) -> Sources:
    sections = {section.name: section for section in parse_sections(text, "_", "test")}
    return Sources(sections, rng(1), held_out=held_out)


def render(phrase: str, values: str = "") -> Rendered:
    line = parse_line(phrase, "test")
    return sources(values).render(line.nodes, line.written)


def test_a_slot_is_said_and_written() -> None:
    rendered = render("wake me {time}", "@time\nat seven => 7:00\n")
    assert rendered.text == "wake me at seven"
    assert rendered.arguments == {"time": "7:00"}


def test_what_is_written_may_hold_the_written_values_of_slots() -> None:
    rendered = render("{time}", "@time\nquarter past {h:hour} => {h}:15\n@hour\nseven => 7\n")
    assert rendered.text == "quarter past seven"
    assert rendered.arguments == {"time": "7:15"}


def test_words_imply_arguments() -> None:
    assert render("turn it up => change=up; stream=ring").arguments == {"change": "up", "stream": "ring"}


def test_a_slot_named_underscore_is_no_argument() -> None:
    assert render("at {_:1..1}, no, {time:2..2}").arguments == {"time": "2"}


def test_a_star_fills_several_arguments() -> None:
    rendered = render("{*:span}", "@span\nfrom {a:3..3} to {b:5..5} => start={a}pm; end={b}pm\n")
    assert rendered.arguments == {"start": "3pm", "end": "5pm"}


def test_alternatives_nest_and_may_be_empty() -> None:
    line = parse_line("a[ b[ c|]|]", "test")
    texts = {Sources({}, rng(i), held_out=None).render(line.nodes).text for i in range(40)}
    assert texts == {"a", "a b", "a b c"}


def test_numbers_are_padded_when_the_range_is() -> None:
    assert render("{n:07..07}").arguments == {"n": "07"}


def test_a_value_is_taken_from_what_was_bound_before() -> None:
    assert render("{first_name:Zoë|Zoë} {email:own}", "@own\n{g:^first_name~slug}@x.org\n").arguments == {
        "first_name": "Zoë",
        "email": "zoe@x.org",
    }


def test_a_mode_and_a_weight_come_before_the_phrase() -> None:
    line = parse_line("~ <3> it is dark", "test")
    assert (line.mode, line.weight, line.source) == ("~", 3, "it is dark")


def test_backslashes_take_characters_literally() -> None:
    assert render(r"a \[b\] \{c\} \|").text == "a [b] {c} |"


@pytest.mark.parametrize("text", ["a [b", "a ] b", "a | b", "{a", "a }"])
def test_unmatched_brackets_are_refused(text: str) -> None:
    with pytest.raises(PhraseFileError):
        parse_template(text)


@given(st.text(alphabet="ab []{}|\\:~.1", max_size=30))
def test_any_line_parses_or_is_refused_clearly(text: str) -> None:
    with contextlib.suppress(PhraseFileError):
        assert parse_line(text, "test").id


def test_an_open_class_is_split_in_two() -> None:
    names = "@name open\n" + "".join(f"name{i}\n" for i in range(200))
    trained = {sources(names, held_out=False).value("name")[0] for _ in range(1)}
    kept, held = sources(names, held_out=False), sources(names, held_out=True)
    trained |= {kept.value("name")[0] for _ in range(500)}
    assert trained.isdisjoint({held.value("name")[0] for _ in range(100)})


def test_an_assignment_without_equals_is_refused() -> None:
    with pytest.raises(PhraseFileError, match="should be name=value"):
        assignments("change up")


@given(st.integers(0, 5000))
def test_spelling_never_changes_a_value_but_its_case(seed: int) -> None:
    value = "Señor O'Neil, 12 High Street"
    segments = [Segment("please navigate quickly to "), Segment(value, value=True), Segment(", thank you")]
    text, lowered = finish(segments, rng(seed), cased=True)
    assert (value.lower() if lowered else value) in text


def test_an_open_class_too_small_to_be_split_is_used_in_validation_as_it_is() -> None:
    assert sources("@name open\nAda\n", held_out=False).value("name") == ("Ada", "Ada")
    assert sources("@name open\nAda\n", held_out=True).value("name") == ("Ada", "Ada")
