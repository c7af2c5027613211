"""Words of texts are those that the user said."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from agent.planning._verbatim import as_said
from tools_schema import Kind


@pytest.mark.parametrize(
    ("value", "text", "expected"),
    [
        ("Sipho Nodlovu", "create a contact Sipho Ndlovu, 555-1234", "Sipho Ndlovu"),
        ("Quic sync", "schedule a 'Quick sync' for tomorrow", "Quick sync"),
        ("Nodlovu Sipho", "email Ndlovu Sipho's office", "Ndlovu Sipho"),
        ("Are yu coming to lunch?", "text Bob: Are you coming to lunch?", "Are you coming to lunch?"),
        ("dentist chekup", "remind me of “Dentist checkup”", "Dentist checkup"),
        ("Александра Петрва", "позвони Александра Петрова", "Александра Петрова"),
        ("Ana", "call Anna", "Anna"),
        ("Sopitify", "open Spotify", "Spotify"),
        ("Ángel Gutierez", "llama a Ángel Gutiérrez", "Ángel Gutiérrez"),
    ],
)
def test_a_misspelt_copy_is_spelt_as_in_the_request(value: str, text: str, expected: str) -> None:
    assert as_said(value, Kind.TEXT, [text]) == expected


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("two  words", "these are two words"),
        ("Room 101 meeting", "the room 102 meeting or the room 103 meeting"),
        ("milk", ""),
        ("", "milk"),
        ("five minutes", "5 minutes"),
        ("Rome", "Roma"),
    ],
)
def test_what_is_not_clearly_misspelt_is_left(value: str, text: str) -> None:
    assert as_said(value, Kind.TEXT, [text]) == value


@given(st.text(min_size=1), st.text(), st.text(), st.sampled_from(Kind))
def test_a_value_that_the_request_has_is_never_changed(
    value: str, before: str, after: str, kind: Kind
) -> None:
    # An address with spaces around its @ loses them.
    assume("@" not in value or not any(character.isspace() for character in value))
    assert as_said(value, kind, [f"{before} {value} {after}"]) == value


@given(st.text(), st.text(), st.sampled_from([Kind.TEXT, Kind.APP]))
def test_words_come_from_the_model_or_from_the_request(value: str, text: str, kind: Kind) -> None:
    said = as_said(value, kind, [text])
    assert said == value or said in " ".join(text.split())


def test_earlier_requests_count_as_said() -> None:
    assert as_said("Sipho Nodlovu", Kind.CONTACT, ["call him", "who is Sipho Ndlovu"]) == "Sipho Ndlovu"


@pytest.mark.parametrize(
    ("value", "texts"),
    [
        ("614 Tamarack Road", ["no, 614, not 641", "Navigate to 641 Tamarack Road"]),
        ("614 Tamarack Road", ["not 641 Tamarack Road but 614", "Navigate to 641 Tamarack Road"]),
        ("614 Tamarack Road", ["no, six one four", "Navigate to 641 Tamarack Road"]),
        ("614 Tamarack Road", ["and by bike", "no, 614", "Navigate to 641 Tamarack Road"]),
        ("when to pick gooseberries", ["gooseberries!", "search when to pick blueberries"]),
        ("when to pick gooseberries", ["no, goose-berries", "search when to pick blueberries"]),
        ("Elaine Cooper", ["“Elaine” I said", "call Alaine Cooper"]),
        ("Elane Cooper", ["no, Elaine", "call Alaine Cooper"]),
        ("グーズベリー 収穫時期", ["いや、グーズベリーに", "ブルーベリー 収穫時期 を検索"]),
        ("Tamarack Road 614", ["no, 614", "Navigate to 641 Tamarack Road"]),
    ],
)
def test_a_correction_is_not_undone(value: str, texts: list[str]) -> None:
    assert as_said(value, Kind.TEXT, texts) == value


@pytest.mark.parametrize(
    ("value", "texts", "expected"),
    [
        ("641 Tamarak Road", ["by bike", "Navigate to 641 Tamarack Road"], "641 Tamarack Road"),
        ("when to pick blueberies", ["the same again", "search when to pick blueberries"], None),
        ("Room 120 meeting", ["add the Room 102 meeting", "what is on today"], "Room 102 meeting"),
        ("from from Anna", ["get the form from Anna"], "form from Anna"),
    ],
)
def test_a_misspelt_copy_is_put_right_in_a_follow_up(
    value: str, texts: list[str], expected: str | None
) -> None:
    assert as_said(value, Kind.TEXT, texts) == (expected or texts[1].removeprefix("search "))


WORDS = st.lists(
    st.sampled_from(["Tamarack", "tamarak", "614", "641", "Road", "road,", "Rood", "form", "from", "–"]),
    min_size=1,
    max_size=6,
)


@given(WORDS, st.lists(WORDS, min_size=1, max_size=3))
def test_a_word_of_the_value_that_was_said_stays(value: list[str], texts: list[list[str]]) -> None:
    def plain(words: list[str]) -> set[str]:
        return {word.casefold().strip(",–") for word in words}

    said = as_said(" ".join(value), Kind.TEXT, [" ".join(words) for words in texts])
    assert plain(value) & plain([word for words in texts for word in words]) <= plain(said.split())


def test_other_kinds_are_left() -> None:
    assert as_said("tomorow", Kind.DATE, ["tomorrow"]) == "tomorow"


@pytest.mark.parametrize(
    ("value", "text", "said"),
    [
        ("ndlovu", "call Ndlovu", "Ndlovu"),
        ("Quick Sync", "a quick sync at nine", "quick sync"),
        ("Campbell", "MCCAMPBELL and campbell", "campbell"),
        ("Weissmüller", "save Jörg Weißmüller, phone 0176", "Weißmüller"),
    ],
)
def test_capitals_are_those_of_the_request(value: str, text: str, said: str) -> None:
    assert as_said(value, Kind.TEXT, [text]) == said


@pytest.mark.parametrize(
    ("value", "text", "said"),
    [
        ("Leave (5-C", "subject 'Leave (5-C)' please", "Leave (5-C)"),
        ('Reading: "The Sea', "'Reading: \"The Sea\"' at 7", 'Reading: "The Sea"'),
        ("bins (green", "bins (green and yellow)", "bins (green"),
        ("5-C", "Leave (5-C)", "5-C"),
        ("会議「春", "会議「春」を予定", "会議「春」"),
    ],
)
def test_a_bracket_that_the_value_opens_is_closed_where_the_request_closes_it(
    value: str, text: str, said: str
) -> None:
    assert as_said(value, Kind.TEXT, [text]) == said


@pytest.mark.parametrize(
    ("value", "text", "said"),
    [
        ("could we meet", "text him 'could we meet?' please", "could we meet?"),
        ("Sorpresa", "escribe “Sorpresa!”", "Sorpresa!"),
        ("fine", "write 'fine' and ask 'really?'", "fine"),
        ("the 20th", "body 'not before the 20th?'", "the 20th"),
    ],
)
def test_a_quotation_keeps_the_mark_at_its_end(value: str, text: str, said: str) -> None:
    assert as_said(value, Kind.TEXT, [text]) == said


@pytest.mark.parametrize(
    ("value", "text", "expected"),
    [
        ("ata de sidra", "apunta cata de sidra el jueves", "cata de sidra"),
        ("рием у врача", "добавь приём, нет, прием у врача", "прием у врача"),
        ("tea", "a timer for tea, the steak can wait", "tea"),
        ("Emma的手机丢了", "发短信告诉LisaEmma的手机丢了", "Emma的手机丢了"),
        ("landlord", "my landlords number", "landlord"),
    ],
)
def test_a_text_does_not_begin_within_a_word(value: str, text: str, expected: str) -> None:
    assert as_said(value, Kind.TEXT, [text]) == expected
