from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from agent.errors import InvalidValue
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


@pytest.mark.parametrize(
    ("value", "text", "expected"),
    [
        ("5551234", "call 555-1234", "555-1234"),
        ("+49301234", "dial +49 30 1234 now", "+49 30 1234"),
        ("(555) 123-4567", "his number is (555) 123 4567.", "(555) 123 4567"),
        ("555-1243", "call 555-1234 at 7:30", "555-1234"),
        ("0170 123456", "ruf 0170 1234567 an", "0170 1234567"),
        ("555 1234", "call ５５５-１２３４", "５５５-１２３４"),
        ("07700900123", "text 07700 900123 and 07700 900456", "07700 900123"),
    ],
)
def test_a_number_is_as_the_user_wrote_it(value: str, text: str, expected: str) -> None:
    assert as_said(value, Kind.PHONE_NUMBER, [text]) == expected
    assert as_said(value, Kind.CONTACT, [text]) == expected


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("5551234", "call five five five one two three four"),
        ("911", "call nine one one"),
        ("5551234", "call five five five 1234"),
        ("5551234", "call 555 or rather 1234"),
    ],
)
def test_a_number_said_in_words_is_left(value: str, text: str) -> None:
    assert as_said(value, Kind.PHONE_NUMBER, [text]) == value


@pytest.mark.parametrize(
    ("value", "texts", "expected"),
    [
        ("555-1243", ["no, 43 at the end", "call 555-1234"], "555-1243"),
        ("5551237", ["with a 7 at the end", "call 555-1234"], "5551237"),
        ("555-1243", ["again at 5", "call 555-1234"], "555-1234"),
        ("555-1243", ["call again", "call 555-1234"], "555-1234"),
        ("555-9978", ["no, call 555-9987", "call 555-1234"], "555-9987"),
    ],
)
def test_an_earlier_number_is_taken_where_the_request_does_not_correct_it(
    value: str, texts: list[str], expected: str
) -> None:
    assert as_said(value, Kind.PHONE_NUMBER, texts) == expected


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("99887766", "call 5551234567"),
        ("555-1299", "call 555-1234 or 555-1236"),
    ],
)
def test_a_number_that_the_user_did_not_write_is_an_error(value: str, text: str) -> None:
    with pytest.raises(InvalidValue):
        as_said(value, Kind.PHONE_NUMBER, [text])


@pytest.mark.parametrize(
    ("value", "text", "expected"),
    [
        ("jo.smth@example.org", "email jo.smith@example.org.", "jo.smith@example.org"),
        ("JO@example.org", "email jo@example.org", "jo@example.org"),
        ("jo@example.org", "email jo at example dot org", "jo@example.org"),
        ("jo@example.org", "email bob@mail.com and jo at example dot org", "jo@example.org"),
        ("jo@ example.org", "email jo at example dot org", "jo@example.org"),
        ("ann@mial.com", "ann@mail.com, cc bob.miller@web.example", "ann@mail.com"),
        ("Mary Jons", "email Mary Jones", "Mary Jones"),
    ],
)
def test_an_address_is_as_the_user_wrote_it(value: str, text: str, expected: str) -> None:
    assert as_said(value, Kind.EMAIL, [text]) == expected
    assert as_said(value, Kind.CONTACT, [text]) == expected


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        ("someone@else.net", Kind.EMAIL, "email jo@example.org and jo@example.com"),
        ("jo@example.de", Kind.EMAIL, "email jo@example.org and jo@example.com"),
        ("news.site.net", Kind.URL, "open http://www.example.com/a/path?with=a&long=query"),
    ],
)
def test_an_address_that_the_user_did_not_write_is_an_error(value: str, kind: Kind, text: str) -> None:
    with pytest.raises(InvalidValue):
        as_said(value, kind, [text])


@pytest.mark.parametrize(
    ("value", "text", "expected"),
    [
        ("https://example.com/a", "open example.com/a", "example.com/a"),
        ("exmple.com", "open example.com.", "example.com"),
        ("wikipedia.org", "open wikipedia dot org", "wikipedia.org"),
        ("youtube.com", "go to youtube", "youtube.com"),
        ("example.com", "write to jo@exampel.com", "example.com"),
    ],
)
def test_a_web_address_is_as_the_user_wrote_it(value: str, text: str, expected: str) -> None:
    assert as_said(value, Kind.URL, [text]) == expected


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


@pytest.mark.parametrize("kind", [Kind.EMAIL, Kind.CONTACT])
@pytest.mark.parametrize(
    ("value", "text", "said"),
    [
        ("théo.n@orchestre.fr", "Théo, theo.n@orchestre.fr", "theo.n@orchestre.fr"),
        ("booking@pelican.club. The", "to booking@pelican.club. The subject is", "booking@pelican.club"),
        ("super@super@river.nyc", "to the super at super@river.nyc", "super@river.nyc"),
        ("check@rowing.com", "mail coach@rowing.com about the check-up", "coach@rowing.com"),
    ],
)
def test_an_address_is_the_written_one_of_its_domain(kind: Kind, value: str, text: str, said: str) -> None:
    assert as_said(value, kind, [text]) == said


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


def test_a_digit_said_in_words_before_a_number_stays() -> None:
    assert as_said("16555 0142", Kind.PHONE_NUMBER, ["call one 6555 0142"]) == "16555 0142"


def test_a_correction_is_not_undone_by_the_address_that_it_corrects() -> None:
    texts = ["no, to anna at gmail dot com", "email bob@gmail.com about lunch"]
    assert as_said("anna@gmail.com", Kind.EMAIL, texts) == "anna@gmail.com"


def test_a_digit_added_in_a_correction_stays() -> None:
    texts = ["no, with a one in front", "call 6555 0142"]
    assert as_said("16555 0142", Kind.PHONE_NUMBER, texts) == "16555 0142"


def test_an_address_of_an_earlier_request_is_not_taken_for_another_of_its_domain() -> None:
    texts = ["and send it to hb@pilots.sg too", "email ops@pilots.sg"]
    assert as_said("ops@pilots.sg", Kind.EMAIL, texts) == "ops@pilots.sg"


@pytest.mark.parametrize(
    "text", ["发邮件给tao@shan.com，主题是茶", "宛先tao@shan.comに件名お茶で", "ส่งอีเมลถึงtao@shan.comเรื่องชา"]
)
def test_an_address_ends_where_a_script_without_spaces_begins(text: str) -> None:
    assert as_said("tao@shan.com", Kind.EMAIL, (text,)) == "tao@shan.com"


@pytest.mark.parametrize(
    ("value", "text", "meant"),
    [
        ("clinic.sg", "email desk@clinic.sg that I am late", "desk@clinic.sg"),
        ("desk", "email desk@clinic.sg that I am late", "desk@clinic.sg"),
        ("Desk", "email the desk, desk@clinic.sg, that I am late", "desk"),
        ("clinic.sg", "email desk@clinic.sg and cc boss@clinic.sg", "clinic.sg"),
    ],
)
def test_a_part_of_an_address_stands_for_it_where_it_was_said_nowhere_else(
    value: str, text: str, meant: str
) -> None:
    assert as_said(value, Kind.EMAIL, (text,)) == meant


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
